"""What another policy would change in the findings of the same files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ghapp.pipeline.engine import Analysis
from ghapp.pipeline.rule import Diagnostic


@dataclass(frozen=True, slots=True)
class Effect:
    """`appear`: findings that only the other policy brings. `vanish`: those it takes away. `shift`: those that it
    weighs differently, before and after."""

    appear: tuple[Diagnostic, ...] = ()
    vanish: tuple[Diagnostic, ...] = ()
    shift: tuple[tuple[Diagnostic, Diagnostic], ...] = ()


def effect(now: Analysis, then: Analysis) -> Effect:
    """What the same files are said of under the policy of `then` and not under that of `now`, and the reverse."""
    before, after = _named(now.diagnostics), _named(then.diagnostics)
    return Effect(
        appear=tuple(each for name, each in after.items() if name not in before),
        vanish=tuple(each for name, each in before.items() if name not in after),
        shift=tuple(
            (each, after[name])
            for name, each in before.items()
            if name in after and after[name].severity is not each.severity
        ),
    )


def _named(diagnostics: Iterable[Diagnostic]) -> dict[str, Diagnostic]:
    return {each.fingerprint: each for each in diagnostics}
