"""Annotations: what GitHub shows beside the lines of a check run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ghapp.pipeline.engine import FileError, Outcome
from ghapp.pipeline.rule import Confidence, Diagnostic, Severity
from ghapp.report.markdown import clean, one_line, shortened
from ghapp.report.words import gravest_first

MESSAGE_BYTES = 64_000
"""GitHub takes 64 KB."""
TITLE_CHARACTERS = 255


@dataclass(frozen=True, slots=True)
class Annotation:
    """One annotation in GitHub's words (REST, `output.annotations` of a check run). Title and message are plain text.

    Lines and columns count from 1. The columns are given only when the annotation stays on one line, as GitHub demands;
    `end_column` is the column after the last one, like Place's: GitHub leaves it open, refuses an end before the start,
    and those who tried say that it is exclusive (github/docs#40038).
    """

    path: str
    start_line: int
    end_line: int
    level: Severity
    title: str
    message: str
    start_column: int | None = None
    end_column: int | None = None


def annotations_of(outcome: Outcome, rule_url: Callable[[str], str]) -> tuple[Annotation, ...]:
    """Broken files, then the new findings, gravest first; those of low confidence are never shown inline."""
    return (*map(_of_error, outcome.errors), *_of_findings(outcome, rule_url))


def _of_error(error: FileError) -> Annotation:
    message = shortened(clean(error.message), MESSAGE_BYTES)
    return Annotation(error.path, error.line, error.line, Severity.FAILURE, "The file cannot be read", message)


def _of_findings(outcome: Outcome, rule_url: Callable[[str], str]) -> Iterator[Annotation]:
    for each in gravest_first(outcome.new):
        if each.finding.confidence is Confidence.LOW:
            continue
        place = each.place
        on_one_line = place.line == place.end_line
        yield Annotation(
            path=each.path,
            start_line=place.line,
            end_line=place.end_line,
            level=each.severity,
            title=one_line(each.rule.title)[:TITLE_CHARACTERS],
            message=_message(each, rule_url(each.rule.id)),
            start_column=place.column if on_one_line else None,
            end_column=place.end_column if on_one_line else None,
        )


def _message(diagnostic: Diagnostic, url: str) -> str:
    said = [one_line(diagnostic.finding.message)]
    if diagnostic.finding.evidence:
        said += ["", *(f"{each.place.path}:{each.place.line}: {each.text}" for each in diagnostic.finding.evidence)]
    return f"{shortened(clean(chr(10).join(said)), MESSAGE_BYTES - len(url) - 2)}\n\n{url}"
