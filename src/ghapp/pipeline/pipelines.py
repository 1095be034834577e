"""The pipelines of a commit: which of its files are CI, and which are seen through the file that calls them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ghapp.pipeline import actions, circleci, shell
from ghapp.pipeline.circleci.config import MAIN
from ghapp.pipeline.kinds import platform_of
from ghapp.pipeline.model import Pipeline
from ghapp.pipeline.reach import Reach
from ghapp.pipeline.rule import Platform
from ghapp.pipeline.source import BrokenFile
from ghapp.pipeline.tree import Tree
from ghapp.pipeline.yaml import Document, parse

MODEL = "pipeline"
"""Who crashed when it was no rule: the reading of the file itself."""

_PARTS = (Platform.ACTION, Platform.SHELL)
_SIGNS = {
    Platform.ACTION: re.compile(r"^runs\s*:", re.MULTILINE),
    Platform.CIRCLECI: re.compile(r"^version\s*:", re.MULTILINE),
    Platform.SHELL: re.compile(r"(?!)"),
}
"""What a broken file must say to be missed. `action.yml` is a name that other programs use too, and below `.circleci/`
lie test suites and parts to be packed. A script that cannot be read as text may still run."""


@dataclass(frozen=True, slots=True, order=True)
class FileError:
    """A file that could not be read as CI: not UTF-8, broken YAML, over a limit."""

    path: str
    line: int
    column: int
    message: str


@dataclass(frozen=True, slots=True)
class Crash:
    """A rule that failed on a file, or the reading of the file (rule `pipeline`): our bug. Everything else went on."""

    rule: str
    path: str
    error: str


@dataclass(slots=True)
class Trouble:
    """What went wrong in an analysis, each thing once."""

    errors: list[FileError] = field(default_factory=list[FileError])
    crashes: dict[Crash, None] = field(default_factory=dict[Crash, None])

    def crashed(self, rule: str, path: str, error: Exception) -> None:
        self.crashes[Crash(rule, path, f"{type(error).__name__}: {error}")] = None


def read_pipelines(tree: Tree, paths: Sequence[str], reach: Reach, trouble: Trouble) -> tuple[list[Pipeline], int]:
    """The pipelines to ask about, and how many files were read.

    Scripts and actions that another of the files calls are seen through their caller.
    """
    read: list[Pipeline] = []
    for path in dict.fromkeys(paths):
        try:
            pipeline = read_pipeline(tree, path, trouble)
        except Exception as error:
            trouble.crashed(MODEL, path, error)
            continue
        if pipeline is not None:
            read.append(pipeline)
    parts = {each.path for each in read if each.platform in _PARTS}
    called: set[str] = set()
    if parts:
        for each in read:
            try:
                called |= _called(each, parts, reach)
            except Exception as error:
                trouble.crashed(MODEL, each.path, error)
    return [each for each in read if each.path not in called], len(read)


def read_pipeline(tree: Tree, path: str, trouble: Trouble) -> Pipeline | None:
    """The pipeline of one file; None when it is no CI file, is not at hand, or cannot be read."""
    platform = platform_of(path)
    if platform is None:
        return None
    source = None
    try:
        source = tree.load(path)
        if source is None:
            return None
        if platform is Platform.SHELL:
            return shell.script(source, tree)
        document = parse(source)
    except BrokenFile as error:
        if path in MAIN or platform not in _SIGNS or (source and _SIGNS[platform].search(source.text)):
            trouble.errors.append(FileError(error.path, error.line, error.column, error.message))
        return None
    if platform is Platform.CIRCLECI:
        return circleci.config(source, document, tree)
    trouble.errors.extend(_duplicates(document))
    build = actions.workflow if platform is Platform.ACTIONS else actions.action
    return build(source, document, tree)


def _called(pipeline: Pipeline, parts: set[str], reach: Reach) -> frozenset[str]:
    """Which of `parts` the pipeline really calls; asked only where its text may name one, or something that does."""
    return pipeline.called & parts - {pipeline.path} if reach.callees(pipeline.source) else frozenset()


def _duplicates(document: Document) -> Iterator[FileError]:
    """GitHub refuses a workflow in which a map has a key twice (actions/runner, WorkflowParser)."""
    for key in document.duplicates:
        message = f"`{key.value}` is already defined in this map; GitHub refuses the file."
        yield FileError(key.place.path, key.place.line, key.place.column, message)
