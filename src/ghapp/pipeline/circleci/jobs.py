"""A job as one invocation of it runs."""

from __future__ import annotations

from dataclasses import dataclass, field

from ghapp.pipeline.circleci.executors import UNKNOWN, Surroundings, surroundings
from ghapp.pipeline.circleci.expansion import Budget, Expansion
from ghapp.pipeline.circleci.library import Definition
from ghapp.pipeline.circleci.parameters import Frame, keys
from ghapp.pipeline.circleci.steps import Steps
from ghapp.pipeline.circleci.workflows import Invocation
from ghapp.pipeline.model import Job, Pipeline, Step, Uses
from ghapp.pipeline.yaml import Node

OWN_KEYS = frozenset(
    (
        "context",
        "filters",
        "matrix",
        "name",
        "override-with",
        "post-steps",
        "pre-steps",
        "requires",
        "serial-group",
        "type",
    )
)
"""What an invocation says to the workflow, not to the job."""


@dataclass(frozen=True, slots=True)
class Jobs:
    """Makes the jobs of a config."""

    pipeline: Pipeline
    steps: Steps
    budget: Budget = field(default_factory=Budget)

    def of(self, run: Invocation) -> Job:
        """The job that the invocation runs."""
        found = run.frame.library.find("jobs", run.job)
        job = _invoked(self.pipeline, run)
        if isinstance(found, Definition):
            self._defined(job, run, found)
        elif isinstance(found, Uses):
            job.kind, job.uses = "orb", found
            job.gap = f"What the job `{found.element}` of the orb {found.name} does is not in this repository."
        elif job.kind == "build":
            job.gap = f"The job `{run.job}` is not defined in this file."
        if job.gap is not None and not isinstance(found, Definition):
            job.build = lambda job: self._steps(job, run, UNKNOWN)
        return job

    def _defined(self, job: Job, run: Invocation, definition: Definition) -> None:
        """Fills in what the job's definition says."""
        body = definition.node
        declared, chosen = body.get("parameters"), run.combination.chosen
        frame = Frame(definition.library, declared, given=run.arguments, outer=run.frame, chosen=chosen)
        around = surroundings(body, frame)
        kind, parallelism = body.get("type"), body.get("parallelism", merge=True)
        job.key, job.node = definition.key, body
        job.kind = kind.text if kind is not None and kind.text else job.kind
        job.runner, job.services = around.runner, around.services
        job.env = {name: value.node for name, value in around.env.items()}
        job.parallelism = frame.follow(parallelism).value.text if parallelism is not None else None
        if run.get("override-with") is not None:
            job.gap = f"The orb's job `{run.text('override-with')}` may run in place of this one."
        job.build = lambda job: self._steps(job, run, around, frame)

    def _steps(self, job: Job, run: Invocation, around: Surroundings, frame: Frame | None = None) -> tuple[Step, ...]:
        """The job's steps between those that the workflow adds. `frame`: the definition's; None when it is unknown."""
        expansion = Expansion(self.budget)
        expansion.add(run.get("pre-steps"), run.frame)
        if frame is not None:
            expansion.add(job.node.get("steps", merge=True), frame)
        else:
            expansion.opaque(run.node, run.arguments, run.frame, job.gap or "")
            expansion.handed(job.inputs.values(), run.frame, run.node)
        expansion.add(run.get("post-steps"), run.frame)
        return self.steps.of(job, around, expansion.found)


def _invoked(pipeline: Pipeline, run: Invocation) -> Job:
    """The job as far as the workflow describes it."""
    return Job(
        pipeline,
        id=run.id,
        key=run.key,
        node=run.arguments or run.key,
        name=run.text("name"),
        workflow=run.workflow,
        kind=run.text("type") or "build",
        needs=run.needs,
        condition="; ".join(run.conditions) or None,
        contexts=_contexts(run),
        matrix=run.combination.values or None,
        concurrency=run.get("serial-group"),
        inputs={name: value for name, value in keys(run.arguments) if name not in OWN_KEYS},
        invocation=run.node,
    )


def _contexts(run: Invocation) -> tuple[str, ...]:
    node: Node | None = run.get("context")
    if node is None:
        return ()
    return tuple(run.frame.fill(each.text or "").text for each in (node.elements() if node.kind == "seq" else [node]))
