"""From one share of the traffic to the next: what happens in between, and whether any of it can stop the canary."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ghapp.pipeline import Command, Gap, Job, Mask, Step
from ghapp.pipeline.graph import Graph
from ghapp.pipeline.roles import action_of, checks_health
from ghapp.pipeline.source import Place
from ghapp.rules._canary import Shift, shifts

MANAGED = re.compile(
    r"codedeploydefault\.|ecs(canary|linear)|argo.?rollouts|kind: rollout|flagger|deploymentpreference|clouddeploy"
    r"|spinnaker|harness|rollouts promote|strategy[=: ]+.?(canary|linear)|deploy create-deployment|launchdarkly"
)
"""Canaries that something else watches, in lower case."""
_CANARY = re.compile(r"\bcanary\b", re.IGNORECASE)
_ALL = re.compile(r"\b(promot\w*|full\w*|100 ?%|all traffic|complete\w*)\b", re.IGNORECASE)
_CLAIMS = re.compile(r"monitor|verif|check|validat|analy|observ|wait|health|metric", re.IGNORECASE)
_NO_CHECK = re.compile(
    r"^(actions/(checkout|upload|download|cache|setup)|.*(slack|teams|notif|discord|credentials|login|setup-|upload))",
    re.I,
)

Items = Sequence[Command | Gap | Step]


@dataclass(frozen=True, slots=True)
class Raise:
    """The traffic rises. `path`: from where to where; `before`: what set the share before.

    `checked`: something in between can stop it; `unknown`: something could not be seen; `resolved`: all was read.
    """

    job: Job
    place: Place
    before: Place
    path: str
    checked: bool
    unknown: bool
    resolved: bool
    approved: bool = False


def raises(jobs: Sequence[Job]) -> Iterator[Raise]:
    """Every rise of traffic from one step to the next: within a job, and from a job to one that waits for it."""
    timelines = [(job, shifts(job)) for job in jobs]
    for job, timeline in timelines:
        yield from _within(job, timeline)
        if not timeline:
            yield from _named(job)
    yield from _across([(job, timeline) for job, timeline in timelines if timeline])


def _within(job: Job, timeline: list[Shift]) -> Iterator[Raise]:
    for shift in timeline:
        if shift.loop is not None and sorted(set(shift.weights)) == list(shift.weights):
            loop = shift.loop
            items = [item for item in job.trail if isinstance(item, Gap) or _loops(item, loop, shift.command)]
            path = " → ".join(f"{weight} %" for weight in shift.weights)
            yield _raise(job, shift, shift, items, path)
    for first, second in pairwise(timeline):
        if first.weights[-1] < second.weights[0]:
            items = job.after(first.command)[: -len(job.after(second.command)) - 1]
            yield _raise(job, first, second, items, _path(first, second))


def _loops(item: Command | Step, loop: object, command: Command) -> bool:
    if isinstance(item, Step):
        return False
    return loop in item.guards and (item.script is command.script or command.place in item.calls)


def _path(first: Shift, second: Shift) -> str:
    return f"from {first.weights[-1]} % to {second.weights[0]} %"


def _raise(job: Job, first: Shift, second: Shift, items: Items, path: str, *, approved: bool = False) -> Raise:
    own = {first.command.place, second.command.place}
    gaps = [item for item in items if isinstance(item, Gap)]
    return Raise(
        job,
        second.command.place,
        first.command.place,
        path,
        checked=any(_checks(item) for item in items if not isinstance(item, Gap)),
        unknown=any(gap.place not in own for gap in gaps),
        resolved=not gaps,
        approved=approved,
    )


def _checks(item: Command | Step) -> bool:
    """Whether the item may look at the canary and stop it; an action that is not known for something else may."""
    if isinstance(item, Step):
        return item.uses is not None and not _NO_CHECK.search(action_of(item)) and not item.tolerated
    return checks_health(item) and not {Mask.OR, Mask.TOLERATED, Mask.BACKGROUND} & set(item.masks)


def _across(timelines: list[tuple[Job, list[Shift]]]) -> Iterator[Raise]:
    """From the last shift of a job to the first one of a job that waits for it."""
    if len(timelines) < 2:
        return
    graph = Graph(timelines[0][0].pipeline)
    known = dict(timelines)
    for job, timeline in timelines:
        upstream = graph.upstream(job)
        earlier = next((other for other in upstream if other in known), None)
        if earlier is None or known[earlier][-1].weights[-1] >= timeline[0].weights[0]:
            continue
        first, second = known[earlier][-1], timeline[0]
        between = [other for other in graph.downstream(earlier) if other in upstream]
        items = [
            *earlier.after(first.command),
            *(item for other in between for item in other.trail),
            *job.before(second.command),
        ]
        approved = any(other.kind == "approval" for other in between)
        yield _raise(job, first, second, items, _path(first, second), approved=approved)


def _named(job: Job) -> Iterator[Raise]:
    """A step that says it deploys a canary, and a later one that gives it to everybody, by their names alone."""
    canary = next((step for step in job.steps if _CANARY.search(step.name) and not _CLAIMS.search(step.name)), None)
    everybody = [step for step in job.steps if _ALL.search(step.name) and not _CLAIMS.search(step.name)]
    later = next((step for step in everybody if canary is not None and step.index > canary.index), None)
    if canary is None or later is None:
        return
    between = [step for step in job.steps if canary.index <= step.index <= later.index]
    items = [item for step in between for item in step.trail]
    claims = next((step for step in between if _CLAIMS.search(step.name)), later)
    yield Raise(
        job,
        claims.place,
        canary.place,
        f"from `{canary.name}` to `{later.name}`",
        checked=any(_checks(item) for item in items if not isinstance(item, Gap)),
        unknown=any(isinstance(item, Gap) for item in items),
        resolved=True,
    )
