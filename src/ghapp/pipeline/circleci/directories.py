"""Where a step stands in the repository.

Paths are only compared, so `~` need not be expanded. CircleCI expands no variables in them
(circleci.com/docs/reference/configuration-reference/#job-name).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from posixpath import join, normpath

from ghapp.pipeline.circleci.parameters import Value

PROJECT = "~/project"
"""The working directory of a job that names none."""
MAX_PATH = 1_000
MAX_ROOTS = 20
HOME = "/home/circleci"
"""What `~` is on CircleCI's own images."""


@dataclass(slots=True)
class Workspace:
    """A job's working directory, and the directories where the repository stands.

    `foreign`: files were put somewhere that cannot be told. A job that does nothing of the kind counts as standing in
    the repository: how it came there (an image, a cache, a clone) is not seen.
    """

    working: str
    roots: list[str] = field(default_factory=list[str])
    foreign: bool = False

    @classmethod
    def of(cls, working_directory: Value | None) -> Workspace:
        given = working_directory.text if working_directory is not None else ""
        return cls(_normal(given[:MAX_PATH] or PROJECT))

    def checkout(self, path: Value | None) -> None:
        """The repository is checked out, at `path` or else in the working directory."""
        self._add(self._resolve(path))

    def attach(self, at: Value | None, persisted: Collection[str]) -> None:
        """Files of earlier jobs are put at `at`; `persisted`: from which directories any job of the config took some.

        If all were taken from where they are put now, the repository stands where it stood in those jobs.
        """
        place = self._resolve(at) if at is not None and 0 < len(persisted) <= MAX_ROOTS else None
        kept = all(self._resolve(Value(each)) == place for each in persisted)
        self._add(self.working if place is not None and kept and _within(self.working, place) else None)

    def locate(self, directory: Value | None) -> str | None:
        """A step's `working_directory` relative to the repository's root; None outside of it or when not known."""
        at = self._resolve(directory)
        roots = self.roots or ([] if self.foreign else [self.working])
        around = [root for root in roots if at is not None and _within(at, root)]
        return at[len(max(around, key=len)) :].lstrip("/") if at is not None and around else None

    def _add(self, root: str | None) -> None:
        if root is None or len(self.roots) == MAX_ROOTS:
            self.foreign = True
        elif root not in self.roots:
            self.roots.append(root)

    def _resolve(self, path: Value | None) -> str | None:
        """The path as seen from the working directory; None when it is not known. No path is the directory itself."""
        if path is None:
            return self.working
        if len(path.text) > MAX_PATH or not path.known or "$" in path.text:
            return None
        return _normal(path.text if path.text.startswith("~") else join(self.working, path.text))


def _within(path: str, directory: str) -> bool:
    return path == directory or path.startswith(f"{directory}/")


def _normal(path: str) -> str:
    path = normpath(path)
    return f"~{path.removeprefix(HOME)}" if _within(path, HOME) else path
