"""SARIF 2.1.0 (OASIS), for code scanning and every viewer that reads it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from ghapp.pipeline.engine import FileError, Outcome
from ghapp.pipeline.rule import Diagnostic, Edit, Rule, Severity
from ghapp.pipeline.source import Place

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.FAILURE: "error", Severity.WARNING: "warning", Severity.NOTICE: "note"}


def sarif(outcome: Outcome, version: str) -> str:
    """One run with the new findings as results. `version`: ghapp's own."""
    rules = {each.rule.id: each.rule for each in outcome.new}
    index = {id: at for at, id in enumerate(rules)}  # noqa: A001 - the field's own name
    run = {
        "tool": {"driver": {"name": "ghapp", "version": version, "rules": [_rule(each) for each in rules.values()]}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, index[each.rule.id]) for each in outcome.new],
        "invocations": [
            {
                "executionSuccessful": not (outcome.errors or outcome.crashes),
                "toolExecutionNotifications": [
                    *map(_notification, outcome.errors),
                    *(
                        {
                            "level": "error",
                            "message": {"text": f"The rule {each.rule} failed on {each.path}: {each.error}"},
                        }
                        for each in outcome.crashes
                    ),
                ],
            }
        ],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "help": {"text": rule.page or "", "markdown": rule.page or ""},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"sources": list(rule.sources)},
    }


def _result(diagnostic: Diagnostic, index: int) -> dict[str, Any]:
    finding, edit = diagnostic.finding, diagnostic.edit
    result: dict[str, Any] = {
        "ruleId": diagnostic.rule.id,
        "ruleIndex": index,
        "level": _LEVELS[diagnostic.severity],
        "message": {"text": finding.message},
        "locations": [_location(finding.place)],
        "relatedLocations": [
            {"id": at, "message": {"text": each.text}, **_location(each.place)}
            for at, each in enumerate(finding.evidence, start=1)
        ],
        "partialFingerprints": {"ghapp/v1": diagnostic.fingerprint},
        "properties": {"confidence": finding.confidence.name.lower()},
    }
    if edit is not None and diagnostic.proven:
        result["fixes"] = [_fix(edit)]
    return result


def _location(place: Place) -> dict[str, Any]:
    region = {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }
    return {"physicalLocation": {"artifactLocation": _artifact(place.path), "region": region}}


def _artifact(path: str) -> dict[str, str]:
    return {"uri": quote(path.encode("utf-8", "surrogateescape")), "uriBaseId": "%SRCROOT%"}


def _fix(edit: Edit) -> dict[str, Any]:
    region = {"startLine": edit.first, "startColumn": 1, "endLine": edit.last + 1, "endColumn": 1}
    replacement = {"deletedRegion": region, "insertedContent": {"text": edit.text}}
    return {"artifactChanges": [{"artifactLocation": _artifact(edit.path), "replacements": [replacement]}]}


def _notification(error: FileError) -> dict[str, Any]:
    place = Place(error.path, error.line, error.column, error.line, error.column)
    return {"level": "error", "message": {"text": error.message}, "locations": [_location(place)]}
