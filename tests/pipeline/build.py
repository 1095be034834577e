"""Pipelines from texts, for tests: parsed, built and standing in a small repository."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from textwrap import dedent

from ghapp.pipeline import actions, circleci, shell
from ghapp.pipeline.kinds import platform_of
from ghapp.pipeline.model import Pipeline
from ghapp.pipeline.rule import Platform
from ghapp.pipeline.source import Source
from ghapp.pipeline.tree import Tree
from ghapp.pipeline.yaml import parse

WORKFLOW = ".github/workflows/ci.yml"
CONFIG = ".circleci/config.yml"
SCRIPT = "ci.sh"


def workflow_of(
    text: str, files: Mapping[str, str] | None = None, path: str = WORKFLOW, paths: Iterable[str] = ()
) -> Pipeline:
    """A workflow, or the action if `path` is one's. `files`: what else the repository has, by path; `paths`: more of
    it, without text. Texts are dedented."""
    source, tree = _repository(text, files, path, paths)
    build = actions.action if platform_of(path) is Platform.ACTION else actions.workflow
    return build(source, parse(source), tree)


def config_of(
    text: str, files: Mapping[str, str] | None = None, path: str = CONFIG, paths: Iterable[str] = ()
) -> Pipeline:
    """A CircleCI config."""
    source, tree = _repository(text, files, path, paths)
    return circleci.config(source, parse(source), tree)


def script_of(
    text: str, files: Mapping[str, str] | None = None, path: str = SCRIPT, paths: Iterable[str] = ()
) -> Pipeline:
    """A shell script that no other file calls."""
    return shell.script(*_repository(text, files, path, paths))


def _repository(text: str, files: Mapping[str, str] | None, path: str, paths: Iterable[str]) -> tuple[Source, Tree]:
    texts = {name: dedent(each) for name, each in {**(files or {}), path: text}.items()}
    return Source(path, texts[path]), Tree.of(texts, paths)
