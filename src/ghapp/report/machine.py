"""Reports for other programs: JSON, and the workflow commands of GitHub Actions. Their form is a contract."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ghapp.pipeline.engine import Outcome
from ghapp.pipeline.rule import Diagnostic, Severity
from ghapp.report.annotations import Annotation, annotations_of

_COMMANDS = {Severity.FAILURE: "error", Severity.WARNING: "warning", Severity.NOTICE: "notice"}


def json_report(outcome: Outcome) -> str:
    """One object: `diagnostics` (the new ones), `errors`, `ignored`, `files`, `seconds`.

    Lines and columns count from 1; `end_column` is the column after the last one. ASCII only, so that no file name
    makes it invalid.
    """
    report = {
        "diagnostics": [_diagnostic(each) for each in outcome.new],
        "errors": [
            *({"path": each.path, "line": each.line, "message": each.message} for each in outcome.errors),
            *(
                {"path": each.path, "line": 1, "message": f"The rule {each.rule} failed: {each.error}"}
                for each in outcome.crashes
            ),
        ],
        "ignored": [
            {
                "rule": each.diagnostic.rule.id,
                "path": each.diagnostic.path,
                "line": each.diagnostic.place.line,
                "reason": each.reason.text,
            }
            for each in outcome.ignored
        ],
        "files": outcome.files,
        "seconds": round(outcome.seconds, 4),
    }
    return json.dumps(report, indent=2)


def _diagnostic(diagnostic: Diagnostic) -> dict[str, Any]:
    place, finding = diagnostic.place, diagnostic.finding
    return {
        "rule": diagnostic.rule.id,
        "sources": list(diagnostic.rule.sources),
        "path": place.path,
        "line": place.line,
        "end_line": place.end_line,
        "column": place.column,
        "end_column": place.end_column,
        "severity": diagnostic.severity.value,
        "confidence": finding.confidence.name.lower(),
        "message": finding.message,
        "evidence": [
            {"path": each.place.path, "line": each.place.line, "text": each.text} for each in finding.evidence
        ],
        "fingerprint": diagnostic.fingerprint,
        "fix": _fix(diagnostic),
    }


def _fix(diagnostic: Diagnostic) -> dict[str, Any] | None:
    """Lines of the diagnostic's own file; an edit of another one has no place in the contract."""
    edit = diagnostic.edit
    if edit is None or edit.path != diagnostic.path:
        return None
    return {"first": edit.first, "last": edit.last, "text": edit.text, "proven": diagnostic.proven}


def workflow_commands(outcome: Outcome) -> str:
    """One command a line, which a GitHub Actions job prints to annotate the commit (docs: workflow commands)."""
    annotations = annotations_of(outcome, lambda rule: f"ghapp explain {rule}")
    return "".join(f"{_command(each)}\n" for each in annotations)


def _command(annotation: Annotation) -> str:
    properties = ",".join(f"{name}={_escaped(value, ':,')}" for name, value in _properties(annotation))
    return f"::{_COMMANDS[annotation.level]} {properties}::{_escaped(annotation.message)}"


def _properties(annotation: Annotation) -> Iterator[tuple[str, str]]:
    yield "file", annotation.path
    yield "line", str(annotation.start_line)
    yield "endLine", str(annotation.end_line)
    if annotation.start_column is not None:
        yield "col", str(annotation.start_column)
        yield "endColumn", str(annotation.end_column)
    yield "title", annotation.title


def _escaped(text: str, also: str = "") -> str:
    """As the runner reads it back (actions/toolkit, core/src/command.ts)."""
    for char in f"%\r\n{also}":
        text = text.replace(char, f"%{ord(char):02X}")
    return text
