"""Suggestions: review comments whose button mends the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ghapp.pipeline.engine import Outcome
from ghapp.pipeline.rule import Confidence, Diagnostic, Edit, Evidence
from ghapp.report.markdown import clean, code, fenced, marker, prose
from ghapp.report.patch import Patch
from ghapp.report.words import gravest_first

MAX_SUGGESTIONS = 20
"""A review is all-or-nothing and a reader has one pair of eyes: the rest stays in the check run."""
BODY_BYTES = 65_000
"""GitHub takes 65,536 characters."""


@dataclass(frozen=True, slots=True)
class ReviewComment:
    """A comment on the right side of the diff, on `line` or, when `start_line` is given, on `start_line`..`line`."""

    path: str
    line: int
    body: str
    fingerprint: str
    start_line: int | None = None


def suggestions(
    outcome: Outcome, patches: Mapping[str, Patch], *, rule_url: Callable[[str], str]
) -> tuple[ReviewComment, ...]:
    """The new findings that one click can mend, gravest first. `patches`: the pull request's files by path.

    Only what is proven and sure, whose lines all stand in one hunk, that changes something, overlaps no other
    suggestion, and that GitHub writes back as meant (it is not known to keep the line ends of a CRLF file).
    """
    chosen: list[ReviewComment] = []
    taken: dict[str, set[int]] = {}
    for each, edit in _candidates(outcome, patches):
        lines = taken.setdefault(edit.path, set())
        body = _body(each, edit, rule_url(each.rule.id))
        if not lines.isdisjoint(range(edit.first, edit.last + 1)) or len(body.encode()) > BODY_BYTES:
            continue
        lines.update(range(edit.first, edit.last + 1))
        start = edit.first if edit.first < edit.last else None
        chosen.append(ReviewComment(edit.path, edit.last, body, each.fingerprint, start))
        if len(chosen) == MAX_SUGGESTIONS:
            break
    return tuple(chosen)


def _candidates(outcome: Outcome, patches: Mapping[str, Patch]) -> Iterator[tuple[Diagnostic, Edit]]:
    for each in gravest_first(outcome.new):
        edit = each.edit
        if edit is None or not each.proven or each.finding.confidence is not Confidence.HIGH:
            continue
        now = patches.get(edit.path, Patch()).right(edit.first, edit.last)
        if now is None or now == edit.lines or any(line.endswith("\r") for line in now):
            continue
        if clean(edit.text) == edit.text:
            yield each, edit


def _body(diagnostic: Diagnostic, edit: Edit, url: str) -> str:
    finding = diagnostic.finding
    return "\n\n".join(
        [
            f"**{diagnostic.severity.value.capitalize()}: {prose(diagnostic.rule.title)}**",
            prose(finding.message),
            *(["\n".join(map(evidence_item, finding.evidence))] if finding.evidence else []),
            fenced(edit.text, "suggestion"),
            f"[{code(diagnostic.rule.id)}]({url})",
            marker(diagnostic.fingerprint),
        ]
    )


def evidence_item(evidence: Evidence) -> str:
    """One piece of evidence as an item of a Markdown list."""
    return f"- {code(f'{evidence.place.path}:{evidence.place.line}')}: {prose(evidence.text)}"
