"""Where in the runner's workspace the repository stands, as far as the steps so far tell.

`actions/checkout` puts the repository into the workspace itself, or below it with `path:`. Directories of steps are
named from the workspace; the model names them from the repository's root. So every checkout is noted in its order: a
directory belongs to the deepest checkout around it, and can be named only if that is a checkout of this repository, of
the commit in question. Before the first checkout the workspace counts as the repository: how it came there (a
container, a cache, another action) is not seen.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ghapp.pipeline.actions.reading import text_of
from ghapp.pipeline.actions.scope import Bindings
from ghapp.pipeline.model import Step, Uses
from ghapp.pipeline.tree import WORKSPACE
from ghapp.pipeline.yaml import Node

MAX_PATH = 1000
"""Longest path, in characters, that is followed; Linux refuses paths over 4,096 bytes."""

OWN_REPOSITORY = (
    "github.repository",
    "github.event.repository.full_name",
    "github.event.pull_request.head.repo.full_name",
)
MAIN_BRANCHES = ("", "main", "master", "dev", "develop", "trunk")
"""Refs that are the same line of work as the commit in question. Another literal ref (`gh-pages`) has other files."""


@dataclass(slots=True)
class Workspace:
    """The checkouts so far: by directory of the workspace, whether this repository stands there."""

    checkouts: dict[str, bool] = field(default_factory=dict[str, bool])
    lost: bool = False

    def note(self, step: Step, bindings: Bindings) -> None:
        """Takes down a checkout; any other step changes nothing."""
        if step.uses is None or step.uses.name.lower() != "actions/checkout":
            return
        written = step.input("path") or ""
        path = bindings.resolve(written)
        directory = normal(path) if path is not None else None
        if directory is None:
            self.lost = True
            return
        own = _own(step, bindings)
        if step.condition is not None:
            own = own and self.checkouts.get(directory, True)
        self.checkouts[directory] = own

    def locate(self, path: str) -> str | None:
        """The directory or file of the repository that a normal path of the workspace names; None if not known."""
        if self.lost:
            return None
        if not self.checkouts:
            return path
        around = path
        while around not in self.checkouts:
            if not around:
                return None
            around = around.rpartition("/")[0]
        return path[len(around) :].lstrip("/") if self.checkouts[around] else None

    def directory(self, written: str, bindings: Bindings) -> str | None:
        """The directory of the repository that a step's `working-directory` names; None if it is not known."""
        value = bindings.resolve(written)
        path = normal(value) if value is not None else None
        return self.locate(path) if path is not None else None


def stays_plain(steps: Node | None) -> bool:
    """Whether no checkout in a `steps:` list moves the repository out of the workspace itself."""
    return not any(
        (text_of(item, "uses") or "").lower().startswith("actions/checkout@")
        and (text_of(item, "with", "path") or text_of(item, "with", "repository"))
        for item in (steps.elements() if steps is not None else ())
    )


def normal(path: str) -> str | None:
    """A path of the workspace without `.`, `..` and needless slashes; None when it leads out or is no plain path."""
    if path == WORKSPACE or path.startswith(WORKSPACE + "/"):
        path = path[len(WORKSPACE) :].lstrip("/")
    if len(path) > MAX_PATH or path.startswith(("/", "~")) or any(sign in path for sign in "$\\\n"):
        return None
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def own_path(uses: Uses) -> str | None:
    """The path that a local `uses` names: of the workspace for `./path`, of the repository for `$/path`."""
    return normal(uses.name.removeprefix("$/"))


def _own(step: Step, bindings: Bindings) -> bool:
    """Whether a checkout takes this repository, and not a literal ref that is known to be something else."""
    repository = (step.input("repository") or "").strip()
    if repository and repository.removeprefix("${{").removesuffix("}}").strip().lower() not in OWN_REPOSITORY:
        return False
    ref = bindings.resolve(step.input("ref") or "")
    return ref is None or ref.removeprefix("refs/heads/") in MAIN_BRANCHES
