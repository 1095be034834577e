"""Words that every report uses: counts, severities, places, diffs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from ghapp.pipeline.engine import Outcome
from ghapp.pipeline.rule import Diagnostic, Edit, Severity
from ghapp.pipeline.source import Source

RuleUrl = Callable[[str], str]
"""Gives the address of a rule's page."""
Read = Callable[[str], Source | None]
"""Gives the text of a path at head, or None where it is not at hand."""

CONTEXT = 2
"""Unchanged lines shown around a change."""


def no_source(path: str) -> Source | None:
    """For a report that has no texts at hand."""
    return None


def counted(count: int, noun: str, nouns: str = "") -> str:
    """`1 failure`, `2 failures`; `nouns` where an `s` does not do."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {nouns or f'{noun}s'}"


def by_severity(diagnostics: Iterable[Diagnostic]) -> str:
    """`2 failures, 1 warning`; empty for none."""
    counts = Counter(each.severity for each in diagnostics)
    return ", ".join(counted(counts[severity], severity.value) for severity in Severity if counts[severity])


def gravest_first(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    return sorted(diagnostics, key=lambda each: (each.severity.rank, each.place, each.rule.id))


def broken(outcome: Outcome) -> int:
    """How many files have something for which they cannot be read or run."""
    return len({error.path for error in outcome.errors})


def diff(edit: Edit, read: Read) -> list[str]:
    """The edit as lines that begin with `-`, `+` or a space, with a little of what stays around them."""
    source = read(edit.path)
    old = source.lines[edit.first - 1 : edit.last] if source is not None else []
    before = _shared(old, edit.lines)
    after = _shared(old[before:][::-1], edit.lines[before:][::-1])
    return [
        *(f" {line}" for line in old[:before][-CONTEXT:]),
        *(f"-{line}" for line in old[before : len(old) - after]),
        *(f"+{line}" for line in edit.lines[before : len(edit.lines) - after]),
        *(f" {line}" for line in old[len(old) - after :][:CONTEXT]),
    ]


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines the two begin with in common."""
    return next(
        (at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), min(len(one), len(other))
    )
