"""Findings that people do not want to hear of, and whether what they wrote to that end still does anything."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from ghapp.pipeline.glob import glob_regex
from ghapp.pipeline.identity import fingerprint
from ghapp.pipeline.inline import Mark, marks
from ghapp.pipeline.kinds import platform_of
from ghapp.pipeline.model import Job, Pipeline
from ghapp.pipeline.policy import Ignore, Policy
from ghapp.pipeline.rule import Diagnostic, Finding, Platform, Rule, Severity
from ghapp.pipeline.source import Place, Source
from ghapp.pipeline.tree import Tree
from ghapp.pipeline.yaml import Document

_CALLERS = (Platform.ACTIONS, Platform.CIRCLECI)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a finding is not reported. `place`: where that is written; None of what someone said in a conversation.

    Of that, `by` is who said it, and `until` the last day on which it holds. `counts`: False where the organisation
    lets nobody ignore the rule, so that the finding is reported all the same.
    """

    text: str
    place: Place | None = None
    by: str = ""
    until: date | None = None
    counts: bool = True

    def holds(self, today: date | None) -> bool:
        return self.until is None or today is None or today <= self.until


@dataclass(frozen=True, slots=True)
class Agreed:
    """What people agreed on in conversations: reasons by the fingerprints of what they are about.

    `renames`: new path → old path, of files that had another name when that was said.
    """

    reasons: Mapping[str, Reason] = field(default_factory=dict[str, Reason])
    renames: Mapping[str, str] = field(default_factory=dict[str, str])

    def on(self, diagnostic: Diagnostic) -> Reason | None:
        """Why this very finding is not to be reported."""
        found = self.reasons.get(diagnostic.fingerprint)
        if found is None and diagnostic.path in self.renames:
            before = fingerprint(diagnostic.rule.id, self.renames[diagnostic.path], diagnostic.anchor)
            found = self.reasons.get(before)
        return found


NOTHING = Agreed()


class Ignores:
    """The ignores of the policy, those in comments, and those agreed on in conversations.

    `rules`: the ids there are. `today`: None where nobody asks.
    """

    def __init__(
        self,
        tree: Tree,
        policy: Policy,
        rules: Collection[str],
        today: date | None,
        agreed: Agreed = NOTHING,
    ) -> None:
        self.rules = rules
        self._over = tuple(each for each in policy.ignore if each.until and today and each.until < today)
        self.comments: tuple[Mark, ...] = ()
        self._tree = tree
        self._policy = policy
        self._agreed = agreed
        self._today = today
        self._marks: dict[str, tuple[Mark, ...]] = {}
        self._ways: dict[Pipeline, Ways] = {}
        self._used: set[Ignore | Mark] = set()
        self._read: frozenset[str] = frozenset()
        self._whole = False

    def reason(self, pipeline: Pipeline, rule: Rule, finding: Finding) -> Reason | None:
        """Why the finding is not to be reported, as somebody wrote; None when nobody did."""
        if pipeline not in self._ways:
            self._ways[pipeline] = Ways(pipeline)
        ways, found = self._ways[pipeline], None
        free = not self._policy.locks(rule.id)
        for each in self._policy.ignore:
            if each.rule == rule.id and each not in self._over and ways.concerned(each, finding.place):
                self._used.add(each)
                found = found or Reason(each.reason, each.place, counts=free or each.organisation)
        for mark in self._near(pipeline, finding):
            if mark.rule == rule.id and mark.reason and any(map(mark.covers, ways.to(finding.place))):
                self._used.add(mark)
                found = found or Reason(mark.reason, mark.place, counts=free)
        return found

    def agreed(self, diagnostic: Diagnostic) -> Reason | None:
        """Why this very finding is not to be reported, by what people said of it; None when nobody did."""
        reason = self._agreed.on(diagnostic)
        if reason is None or not reason.holds(self._today):
            return None
        return replace(reason, counts=not self._policy.locks(diagnostic.rule.id))

    def _near(self, pipeline: Pipeline, finding: Finding) -> Iterator[Mark]:
        """The comments of the file that the finding stands in, and of the one that calls it."""
        yield from self._of(pipeline.source, pipeline.document)
        if finding.place.path != pipeline.path and (source := self._tree.source(finding.place.path)) is not None:
            yield from self._of(source, None)

    def _of(self, source: Source, document: Document | None) -> tuple[Mark, ...]:
        if source.path not in self._marks:
            self._marks[source.path] = marks(source, document)
        return self._marks[source.path]

    def close(self, pipelines: Sequence[Pipeline], *, crashed: bool) -> None:
        """All rules have spoken of the pipelines. `crashed`: not quite all."""
        self.comments = tuple(mark for each in pipelines for mark in self._of(each.source, each.document))
        if crashed or not self._tree.known or self._tree.wanted:
            return
        read = frozenset(each.path for each in pipelines)
        self._whole = all(path in read for path in self._tree.paths or () if platform_of(path) in _CALLERS)
        self._read = frozenset(each.path for each in pipelines if self._whole or each.platform in _CALLERS)

    @property
    def ended(self) -> tuple[Ignore, ...]:
        """Those of the repository's own policy that are over."""
        return tuple(each for each in self._over if not each.organisation)

    @property
    def idle(self) -> tuple[Ignore | Mark, ...]:
        """Those that hide nothing. None of them is what does not count anyway, and what may well hide something in
        files that were not read or for rules that were not asked."""
        own = (each for each in self._policy.ignore if self._whole and not each.organisation)
        policy = (each for each in own if each not in self._over)
        comments = (each for each in self.comments if each.reason and each.place.path in self._read)
        return tuple(each for each in (*policy, *comments) if each not in self._used and self._asked(each.rule))

    def _asked(self, rule: str) -> bool:
        return rule in self.rules and self._policy.severities.get(rule, Severity.NOTICE) is not None


class Ways:
    """How a pipeline comes to its places: through which jobs and calls."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    @cached_property
    def _stops(self) -> tuple[tuple[Place, Job, tuple[Place, ...]], ...]:
        """Each place that something happens at, with its job and the calls that led there."""
        found: dict[tuple[Place, Job, tuple[Place, ...]], None] = {}
        for job in self._pipeline.jobs:
            for node in (job.key, job.node, *((job.invocation,) if job.invocation is not None else ())):
                found[node.place, job, ()] = None
            for step in job.steps:
                around = (*step.calls, *job.calls)
                found[step.place, job, around] = None
                for command in step.commands:
                    found[command.place, job, (*command.calls, *around)] = None
        return tuple(found)

    def to(self, place: Place) -> tuple[Place, ...]:
        """The place and the calls that lead to it."""
        return (place, *(call for at, _, calls in self._stops if self._meet(place, at) for call in calls))

    def concerned(self, ignore: Ignore, place: Place) -> bool:
        """Whether the ignore is about findings at that place."""
        if ignore.path and not any(_matches(ignore.path, path) for path in (place.path, self._pipeline.path)):
            return False
        return not ignore.job or any(ignore.job in (job.id, job.key.value) for job in self.jobs(place))

    def jobs(self, place: Place) -> tuple[Job, ...]:
        """The jobs in which that happens which was found at the place."""
        return tuple(dict.fromkeys(job for at, job, _ in self._stops if self._meet(place, at)))

    def _meet(self, place: Place, at: Place) -> bool:
        """Whether what happens at `at` is what was found at `place`: in a called file, anything that happens there."""
        if place.path != at.path:
            return False
        return place.path != self._pipeline.path or (at.line <= place.line and place.end_line <= at.end_line)


def _matches(pattern: str, path: str) -> bool:
    """Whether the glob names the path or a folder above it."""
    matches = glob_regex(pattern.strip("/")).fullmatch
    parts = path.split("/")
    return any(matches("/".join(parts[:count])) for count in range(len(parts), 0, -1))
