"""A pull request as data: what its files say at head, and what they said before."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from ghapp.pipeline.ignores import Reason
from ghapp.pipeline.tree import Tree
from ghapp.review.threads import Thread

_HUNK = re.compile(r"@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@")


@dataclass(frozen=True, slots=True)
class Side:
    """One commit: every path, and the texts that were fetched.

    `sizes`: files that are too large to be fetched. `plain`: scripts that may not be executed.
    """

    paths: frozenset[str]
    truncated: bool
    texts: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    sizes: Mapping[str, int] = field(default_factory=dict[str, int])
    plain: frozenset[str] = frozenset()

    def tree(self) -> Tree:
        return Tree(self.paths, self._read, truncated=self.truncated, runs=lambda path: path not in self.plain)

    def _read(self, path: str) -> bytes | None:
        size = self.sizes.get(path)  # zeros of that size: decoding refuses them for their number
        return self.texts.get(path) if size is None else bytes(size)


@dataclass(frozen=True, slots=True)
class Organisation:
    """The policy of all repositories of an owner, in another repository than this. `text`: None where there is none.

    `path`: what reports call it. `at`: where people see it. `read`: it could be asked for. `here`: this repository is
    the one whose own policy is the organisation's.
    """

    text: bytes | None = None
    path: str = ""
    at: str = ""
    read: bool = True
    here: bool = False


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is judged. `changed`: the paths that the pull request touches, old and new names. `renames`: new → old.

    `policy`: what the repository demands, by the base branch as it is now; None without a policy. `today`: the day by
    which ignores end. `files_at`: the address below which people see head's files. `agreed`: what people agreed to
    ignore, by its fingerprint. `organisation`: what all repositories of the owner demand. `policy_at`: where people see
    this one's policy. `commit`: head. `threads`: ours, as they stand on the pull request. `fixable`: the paths that a
    commit of fixes may change; None where no fixes are asked for.
    """

    head: Side
    base: Side
    changed: frozenset[str]
    patches: Mapping[str, str]
    renames: Mapping[str, str]
    policy: bytes | None = None
    today: date | None = None
    files_at: str = ""
    agreed: Mapping[str, Reason] = field(default_factory=dict[str, Reason])
    organisation: Organisation = field(default_factory=Organisation)
    policy_at: str = ""
    commit: str = ""
    threads: tuple[Thread, ...] = ()
    fixable: frozenset[str] | None = None


def before(after: bytes, patch: str) -> bytes | None:
    """The file as it was before the patch that made it `after`; None when the two do not fit together.

    So nothing has to be fetched of the base, and what is compared is what GitHub shows: the patch begins at the commit
    at which the branches parted.
    """
    try:
        new = after.decode()
    except UnicodeDecodeError:
        return None
    ends = not new or new.endswith("\n")
    lines = new.removesuffix("\n").split("\n") if new else []
    old: list[str] = []
    at = 0
    diff = patch.split("\n")
    number = 0
    while number < len(diff):
        hunk = _HUNK.match(diff[number])
        number += 1
        if hunk is None:
            continue
        start = int(hunk[3]) - (hunk[4] != "0")
        if not at <= start <= len(lines):
            return None
        old += lines[at:start]
        at = start
        undone = _undone(diff, number, lines, at, int(hunk[2] or 1), int(hunk[4] or 1))
        if undone is None:
            return None
        removed, at, number, end = undone
        old += removed
        ends = ends if end is None else end
    old += lines[at:]
    return ("\n".join(old) + ("\n" if ends and old else "")).encode()


def _undone(
    diff: list[str], number: int, lines: list[str], at: int, left: int, right: int
) -> tuple[list[str], int, int, bool | None] | None:
    """One hunk backwards: the old lines, where it ends in the new file and in the patch, and whether a newline ended
    the old file (None: the hunk does not tell)."""
    old: list[str] = []
    ends: bool | None = None
    sign = " "
    while number < len(diff) and (left or right or diff[number].startswith("\\")):
        line = diff[number]
        if line.startswith("\\"):  # no newline at the end of the line before, on its side
            ends = False if sign in "- " else ends is not False
            number += 1
            continue
        sign, content = line[:1] or " ", line[1:]
        if sign != "-" and (at >= len(lines) or lines[at] != content or not right):
            return None
        if sign != "+":
            old.append(content)
            left -= 1
        if sign != "-":
            at += 1
            right -= 1
        number += 1
    return None if left or right else (old, at, number, ends)
