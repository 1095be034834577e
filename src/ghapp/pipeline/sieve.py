"""Sorts what the rules say into what is reported and what people do not want to hear of, each thing once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ghapp.pipeline.identity import anchor, fingerprint, numbered
from ghapp.pipeline.ignores import Ignores, Reason
from ghapp.pipeline.model import Pipeline
from ghapp.pipeline.pipelines import Trouble
from ghapp.pipeline.policy import Policy
from ghapp.pipeline.rule import Diagnostic, Evidence, Rule
from ghapp.pipeline.source import Place

Key = tuple[str, Place]


@dataclass(frozen=True, slots=True)
class Ignored:
    """A finding that is not reported, and why."""

    diagnostic: Diagnostic
    reason: Reason


class Sieve:
    """What was said so far."""

    def __init__(self, policy: Policy, ignores: Ignores) -> None:
        self._policy = policy
        self._ignores = ignores
        self._reported: dict[Key, Diagnostic] = {}
        self._ignored: dict[Key, Ignored] = {}

    def add(self, pipeline: Pipeline, diagnostic: Diagnostic) -> None:
        """A finding in a pipeline. Of the same in several the gravest is kept; it is ignored when all of them are."""
        key = (diagnostic.rule.id, diagnostic.place)
        reason = self._ignores.reason(pipeline, diagnostic.rule, diagnostic.finding)
        known = self._reported.get(key)
        if reason is not None and not reason.counts:
            diagnostic, reason = _in_vain(diagnostic, reason), None
        if reason is not None:
            self._ignored.setdefault(key, Ignored(diagnostic, reason))
        elif known is None or _gravity(diagnostic) < _gravity(known):
            self._reported[key] = diagnostic

    def close(self, rules: Iterable[Rule], pipelines: Sequence[Pipeline], trouble: Trouble) -> None:
        """Nothing more is said of the pipelines: now of the ignores, by the rules that do."""
        self._ignores.close(pipelines, crashed=bool(trouble.crashes))
        at = {pipeline.path: pipeline for pipeline in pipelines}
        for rule in rules:
            for finding in rule.after(self._ignores) if rule.after is not None else ():
                pipeline = at.get(finding.place.path)
                where = anchor(pipeline, finding) if pipeline is not None else f"\t{finding.message}"
                said = Diagnostic(rule, self._policy.weighed(rule, finding), fingerprint="", anchor=where)
                self._reported[rule.id, finding.place] = said

    def sorted(self) -> tuple[tuple[Diagnostic, ...], tuple[Ignored, ...]]:
        """What is reported and what is ignored, both in order of their places, with their fingerprints."""
        ignored = {key: each for key, each in self._ignored.items() if key not in self._reported}
        every = [*self._reported.values(), *(each.diagnostic for each in ignored.values())]
        reported: list[Diagnostic] = []
        hushed: list[Ignored] = []
        for each in _numbered(sorted(every, key=order)):
            known = ignored.get((each.rule.id, each.place))
            reason = self._ignores.agreed(each) if known is None else known.reason
            if reason is None:
                reported.append(each)
            elif not reason.counts:
                reported.append(_in_vain(each, reason))
            else:
                hushed.append(Ignored(each, reason))
        return tuple(reported), tuple(hushed)


def _in_vain(diagnostic: Diagnostic, reason: Reason) -> Diagnostic:
    """The finding with word of an ignore that does not count."""
    word = "this ignores it in vain: the organisation lets nobody ignore this rule"
    said = Evidence(
        reason.place or diagnostic.place, word if reason.place else f"an answer on the pull request: {word}"
    )
    return replace(diagnostic, finding=replace(diagnostic.finding, evidence=(*diagnostic.finding.evidence, said)))


def order(diagnostic: Diagnostic) -> tuple[Place, str]:
    return diagnostic.place, diagnostic.rule.id


def _gravity(diagnostic: Diagnostic) -> tuple[int, int, bool]:
    return diagnostic.severity.rank, -diagnostic.finding.confidence, not diagnostic.proven


def _numbered(diagnostics: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Gives every diagnostic its fingerprint; equal ones in a file are told apart by their order."""
    seen: Counter[tuple[str, str, str]] = Counter()
    for each in diagnostics:
        key = (each.rule.id, each.path, each.anchor)
        seen[key] += 1
        name = numbered(each.anchor, seen[key])
        yield replace(each, anchor=name, fingerprint=fingerprint(each.rule.id, each.path, name))
