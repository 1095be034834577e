"""Git's object database: blobs, trees and commits named by the SHA-1 that git itself would give them.

All forks of a repository share one database, as they do on GitHub: a fork's commit can be read through its parent.
Format of the objects: <https://git-scm.com/book/en/v2/Git-Internals-Git-Objects>.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

REGULAR, EXECUTABLE, SYMLINK, SUBMODULE, DIRECTORY = "100644", "100755", "120000", "160000", "040000"


@dataclass(frozen=True, slots=True)
class File:
    """A file's bytes and its mode in git; for a symlink the bytes are the target, for a submodule the commit's SHA."""

    data: bytes
    mode: str = REGULAR


type_of = {REGULAR: "blob", EXECUTABLE: "blob", SYMLINK: "blob", SUBMODULE: "commit", DIRECTORY: "tree"}


@dataclass(frozen=True, slots=True)
class Entry:
    mode: str
    sha: str


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Commit:
    sha: str
    tree: str
    parents: tuple[str, ...]
    message: str
    author: Person
    date: datetime


class Objects:
    """The objects of one network of forks, by SHA."""

    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}
        self.trees: dict[str, dict[str, Entry]] = {}
        self.commits: dict[str, Commit] = {}
        self._flat: dict[str, dict[str, Entry]] = {}

    def add_file(self, content: str | bytes | File) -> Entry:
        """Stores text (as UTF-8), bytes or a `File`, and says how a tree names it."""
        if isinstance(content, str):
            content = content.encode()
        file = content if isinstance(content, File) else File(content)
        if file.mode == SUBMODULE:
            return Entry(SUBMODULE, file.data.decode())
        sha = _name("blob", file.data)
        self.blobs[sha] = file.data
        return Entry(file.mode, sha)

    def add_tree(self, files: Mapping[str, Entry]) -> str:
        """Stores the folders that hold these paths, and gives the SHA of the topmost."""
        here: dict[str, Entry] = {}
        folders: dict[str, dict[str, Entry]] = {}
        for path, entry in files.items():
            name, _, rest = path.partition("/")
            if rest:
                folders.setdefault(name, {})[rest] = entry
            else:
                here[name] = entry
        for name, inside in folders.items():
            here[name] = Entry(DIRECTORY, self.add_tree(inside))
        # git sorts a folder as if its name ended in a slash
        order = sorted(here, key=lambda name: name + "/" if here[name].mode == DIRECTORY else name)
        body = b"".join(
            f"{here[name].mode.lstrip('0')} {name}\0".encode() + bytes.fromhex(here[name].sha) for name in order
        )
        sha = _name("tree", body)
        self.trees[sha] = {name: here[name] for name in order}
        return sha

    def add_commit(self, tree: str, parents: tuple[str, ...], message: str, author: Person, date: datetime) -> str:
        who = f"{author.name} <{author.email}> {int(date.timestamp())} +0000"
        lines = [
            f"tree {tree}",
            *(f"parent {sha}" for sha in parents),
            f"author {who}",
            f"committer {who}",
            "",
            message,
        ]
        sha = _name("commit", "\n".join(lines).encode())
        self.commits[sha] = Commit(sha, tree, parents, message, author, date)
        return sha

    def files(self, sha: str) -> dict[str, Entry]:
        """Every file under a commit or tree by its full path, folders left out."""
        tree = self.commits[sha].tree if sha in self.commits else sha
        if tree not in self._flat:
            self._flat[tree] = {path: entry for path, entry in self.walk(tree) if entry.mode != DIRECTORY}
        return self._flat[tree]

    def walk(self, tree: str, prefix: str = "") -> Iterator[tuple[str, Entry]]:
        """Every entry under a tree, folders before what they hold, as `git ls-tree -r -t` lists them."""
        for name, entry in self.trees[tree].items():
            yield prefix + name, entry
            if entry.mode == DIRECTORY:
                yield from self.walk(entry.sha, f"{prefix}{name}/")

    def entry_at(self, commit: str, path: str) -> Entry | None:
        """What stands at a path in a commit: a file or a folder; the empty path is the topmost folder."""
        entry = Entry(DIRECTORY, self.commits[commit].tree)
        for name in filter(None, path.split("/")):
            below = self.trees[entry.sha].get(name) if entry.mode == DIRECTORY else None
            if below is None:
                return None
            entry = below
        return entry

    def ancestors(self, sha: str) -> list[str]:
        """A commit and everything before it, each once, nearest first."""
        seen = {sha: None}
        queue = [sha]
        for current in queue:
            for parent in self.commits[current].parents:
                if parent not in seen:
                    seen[parent] = None
                    queue.append(parent)
        return list(seen)

    def merge_base(self, one: str, other: str) -> str | None:
        before = set(self.ancestors(one))
        return next((sha for sha in self.ancestors(other) if sha in before), None)

    def between(self, base: str, head: str) -> list[Commit]:
        """The commits of `head` that `base` lacks, oldest first."""
        known = set(self.ancestors(base))
        return [self.commits[sha] for sha in reversed(self.ancestors(head)) if sha not in known]

    def change(
        self,
        files: Mapping[str, Entry],
        written: Mapping[str, str | bytes | File],
        deleted: Iterable[str] = (),
        renamed: Mapping[str, str] | None = None,
    ) -> dict[str, Entry]:
        """The files after moving (`{old: new}`), deleting and writing, in this order.

        Whoever writes text or bytes edits the file, which keeps its mode; a `File` brings its own.
        """
        after = dict(files)
        for old, new in (renamed or {}).items():
            after[new] = after.pop(old)
        for path in deleted:
            del after[path]
        for path, content in written.items():
            entry, before = self.add_file(content), after.get(path)
            if before is not None and before.mode == EXECUTABLE and not isinstance(content, File):
                entry = Entry(EXECUTABLE, entry.sha)
            after[path] = entry
        return after


def _name(kind: str, body: bytes) -> str:
    return hashlib.sha1(f"{kind} {len(body)}\0".encode() + body, usedforsecurity=False).hexdigest()
