"""The repository's own actions and reusable workflows that a workflow calls, read within a budget."""

from __future__ import annotations

from dataclasses import dataclass, field

from ghapp.pipeline.actions.reading import text_of
from ghapp.pipeline.kept import kept
from ghapp.pipeline.source import BrokenFile, Source
from ghapp.pipeline.tree import Tree
from ghapp.pipeline.yaml import Document, parse

MAX_DEPTH = 4
"""How deep workflows call workflows, and actions actions."""

MAX_FILES = 40
MAX_PARTS = 100_000
"""How many nodes of YAML, 20 characters of text counting as one, calls may bring into a pipeline: a few small files
that call each other could multiply without end."""

CALL_PARTS = 25
"""What a call costs besides."""

TOO_LARGE = "More is called here than is followed."


@dataclass(slots=True)
class Budget:
    """What the calls of one pipeline may still bring in."""

    files: set[str] = field(default_factory=set[str])
    parts: int = 0

    def take(self, parts: int) -> bool:
        """Whether so many more parts may come in."""
        self.parts += parts
        return self.parts <= MAX_PARTS


def called_file(tree: Tree, path: str, budget: Budget, depth: int) -> Document | str:
    """The YAML file at `path`, called through `depth` files, or why it cannot be followed."""
    budget.files.add(path)
    if depth > MAX_DEPTH or len(budget.files) > MAX_FILES:
        return TOO_LARGE
    source = tree.source(path)
    if source is None:
        return f"`{path}` could not be read."
    document = _document(source)
    if isinstance(document, str):
        return document
    return document if budget.take(CALL_PARTS + len(document.scalars) + len(source.text) // 20) else TOO_LARGE


@kept
def _document(source: Source) -> Document | str:
    try:
        return parse(source)
    except BrokenFile as error:
        return f"`{source.path}` is not valid YAML (line {error.line})."


def called_action(tree: Tree, directory: str, budget: Budget, depth: int) -> Document | str:
    """The composite action in a directory of the repository, or why it cannot be followed."""
    paths = [f"{directory}/{name}".lstrip("/") for name in ("action.yml", "action.yaml")]
    path = next((path for path in paths if tree.has(path)), paths[0])
    if tree.known and not tree.has(path):
        return f"The repository has no action in `{directory or '.'}`."
    document = called_file(tree, path, budget, depth)
    if isinstance(document, str):
        return document
    using = runs_using(document)
    return document if using == "composite" else f"`{path}` runs with {using or 'nothing that is known'}."


def runs_using(document: Document) -> str:
    """What an action runs with: `composite`, `docker`, `node24` …; empty when the file does not say."""
    return (text_of(document.root, "runs", "using") or "").strip().lower()
