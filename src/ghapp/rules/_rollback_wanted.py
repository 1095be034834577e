"""Why a deploy should roll back by itself: what the repository itself says or shows about it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ghapp.pipeline import Job, Pipeline
from ghapp.pipeline.conditions import condition_node, may_follow_failure
from ghapp.pipeline.graph import Graph
from ghapp.pipeline.source import Place
from ghapp.rules._rollback import live_deploys, rollback_jobs, surely_rolls_back

_NAME = re.compile(r"(^|[/_.-])roll-?_?back([_.-]|$)", re.IGNORECASE)
_AUTOMATIC = re.compile(r"workflow_run|repository_dispatch|workflow_call|deployment_status", re.IGNORECASE)
_OTHER = re.compile(r"test|migrat|database|(^|[/_.-])db([/_.-]|$)|schema|docs|example|vendor|node_modules|sql", re.I)
ENOUGH = 2
"""How many comparable deploys have to roll back until one that does not stands out."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A reason to want it. `text`: in words; `place`: where the rollback says that it is manual, if it does."""

    text: str
    place: Place | None = None
    sure: bool = True


def may_be_wanted(pipeline: Pipeline) -> bool:
    """Whether there can be a reason at all: cheap, for in most repositories there is none."""
    text = pipeline.source.text.lower()
    said = any(word in text for word in ("rollback", "roll back", "roll-back", "roll_back", "revert", "undo"))
    return said or bool(pipeline.policy.rollback or _named(pipeline))


def wishes(deploy: Job, graph: Graph) -> Iterator[Wish]:
    """The reasons to want that the deploy rolls back when it fails, the strongest first."""
    pipeline = deploy.pipeline
    for job in rollback_jobs(pipeline):
        if not may_follow_failure(job) and all(other is not deploy for other in graph.upstream(job)):
            yield _by_hand(job, deploy)
    if pipeline.policy.rollback:
        yield Wish(f"the policy asks for it (`rollback: {pipeline.policy.rollback}`)")
    alike = [job for job in pipeline.jobs if job is not deploy and live_deploys(job) and surely_rolls_back(job, graph)]
    names = list(dict.fromkeys(f"`{job.id}`" for job in alike))
    if len(names) >= ENOUGH:
        yield Wish(f"{' and '.join(names[:ENOUGH])} do roll back when they fail")
    yield from _files(pipeline)


def _by_hand(job: Job, deploy: Job) -> Wish:
    if job.workflow != deploy.workflow:
        return Wish(f"the workflow `{job.workflow}` has to be started by hand", _workflow(job))
    node = condition_node(job) if job.invocation is None and not job.calls else None
    return Wish(f"the job `{job.id}` has to be started by hand", node.place if node is not None else None)


def _workflow(job: Job) -> Place | None:
    root = job.pipeline.root
    workflows = root.get("workflows", merge=True) if root is not None else None
    keys = (key for key, _ in workflows.entries(merge=True)) if workflows is not None else iter(())
    return next((key.place for key in keys if key.text == job.workflow), None)


def _files(pipeline: Pipeline) -> Iterator[Wish]:
    """Workflows and scripts of the repository that are called a rollback, and that no failure starts."""
    paths = _named(pipeline)
    for path in paths:
        source = pipeline.tree.source(path) if path.startswith(".github/workflows/") else None
        if source is not None and not _AUTOMATIC.search(source.text):
            yield Wish(f"the workflow `{path}` has to be started by hand")
    for path in paths:
        if not path.startswith(".github/") and path not in pipeline.called:
            yield Wish(f"`{path}` has to be started by hand", sure=False)


def _named(pipeline: Pipeline) -> list[str]:
    """The paths of callable files that are named after a rollback, other than the pipeline's own; at most twenty."""
    names = (name for name in pipeline.tree.callable if "back" in name.lower() and _NAME.search(name))
    found = (path for name in names for path in pipeline.tree.callable[name])
    return sorted(path for path in found if path != pipeline.path and not _OTHER.search(path))[:20]
