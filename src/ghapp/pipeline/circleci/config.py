"""A CircleCI config as a pipeline: one job for every invocation in a workflow."""

from __future__ import annotations

from ghapp.pipeline.circleci.jobs import Jobs
from ghapp.pipeline.circleci.library import Library
from ghapp.pipeline.circleci.matrix import Combination
from ghapp.pipeline.circleci.parameters import Frame, keys
from ghapp.pipeline.circleci.steps import Steps
from ghapp.pipeline.circleci.workflows import Invocation, invocations
from ghapp.pipeline.model import Job, Pipeline
from ghapp.pipeline.rule import Platform
from ghapp.pipeline.source import Source
from ghapp.pipeline.tree import Tree
from ghapp.pipeline.yaml import Document, Node

MAIN = (".circleci/config.yml", ".circleci/config.yaml")
"""Where a push starts. Any other file may be continued from here with parameters of its own, so there the defaults of
pipeline parameters tell nothing."""


def config(source: Source, document: Document, tree: Tree) -> Pipeline:
    """The pipeline of a file below `.circleci/`, built when its jobs are first asked for. Wrong shapes are passed over.

    `Job.key` is the name in the job's definition, so that a finding on a job stands where it is defined; jobs of
    registry orbs and approvals have none, theirs is the name in the workflow. `Job.invocation` is the item in the
    workflow. Without workflows every job is taken to run; with them, only those that a workflow invokes.
    """
    return Pipeline(Platform.CIRCLECI, source, tree, document, build=_jobs)


def definitions(pipeline: Pipeline) -> tuple[Job, ...]:
    """Every defined job that has parameters, once, with all of them open: as anybody may invoke it.

    Its steps are those of every branch that a parameter decides on, conditions written on them; for rules that look
    at what is there before any workflow makes use of it. None has needs, contexts or an invocation.
    """
    document = pipeline.document
    if pipeline.platform is not Platform.CIRCLECI or document is None or document.root is None:
        return ()
    library, frame = _names(pipeline, document, document.root)
    runs: list[Invocation] = []
    for name, job in library.section("jobs").items():
        declared = job.node.get("parameters", merge=True)
        opened = Combination({parameter: None for parameter, _ in keys(declared)})
        if opened.chosen:
            runs.append(Invocation("", job.key, job.key, None, frame, id=name, combination=opened))
    jobs = Jobs(pipeline, Steps(_persisted(document)))
    return tuple(jobs.of(run) for run in runs)


def _jobs(pipeline: Pipeline) -> tuple[Job, ...]:
    document = pipeline.document
    if document is None or document.root is None:
        return ()
    library, frame = _names(pipeline, document, document.root)
    runs = invocations(library, frame) or [
        Invocation("", job.key, job.key, None, frame, id=name) for name, job in library.section("jobs").items()
    ]
    jobs = Jobs(pipeline, Steps(_persisted(document)))
    return tuple(jobs.of(run) for run in runs)


def _names(pipeline: Pipeline, document: Document, root: Node) -> tuple[Library, Frame]:
    library = Library(root, document)
    return library, Frame(library, root.get("parameters") if pipeline.path in MAIN else None)


def _persisted(document: Document) -> frozenset[str]:
    """From which directories `persist_to_workspace` steps take files, as written."""
    taken = (node.get("persist_to_workspace") for node in document.maps)
    roots = (step.get("root", merge=True) for step in taken if step is not None)
    return frozenset(root.text for root in roots if root is not None and root.text)
