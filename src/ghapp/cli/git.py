"""What git knows of a checkout, asked without running anything that the repository could bring along."""

from __future__ import annotations

import os
import posixpath
import subprocess
from pathlib import Path
from typing import IO, cast

import click

GIT = ("git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "--no-pager", "--literal-pathspecs")
LINK = "120000"
PLAIN = "100644"
ENVIRONMENT = {"GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}


class Unusable(click.ClickException):
    """Input that cannot be used: said to the person, with the path. Ends with status 2."""

    exit_code = 2


def working_paths(root: Path) -> list[str]:
    """The files of the working tree: tracked or new, neither ignored nor deleted."""
    listed = _git(root, "ls-files", "-z", "-t", "--cached", "--others", "--deleted", "--exclude-standard")
    entries = [entry.split(" ", 1) for entry in os.fsdecode(listed).split("\0") if entry]
    gone = {path for tag, path in entries if tag == "R"}
    return [path for _, path in entries if path not in gone]


class Revision:
    """The files of one commit. A context manager: it keeps a `git cat-file` open to read from."""

    def __init__(self, root: Path, name: str) -> None:
        """Raises Unusable when `name` names no commit."""
        commit = _git(root, "rev-parse", "--verify", "--end-of-options", f"{name}^{{commit}}", name=name)
        self.commit = commit.decode().strip()
        self._root = root
        self._blobs: dict[str, str] = {}
        self._links: set[str] = set()
        self._plain: set[str] = set()
        for entry in os.fsdecode(_git(root, "ls-tree", "-r", "-z", self.commit)).split("\0")[:-1]:
            facts, _, path = entry.partition("\t")
            mode, kind, blob = facts.split(" ")
            self._blobs[path] = blob if kind == "blob" else ""
            if mode == LINK:
                self._links.add(path)
            elif mode == PLAIN:
                self._plain.add(path)
        self._reader: subprocess.Popen[bytes] | None = None

    @property
    def paths(self) -> frozenset[str]:
        return frozenset(self._blobs)

    def runs(self, path: str) -> bool:
        """Whether the file may be executed."""
        return path not in self._plain

    def renames(self) -> dict[str, str]:
        """New path → old path, as git tells them from this commit to the working tree."""
        options = ("--no-ext-diff", "--no-textconv", "--ignore-submodules", "--diff-filter=R", "--name-status")
        words = os.fsdecode(_git(self._root, "diff", "-M", "-z", *options, self.commit, "--")).split("\0")[:-1]
        return {new: old for old, new in zip(words[1::3], words[2::3], strict=True)}

    def read(self, path: str) -> bytes | None:
        """The file's bytes, or those of the file that a link names: the working tree is read through links, too."""
        if path in self._links:
            path = posixpath.normpath(posixpath.join(posixpath.dirname(path), os.fsdecode(self._blob(path) or b"")))
        return self._blob(path) if path not in self._links else None

    def _blob(self, path: str) -> bytes | None:
        """What git has for the path. Asked by blob, so that no name of a file can be taken for anything else."""
        blob = self._blobs.get(path)
        if not blob:
            return None
        if self._reader is None:
            command = [*GIT, "-C", str(self._root), "cat-file", "--batch"]
            self._reader = subprocess.Popen(  # noqa: S603 - fixed arguments
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=_environment()
            )
        asked, answer = cast("IO[bytes]", self._reader.stdin), cast("IO[bytes]", self._reader.stdout)
        asked.write(f"{blob}\n".encode())
        asked.flush()
        header = answer.readline().split()
        if len(header) != 3:  # a blob that a partial clone has not fetched
            return None
        return answer.read(int(header[2]) + 1)[:-1]

    def __enter__(self) -> Revision:
        return self

    def __exit__(self, *_: object) -> None:
        if self._reader is not None:
            self._reader.communicate()


def _git(root: Path, *arguments: str, name: str | None = None) -> bytes:
    """What git prints. Raises Unusable with git's own words. `name`: a revision that may be the cause."""
    try:
        done = subprocess.run(  # noqa: S603 - fixed arguments, and a revision behind --end-of-options
            [*GIT, "-C", str(root), *arguments], capture_output=True, check=True, env=_environment()
        )
    except FileNotFoundError:
        raise Unusable(f"{root} is a git checkout, but there is no git on this machine to ask.") from None
    except subprocess.CalledProcessError as error:
        said = cast("bytes", error.stderr).decode("utf-8", "replace").strip()
        raise Unusable(
            f"{root}: {name!r} names no commit here. {said}" if name is not None else f"{root}: {said}"
        ) from None
    return done.stdout


def _environment() -> dict[str, str]:
    return {**os.environ, **ENVIRONMENT}
