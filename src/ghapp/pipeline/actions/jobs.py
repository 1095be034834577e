"""The jobs of a workflow, local reusable workflows inlined where they are called."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass, field

from ghapp.pipeline.actions import matrix
from ghapp.pipeline.actions.expressions import Path
from ghapp.pipeline.actions.local import Budget, called_file
from ghapp.pipeline.actions.permissions import limited, permissions_of
from ghapp.pipeline.actions.reading import both, child, entries_of, inputs_of, text_of, uses_of
from ghapp.pipeline.actions.runners import runner_of, services_of, system
from ghapp.pipeline.actions.scope import Bindings
from ghapp.pipeline.actions.steps import Frame, Steps
from ghapp.pipeline.actions.workspace import own_path, stays_plain
from ghapp.pipeline.model import Job, Need, Pipeline, Step, Uses
from ghapp.pipeline.source import Place
from ghapp.pipeline.tree import WORKSPACE
from ghapp.pipeline.yaml import Document, Node

MAX_NAME = 100
"""Longest part of a job's id or name, in characters: a long one would be copied into every job that it calls."""


@dataclass(frozen=True, slots=True)
class Call:
    """How a workflow came to run: by its own triggers, or called by a job, whose id, name … stand here."""

    id: str = ""
    name: str = ""
    condition: str | None = None
    permissions: Mapping[str, str] | None = None
    concurrency: Node | None = None
    inputs: dict[Path, str] = field(default_factory=dict[Path, str])
    calls: tuple[Place, ...] = ()


class Jobs:
    """Builds the jobs of one workflow file."""

    def __init__(self, pipeline: Pipeline, document: Document, budget: Budget, call: Call) -> None:
        self.pipeline = pipeline
        self.document = document
        self.budget = budget
        self.call = call
        self.root = document.root
        self.env = entries_of(self.root, "env")
        self.permissions = permissions_of(child(self.root, "permissions"))

    def build(self) -> list[Job]:
        """The jobs in file order; the jobs of a called workflow stand in place of the job that calls it."""
        jobs = child(self.root, "jobs")
        groups: dict[str, tuple[Node, list[Job]]] = {}
        for key, node in jobs.entries() if jobs is not None else ():
            name = key.deref().value.lower()
            if node.kind == "map" and name not in groups:
                called = child(node, "uses")
                groups[name] = node, [self._job(key, node)] if called is None else self._called(key, node, called)
        for node, group in groups.values():
            self._link(node, group, groups)
        return [job for _, group in groups.values() for job in group]

    def _link(self, node: Node, group: list[Job], groups: Mapping[str, tuple[Node, list[Job]]]) -> None:
        """Hands the needs of a job to it, or to those jobs of the workflow it calls that wait for no other."""
        needs: list[Need] = []
        for item in _items(child(node, "needs")):
            name = item.text or ""
            targets = groups[name.lower()][1] if name.lower() in groups else []
            if len(targets) > 1 and not self.budget.take(len(targets)):
                targets = targets[-1:]
            needs.extend(Need(target.id, item) for target in targets)
            if not targets:
                needs.append(Need(self._id(name), item))
        for job in group:
            job.needs = job.needs or tuple(needs)

    def _id(self, name: str) -> str:
        return f"{self.call.id}/{name[:MAX_NAME]}".removeprefix("/")

    def _new(self, key: Node, node: Node) -> Job:
        """What a job has whether it runs steps or calls a workflow."""
        own = permissions_of(child(node, "permissions"))
        name = text_of(node, "name") or ""
        return Job(
            self.pipeline,
            self._id(key.deref().value),
            key,
            node,
            name=f"{self.call.name} / {name or key.deref().value}"[-2 * MAX_NAME :] if self.call.id else name,
            condition=both(self.call.condition, text_of(node, "if")),
            permissions=limited(self.permissions if own is None else own, self.call.permissions),
            concurrency=child(node, "concurrency") or child(self.root, "concurrency") or self.call.concurrency,
            calls=self.call.calls,
        )

    def _called(self, key: Node, node: Node, called: Node) -> list[Job]:
        """The jobs of the workflow that a job calls; the job itself, with a gap, if it cannot be followed."""
        job = self._new(key, node)
        job.kind = "reusable"
        job.uses = uses_of(called, self.document)
        job.inputs = entries_of(node, "with")
        callee = self._callee(job.uses)
        if isinstance(callee, str):
            job.gap = callee
            return [job]
        declared = child(callee.root, "on", "workflow_call", "inputs")
        contexts = Bindings(known=ChainMap(self._matrix(node).certain, self.call.inputs))
        call = Call(
            job.id,
            (job.name or key.deref().value)[:MAX_NAME],
            job.condition,
            job.permissions,
            job.concurrency,
            inputs_of(declared, job.inputs, contexts, typed=True),
            (*self.call.calls, called.place),
        )
        jobs = Jobs(self.pipeline, callee, self.budget, call).build()
        if not jobs:
            job.gap = f"`{callee.source.path}` has no jobs."
        return jobs or [job]

    def _callee(self, uses: Uses) -> Document | str:
        path = own_path(uses) if uses.local else None
        if path is None:
            return f"`{uses.name}` stands in another repository."
        return called_file(self.pipeline.tree, path, self.budget, len(self.call.calls) + 1)

    def _matrix(self, node: Node) -> matrix.Matrix:
        resolve = Bindings(known=self.call.inputs).resolve
        return matrix.read(child(node, "strategy", "matrix"), resolve) or matrix.Matrix()

    def _job(self, key: Node, node: Node) -> Job:
        combinations = self._matrix(node)
        machine = combinations.certain
        contexts = Bindings(known=ChainMap(machine, self.call.inputs))
        job = self._new(key, node)
        job.runner = runner_of(
            node, contexts, lambda text: matrix.enumerate_values(text, contexts.resolve, combinations)
        )
        job.services = tuple(services_of(node, contexts))
        job.env = ChainMap(entries_of(node, "env"), self.env, entries_of(child(node, "container"), "env"))
        job.environment = _environment(child(node, "environment"), contexts)
        job.matrix = combinations.named if child(node, "strategy", "matrix") is not None else None
        job.build = lambda job: self._steps(job, machine)
        return job

    def _steps(self, job: Job, machine: dict[Path, str]) -> tuple[Step, ...]:
        node = job.node
        if (runs_on := system(job.runner)) is not None:
            machine = {**machine, ("runner", "os"): runs_on}
        steps = child(node, "steps")
        here: dict[Path, str] = {("github", "workspace"): WORKSPACE} if stays_plain(steps) else {}
        known = ChainMap(here, self.call.inputs, machine)
        container = Bindings(entries_of(child(node, "container"), "env"), known)
        frame = Frame(
            self.document,
            Bindings(entries_of(node, "env"), known, Bindings(self.env, known, container)),
            self.call.inputs,
            machine,
            shell=self._default(node, "shell"),
            directory=self._default(node, "working-directory"),
            tolerated=text_of(node, "continue-on-error") == "true",
            calls=self.call.calls,
        )
        builder = Steps(job, self.budget)
        builder.add(steps, frame)
        return tuple(builder.built)

    def _default(self, node: Node, name: str) -> str | None:
        return text_of(node, "defaults", "run", name) or text_of(self.root, "defaults", "run", name)


def _items(node: Node | None) -> list[Node]:
    """The names of a list that may also be written as one text."""
    if node is None:
        return []
    return [item for item in (node.elements() if node.kind == "seq" else [node]) if item.text]


def _environment(node: Node | None, contexts: Bindings) -> str | None:
    name = child(node, "name") if node is not None and node.kind == "map" else node
    return contexts.expand(name.text) if name is not None and name.text else None
