"""One root cause, one comment: what is not said while something graver stands at the same command."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ghapp.pipeline.rule import Diagnostic, Rule
from ghapp.pipeline.source import Place

Shadow = tuple[Place, Rule]

MOST_LINES = 100
"""How far a finding's shadow reaches; commands of people are shorter."""


def split(diagnostics: Sequence[Diagnostic]) -> tuple[tuple[Diagnostic, ...], tuple[Diagnostic, ...]]:
    """Those to say, and those that begin within a finding whose rule eclipses an entry of theirs; both in order.

    The evidence of a finding that eclipses is where the same cause fails again, and casts its shadow, too.
    """
    shadows: dict[tuple[str, int], list[Shadow]] = {}
    for each in diagnostics:
        for place in (each.place, *(other.place for other in each.finding.evidence)) if each.rule.eclipses else ():
            for line in range(place.line, min(place.end_line, place.line + MOST_LINES) + 1):
                shadows.setdefault((place.path, line), []).append((place, each.rule))
    said = tuple(each for each in diagnostics if not _eclipsed(each, shadows.get((each.path, each.place.line), ())))
    told = set(map(id, said))
    return said, tuple(each for each in diagnostics if id(each) not in told)


def _eclipsed(diagnostic: Diagnostic, by: Iterable[Shadow]) -> bool:
    entries = set(diagnostic.rule.sources)
    return any(entries.intersection(rule.eclipses) and _begins_within(diagnostic.place, place) for place, rule in by)


def _begins_within(place: Place, other: Place) -> bool:
    start = (place.line, place.column)
    return (other.line, other.column) <= start < (other.end_line, other.end_column)
