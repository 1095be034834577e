"""One root cause, one comment: what is not said while something graver stands at the same command."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ghapp.pipeline.rule import Diagnostic
from ghapp.pipeline.source import Place

MOST_LINES = 100
"""How far a finding's shadow reaches; commands of people are shorter."""


def split(diagnostics: Sequence[Diagnostic]) -> tuple[tuple[Diagnostic, ...], tuple[Diagnostic, ...]]:
    """Those to say, and those that begin within a finding whose rule eclipses an entry of theirs; both in order."""
    shadows: dict[tuple[str, int], list[Diagnostic]] = {}
    for each in diagnostics:
        if each.rule.eclipses:
            for line in range(each.place.line, min(each.place.end_line, each.place.line + MOST_LINES) + 1):
                shadows.setdefault((each.path, line), []).append(each)
    said = tuple(each for each in diagnostics if not _eclipsed(each, shadows.get((each.path, each.place.line), ())))
    told = set(map(id, said))
    return said, tuple(each for each in diagnostics if id(each) not in told)


def _eclipsed(diagnostic: Diagnostic, by: Iterable[Diagnostic]) -> bool:
    entries = set(diagnostic.rule.sources)
    return any(
        entries.intersection(other.rule.eclipses) and _begins_within(diagnostic.place, other.place) for other in by
    )


def _begins_within(place: Place, other: Place) -> bool:
    start = (place.line, place.column)
    return (other.line, other.column) <= start < (other.end_line, other.end_column)
