"""A composite action as the model that rules read."""

from __future__ import annotations

from ghapp.pipeline.actions.local import Budget, runs_using
from ghapp.pipeline.actions.reading import child
from ghapp.pipeline.actions.scope import Bindings
from ghapp.pipeline.actions.steps import Frame, Steps, action_path
from ghapp.pipeline.actions.workspace import Workspace
from ghapp.pipeline.model import Job, Pipeline, Step
from ghapp.pipeline.rule import Platform
from ghapp.pipeline.source import Source
from ghapp.pipeline.tree import Tree
from ghapp.pipeline.yaml import Document


def action(source: Source, document: Document, tree: Tree) -> Pipeline:
    """The action in `document` by itself: one job `action` on an unknown runner. No jobs if it is not composite.

    Its inputs are unknown: every caller gives its own. An action below `.github` is taken to run in this repository's
    workspace; any other may serve other repositories, so what lies in the workspace is unknown.
    """
    return Pipeline(Platform.ACTION, source, tree, document, build=lambda pipeline: _jobs(pipeline, document))


def _jobs(pipeline: Pipeline, document: Document) -> tuple[Job, ...]:
    runs = child(document.root, "runs")
    if runs is None or runs_using(document) != "composite":
        return ()
    return (Job(pipeline, "action", runs.key or runs, runs, build=lambda job: _steps(job, document)),)


def _steps(job: Job, document: Document) -> tuple[Step, ...]:
    known = action_path(document.source.path)
    builder = Steps(job, Budget(), Workspace(lost=not document.source.path.startswith(".github/")))
    builder.add(child(job.node, "steps"), Frame(document, Bindings(known=known), known, action=True))
    return tuple(builder.built)
