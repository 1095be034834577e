"""The repository as data: which paths it has, and the text of those that were handed over."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable
from copy import copy
from functools import cached_property

from ghapp.pipeline.glob import LONGEST_PATH, glob_regex
from ghapp.pipeline.source import BrokenFile, Source

Read = Callable[[str], bytes | None]
Runs = Callable[[str], bool | None]

_SIGN = re.compile(r"[*?[{]")

CALLABLE = (".sh", ".bash", ".mk", "package.json")

WORKSPACE = "/github/workspace"
"""The absolute path that stands for the repository's root where a CI file names it by one (`${{ github.workspace }}`,
`$GITHUB_ACTION_PATH`): the real one differs from runner to runner; this is the one that container actions see."""


class Tree:
    """One commit's files. Asking for a text that was not handed over is remembered in `wanted`.

    `paths`: every file of the commit, or None when the list is not known. `truncated`: the list may lack some.
    `read`: gives a path's bytes, or None when they are not at hand. `runs`: whether a file may be executed (git's mode
    755), None when that is not known.
    """

    def __init__(
        self, paths: Iterable[str] | None, read: Read, *, truncated: bool = False, runs: Runs | None = None
    ) -> None:
        self.paths: frozenset[str] | None = None if paths is None else frozenset(paths)
        self.truncated = truncated
        self.wanted: set[str] = set()
        self.runs = runs or _unknown
        self._read = read
        self._sources: dict[str, Source | None] = {}
        self.notes: dict[object, object] = {}
        self._matches: dict[tuple[str, bool], list[str]] = {}

    @classmethod
    def of(cls, files: dict[str, str], paths: Iterable[str] | None = None) -> Tree:
        """A tree from texts: what tests and examples use. `paths` adds files that have no text."""
        every = {*files, *(paths or ())}
        return cls(every, lambda path: files[path].encode() if path in files else None)

    def edited(self, source: Source) -> Tree:
        """The tree with another text of a file. It shares what was found out about the paths and the other texts."""
        tree = copy(self)
        tree.wanted, tree.notes = set(), {}
        tree._sources = {**self._sources, source.path: source}
        return tree

    @property
    def known(self) -> bool:
        """Whether the absence of a path in `paths` proves that the repository has no such file."""
        return self.paths is not None and not self.truncated

    @cached_property
    def directories(self) -> frozenset[str]:
        """Every directory that holds a file, without trailing slash; the root is the empty string."""
        found: set[str] = {""}
        for path in self.paths or ():
            parent = path.rpartition("/")[0]
            while parent and parent not in found:
                found.add(parent)
                parent = parent.rpartition("/")[0]
        return frozenset(found)

    @cached_property
    def callable(self) -> dict[str, list[str]]:
        """The files that CI can call, by base name: scripts, makefiles, package.json, workflows, and anything without
        an ending. A local action stands under its directory's name."""
        found: dict[str, list[str]] = {}
        for path in self.paths or ():
            name = path[path.rfind("/") + 1 :]
            if "." in name and not name.endswith(CALLABLE):  # most are out here, of many
                directory = path.rpartition("/")[0]
                if name in ("action.yml", "action.yaml"):
                    name = directory.rpartition("/")[2]
                elif directory != ".github/workflows":
                    continue
            found.setdefault(name, []).append(path)
        return found

    @cached_property
    def named(self) -> dict[str, list[str]]:
        """The files and directories by their last name."""
        found: dict[str, list[str]] = {}
        for path in self.directories.union(self.paths or ()):
            found.setdefault(path.rpartition("/")[2], []).append(path)
        return found

    def has(self, path: str) -> bool:
        """Whether a file or directory of that name is in the list."""
        return path in (self.paths or ()) or path in self.directories

    def matching(self, pattern: str, *, star_crosses: bool = False) -> list[str]:
        """The files and directories that a glob names, sorted.

        `*` stays within one directory unless `star_crosses`; `**` crosses as in GitHub's hashFiles. A shell without
        `globstar` takes `**` for `*`, and passes over names that begin with a dot.
        """
        if (pattern, star_crosses) not in self._matches:
            matches = glob_regex(pattern, star_crosses=star_crosses).fullmatch
            fixed = _SIGN.split(pattern, maxsplit=1)[0]
            first, end = bisect_left(self._names, fixed), bisect_left(self._names, f"{fixed}\U0010ffff")
            self._matches[pattern, star_crosses] = [name for name in self._names[first:end] if matches(name)]
        return list(self._matches[pattern, star_crosses])

    @cached_property
    def _names(self) -> list[str]:
        """What globs are held against: every file and directory but the root, sorted."""
        names = self.directories.union(self.paths or ())
        return sorted(name for name in names if 0 < len(name) <= LONGEST_PATH)

    def source(self, path: str) -> Source | None:
        """The file's text, or None when it is not at hand (then `wanted` has it) or cannot be read as text."""
        if path not in self._sources:
            if self.paths is not None and path not in self.paths:
                return None
            data = self._read(path)
            if data is None:
                self.wanted.add(path)
                return None
            try:
                self._sources[path] = Source.decode(path, data)
            except BrokenFile:
                self._sources[path] = None
        return self._sources[path]

    def load(self, path: str) -> Source | None:
        """As `source`, but raises BrokenFile for a file that cannot be read as text."""
        source = self.source(path)
        if source is None and path in self._sources:
            Source.decode(path, self._read(path) or b"")
        return source


def _unknown(path: str) -> bool | None:
    return None
