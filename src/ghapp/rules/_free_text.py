"""Text that people write freely, with quotes and line breaks in it: commit messages, titles, logs."""

from __future__ import annotations

import re

from ghapp.pipeline import Command, Confidence
from ghapp.pipeline.model import Part, PartKind

EXPRESSION = re.compile(
    r"\$\{\{\s*(?:github\.event\.(?:head_commit\.message|commits\[\d+\]\.message"
    r"|(?:pull_request|issue|discussion|milestone)\.(?:title|body|description)|(?:comment|review|review_comment)\.body"
    r"|release\.(?:name|body)|workflow_run\.(?:head_commit\.message|display_title)))\s*\}\}",
    re.IGNORECASE,
)
_MADE = re.compile(
    r"git (?:log|show|tag -l)\b.*(?:%[Bbs]\b|--oneline|--pretty|--format)|\bcat\b|2>&1|gh (?:pr|release|issue) view",
    re.S,
)
_TAMED = re.compile(
    r"\bjq\b|\bsed\b|\btr\b|json|printf %q|\bpython|\bnode\b|base64|\bwc\b|\bcut\b|%[hH]\b|\bgrep -c|@tsv"
)
_NAME = re.compile(
    r"(?:^|_)(?:MESSAGE|MSG|TITLE|BODY|DESCRIPTION|CHANGELOG|NOTES|SUMMARY|LOGS?|OUTPUT|ERROR|TEXT|REASON|DETAILS)$",
    re.I,
)


def freedom(command: Command, part: Part) -> Confidence | None:
    """How sure it is that a gap is filled with free text; None where nothing says so."""
    if part.kind is PartKind.SUBSTITUTION:
        return Confidence.HIGH if _MADE.search(part.text) and not _TAMED.search(part.text) else None
    if part.kind is not PartKind.VARIABLE:
        return Confidence.HIGH if EXPRESSION.fullmatch(part.text) else None
    name = part.text
    if name in command.variables:
        value = command.variables[name]
        if value is None or len(value.parts) != 1 or value.parts[0].kind is PartKind.LITERAL:
            return None
        part = value.parts[0]
        if part.kind is not PartKind.VARIABLE or not part.text.isdigit():
            return freedom(command, part) if part.text != name else None
    outside = _environment(command, name)
    if outside is not None:
        return Confidence.HIGH if EXPRESSION.fullmatch(outside.strip()) else None
    return Confidence.MEDIUM if _NAME.search(name) else None


def _environment(command: Command, name: str) -> str | None:
    """What the step, the job or the workflow sets the variable to, as written."""
    step = command.step
    root = step.job.pipeline.root
    shared = root.get("env", name) if root is not None else None
    found = step.env.get(name) or step.job.env.get(name) or shared
    return (found.text or "") if found is not None else step.scope.variable(name)
