"""A workflow of GitHub Actions as the model that rules read."""

from __future__ import annotations

from collections.abc import Mapping

from ghapp.pipeline.actions.jobs import Call, Jobs
from ghapp.pipeline.actions.local import Budget
from ghapp.pipeline.actions.reading import child
from ghapp.pipeline.model import Pipeline
from ghapp.pipeline.rule import Platform
from ghapp.pipeline.source import Source
from ghapp.pipeline.tree import Tree
from ghapp.pipeline.yaml import Document, Node


def workflow(source: Source, document: Document, tree: Tree) -> Pipeline:
    """The workflow in `document`; the files it calls are read out of `tree`. Jobs are built when they are asked for.

    Its inputs are unknown, also those with a default: whoever dispatches or calls it may give others. Where a local
    workflow calls it, they are known there.
    """
    return Pipeline(
        Platform.ACTIONS,
        source,
        tree,
        document,
        build=lambda pipeline: tuple(Jobs(pipeline, document, Budget(), Call()).build()),
    )


def triggers(pipeline: Pipeline) -> Mapping[str, Node]:
    """What starts the workflow: the node of each event's settings by its name (`on` may be text, list or map)."""
    on = child(pipeline.root, "on")
    if on is None:
        return {}
    if on.kind == "map":
        return {key.deref().value: value for key, value in on.entries()}
    return {node.text: node for node in (on.elements() or [on]) if node.text}
