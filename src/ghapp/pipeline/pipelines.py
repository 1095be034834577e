"""The pipelines of a commit: which of its files are CI, and which are seen through the file that calls them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ghapp.pipeline import actions, circleci, shell
from ghapp.pipeline.circleci.config import MAIN
from ghapp.pipeline.kinds import platform_of
from ghapp.pipeline.model import Pipeline
from ghapp.pipeline.policy import Policy
from ghapp.pipeline.reach import Reach
from ghapp.pipeline.rule import Platform
from ghapp.pipeline.source import BrokenFile
from ghapp.pipeline.tree import Tree
from ghapp.pipeline.yaml import Document, parse

MODEL = "pipeline"
"""Who crashed when it was no rule: the reading of the file itself."""

_PARTS = (Platform.ACTION, Platform.SHELL)
"""What other files call: read alone, it says what it says without what its callers do before."""
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


def read_pipelines(tree: Tree, paths: Sequence[str], policy: Policy, trouble: Trouble) -> list[Pipeline]:
    """The pipelines of the files that can be read."""
    read: list[Pipeline] = []
    for path in dict.fromkeys(paths):
        try:
            pipeline = read_pipeline(tree, path, policy, trouble)
        except Exception as error:
            trouble.crashed(MODEL, path, error)
            continue
        if pipeline is not None:
            read.append(pipeline)
    return read


def seen_through_another(pipeline: Pipeline, others: Sequence[Pipeline], reach: Reach, trouble: Trouble) -> bool:
    """Whether the pipeline is a script or action that one of the others calls, and so is judged where it is called.

    Costly, since the caller's whole model is built: ask only of pipelines that have something to say.
    """
    if pipeline.platform not in _PARTS:
        return False
    for each in others:
        if each is pipeline or pipeline.path not in reach.files(each):
            continue
        try:
            if pipeline.path in each.called:
                return True
        except Exception as error:
            trouble.crashed(MODEL, each.path, error)
    return False


def read_pipeline(tree: Tree, path: str, policy: Policy, trouble: Trouble) -> Pipeline | None:
    """The pipeline of one file; None when it is no CI file, is not at hand, or cannot be read."""
    pipeline = _read(tree, path, trouble)
    if pipeline is not None:
        pipeline.policy = policy
    return pipeline


def _read(tree: Tree, path: str, trouble: Trouble) -> Pipeline | None:
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


def _duplicates(document: Document) -> Iterator[FileError]:
    """GitHub refuses a workflow in which a map has a key twice (actions/runner, WorkflowParser)."""
    for key in document.duplicates:
        message = f"`{key.value}` is already defined in this map; GitHub refuses the file."
        yield FileError(key.place.path, key.place.line, key.place.column, message)
