"""Runs the rules over files, and tells what a change brought."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ghapp.pipeline.rule import Diagnostic, Rule
from ghapp.pipeline.tree import Tree


@dataclass(frozen=True, slots=True, order=True)
class FileError:
    """A file that could not be read as CI: not UTF-8, broken YAML, over a limit."""

    path: str
    line: int
    column: int
    message: str


@dataclass(frozen=True, slots=True)
class Crash:
    """A rule that failed on a file: our bug. The other rules went on."""

    rule: str
    path: str
    error: str


@dataclass(frozen=True, slots=True)
class Analysis:
    """What the rules say of one commit's files.

    `wanted`: paths whose text the analysis asked the tree for and did not get; hand them over and analyse again.
    """

    diagnostics: tuple[Diagnostic, ...] = ()
    errors: tuple[FileError, ...] = ()
    crashes: tuple[Crash, ...] = ()
    files: int = 0
    wanted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a change did: `new` is what it brought, `known` was there before, `mended` is gone.

    `errors` and `crashes` are the head's. `files`: how many CI files of the change were read. `seconds`: time taken.
    """

    new: tuple[Diagnostic, ...] = ()
    known: tuple[Diagnostic, ...] = ()
    mended: tuple[Diagnostic, ...] = ()
    errors: tuple[FileError, ...] = ()
    crashes: tuple[Crash, ...] = ()
    files: int = 0
    seconds: float = 0.0


def analyse(tree: Tree, paths: Sequence[str], rules: Iterable[Rule], *, prove: bool = True) -> Analysis:
    """Reads the files at `paths` (and whatever they call) out of `tree` and asks every rule.

    Paths that are no CI files are passed over. Never raises for what a file contains.
    """
    raise NotImplementedError


def compare(head: Analysis, base: Analysis, *, renames: dict[str, str] | None = None) -> Outcome:
    """What head has that base has not, by fingerprint. `renames`: new path → old path."""
    raise NotImplementedError
