"""Which jobs run: the invocations of all workflows, matrices and job groups expanded, requirements resolved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from ghapp.pipeline.circleci.conditions import holds
from ghapp.pipeline.circleci.expansion import written
from ghapp.pipeline.circleci.library import Library
from ghapp.pipeline.circleci.matrix import Combination, combinations
from ghapp.pipeline.circleci.parameters import Frame
from ghapp.pipeline.model import Need
from ghapp.pipeline.yaml import Node

MAX_ITEMS = 1_000
"""Most invocations of a config that are looked at, matrices and groups expanded."""
MAX_NEEDS = 200
MAX_GROUPS = 5
"""Deepest nesting of job groups."""


@dataclass(frozen=True, slots=True)
class Invocation:
    """One run of a job in a workflow.

    `key`: the job's name as the workflow writes it; `node`: the item of the `jobs:` list; `arguments`: the map under
    the name. `frame`: in which the arguments are read. `id`: the name it has in the workflow. `names`: under which
    other names a `requires` may mean it. `needed`: requirements that come from the group it is in.
    """

    workflow: str
    key: Node
    node: Node
    arguments: Node | None
    frame: Frame
    id: str = ""
    names: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    combination: Combination = field(default_factory=Combination)
    needed: tuple[Node, ...] = ()
    needs: tuple[Need, ...] = ()

    @property
    def job(self) -> str:
        return self.key.text or ""

    def get(self, name: str) -> Node | None:
        return self.arguments.get(name, merge=True) if self.arguments is not None else None

    def text(self, name: str) -> str:
        """An argument's text, filled in as far as it is known."""
        node = self.get(name)
        return self.frame.follow(node).value.text if node is not None else ""


def invocations(library: Library, frame: Frame) -> list[Invocation]:
    """Every job of every workflow that can run, as far as MAX_ITEMS items of their lists go."""
    found: list[Invocation] = []
    left = iter(range(MAX_ITEMS))
    for name, workflow in library.section("workflows").items():
        conditions = _conditions(workflow.node, frame)
        jobs = workflow.node.get("jobs", merge=True)
        if conditions is None or jobs is None:
            continue
        runs = [
            replace(run, conditions=(*conditions, *run.conditions))
            for run in _listed(jobs, Invocation(name, workflow.key, jobs, None, frame), left, ())
        ]
        found += _connected(_numbered(runs))
    return found


def _conditions(workflow: Node, frame: Frame) -> tuple[str, ...] | None:
    """The conditions under which the workflow runs; None when it certainly never does."""
    found: list[str] = []
    for name in ("when", "unless"):
        condition = workflow.get(name, merge=True)
        if condition is None:
            continue
        verdict = holds(condition, frame)
        if verdict is (name == "unless"):
            return None
        if verdict is None:
            found.append(f"{name} {written(condition)}")
    return tuple(found)


def _listed(
    jobs: Node, around: Invocation, left: Iterator[int], groups: tuple[Invocation, ...]
) -> Iterator[Invocation]:
    """The invocations of a `jobs:` list. `around`: what they share; `groups`: the job groups that led here."""
    for item in jobs.elements():
        key, arguments = next(item.entries(merge=True), (item, None)) if item.kind == "map" else (item, None)
        if not key.text:
            continue
        run = replace(around, key=key, node=item, arguments=arguments)
        group = run.frame.library.section("job-groups").get(run.job)
        if group is None:
            every = combinations(run.get("matrix"), run.frame)
            yield from (_named(run, each, groups) for each, _ in zip(every, left, strict=False))
            continue
        members = group.node.get("jobs", merge=True)
        if members is not None and len(groups) < MAX_GROUPS and next(left, None) is not None:
            yield from _listed(members, around, left, (*groups, run))


def _named(run: Invocation, combination: Combination, groups: Sequence[Invocation]) -> Invocation:
    """The invocation with its names, in the frame that knows what the matrix chose."""
    if combination.values:
        run = replace(run, frame=Frame(run.frame.library, outer=run.frame, chosen=combination.chosen))
    matrix = run.get("matrix")
    alias = matrix.get("alias") if matrix is not None else None
    name = run.text("name")
    filters = run.get("filters")
    requires = run.get("requires")
    inherited = [node for group in groups if (node := group.get("requires")) is not None]
    return replace(
        run,
        id=name or run.job + combination.suffix,
        names=((alias.text if alias is not None else None) or run.job, *(group.job for group in groups)),
        conditions=(f"filters {written(filters)}",) if filters is not None else (),
        combination=combination,
        needed=tuple(inherited[-1:]) if requires is None else (),
    )


def _numbered(runs: Sequence[Invocation]) -> list[Invocation]:
    """Invocations of one name are told apart by a number behind it, as CircleCI does."""
    total = Counter(run.id for run in runs)
    seen: Counter[str] = Counter()
    numbered: list[Invocation] = []
    for run in runs:
        seen[run.id] += 1
        again = replace(run, id=f"{run.id}-{seen[run.id]}", names=(run.id, *run.names))
        numbered.append(again if total[run.id] > 1 else run)
    return numbered


def _connected(runs: Sequence[Invocation]) -> list[Invocation]:
    """The invocations with their needs: a name stands for the job that has it, or for all that go by it."""
    ids = {run.id for run in runs}
    known: dict[str, list[str]] = {}
    for run in runs:
        for name in dict.fromkeys(run.names):
            known.setdefault(name, []).append(run.id)
    return [replace(run, needs=tuple(islice(_needs(run, ids, known), MAX_NEEDS))) for run in runs]


def _needs(run: Invocation, ids: set[str], known: dict[str, list[str]]) -> Iterator[Need]:
    own = run.get("requires")
    for requires in (*run.needed, *([own] if own is not None else [])):
        for each in requires.elements() if requires.kind == "seq" else [requires]:
            key, status = next(each.entries(merge=True), (each, None)) if each.kind == "map" else (each, None)
            name = run.frame.follow(key).value.text
            statuses = _statuses(status)
            for job in [name] if name in ids else known.get(name, [name]):
                yield Need(job, key, statuses)


def _statuses(node: Node | None) -> tuple[str, ...]:
    if node is None:
        return ()
    return tuple(each.text or "" for each in (node.elements() if node.kind == "seq" else [node]))
