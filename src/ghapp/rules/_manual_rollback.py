"""Rollbacks that a person has to start: jobs, workflows and scripts that no failure runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ghapp.pipeline import Job, Pipeline
from ghapp.pipeline.conditions import condition_node, may_follow_failure
from ghapp.pipeline.graph import Graph
from ghapp.pipeline.source import Place
from ghapp.rules._rollback import rollback_jobs

_NAME = re.compile(r"(^|[/_.-])roll-?_?back([_.-]|$)", re.IGNORECASE)
_AUTOMATIC = re.compile(r"workflow_run|repository_dispatch|workflow_call|deployment_status", re.IGNORECASE)
_SCRIPT = re.compile(r"\.(sh|bash|py|js|ts|rb)$")
_OTHER = re.compile(
    r"test|migrat|database|(^|[/_.-])db([/_.-]|$)|schema|docs|example|vendor|node_modules|sql", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Manual:
    """A rollback that waits for a person. `what`: it, in words; `place`: where it says so, if it does."""

    what: str
    place: Place | None = None
    sure: bool = True


def manual_rollbacks(deploy: Job) -> Iterator[Manual]:
    """The manual rollbacks that the deploy's repository has, the nearest first."""
    pipeline = deploy.pipeline
    graph = Graph(pipeline)
    for job in rollback_jobs(pipeline):
        if not may_follow_failure(job) and all(other is not deploy for other in graph.upstream(job)):
            yield _job(job, deploy)
    yield from _files(pipeline)


def _job(job: Job, deploy: Job) -> Manual:
    if job.workflow != deploy.workflow:
        return Manual(f"the workflow `{job.workflow}`", _workflow(job))
    node = condition_node(job) if job.invocation is None and not job.calls else None
    return Manual(f"the job `{job.id}`", node.place if node is not None else None)


def _workflow(job: Job) -> Place | None:
    root = job.pipeline.root
    workflows = root.get("workflows", merge=True) if root is not None else None
    keys = (key for key, _ in workflows.entries(merge=True)) if workflows is not None else iter(())
    return next((key.place for key in keys if key.text == job.workflow), None)


def _files(pipeline: Pipeline) -> Iterator[Manual]:
    """Workflows and scripts of the repository that are called a rollback, and that no failure can start."""
    named = sorted(path for path in pipeline.tree.paths or () if _NAME.search(path) and not _OTHER.search(path))
    for path in named[:20]:
        if path.startswith(".github/workflows/"):
            source = pipeline.tree.source(path)
            if source is not None and not _AUTOMATIC.search(source.text):
                yield Manual(f"the workflow `{path}`")
    for path in named[:20]:
        if _SCRIPT.search(path):
            yield Manual(f"`{path}`, which nothing here calls,", sure=False)
