"""Which lines of a pull request's patch GitHub accepts a comment on."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

_HEADER = re.compile(r"@@ -\d{1,9}(?:,\d{1,9})? \+(\d{1,9})(?:,(\d{1,9}))? @@")


@dataclass(frozen=True, slots=True)
class Hunk:
    """The right side of one hunk: context and added lines, the first of them standing in line `first` of the file."""

    first: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Patch:
    """The right side of a file's patch, as GitHub lists it for a pull request (`GET /pulls/N/files`)."""

    hunks: tuple[Hunk, ...] = ()

    @classmethod
    def parse(cls, patch: str) -> Patch:
        """Reads whatever it is given; what is no hunk is passed over.

        Lines end with `\\n` only (a file may hold `\\r` or U+2028). Every line of a hunk begins with its sign, so
        content that looks like a header is content.
        """
        lines = patch.split("\n")
        hunks: list[Hunk] = []
        at = 0
        while at < len(lines):
            header = _HEADER.match(lines[at])
            at += 1
            if header is not None:
                right, at = _right_side(lines, at, int(header[2] or 1))
                hunks.append(Hunk(int(header[1]), right))
        return cls(tuple(sorted((hunk for hunk in hunks if hunk.lines), key=lambda hunk: hunk.first)))

    def right(self, first: int, last: int) -> tuple[str, ...] | None:
        """The lines `first`..`last` of the new file, or None unless all of them stand in one hunk."""
        index = bisect_right(self.hunks, first, key=lambda hunk: hunk.first) - 1
        if index < 0 or last < first:
            return None
        hunk = self.hunks[index]
        if last >= hunk.first + len(hunk.lines):
            return None
        return hunk.lines[first - hunk.first : last - hunk.first + 1]

    def commentable(self, first: int, last: int) -> bool:
        """Whether GitHub accepts a comment on the lines `first`..`last` of the new file."""
        return self.right(first, last) is not None


def _right_side(lines: list[str], at: int, count: int) -> tuple[tuple[str, ...], int]:
    """The `count` right-hand lines of the hunk whose content begins at `at`, or those before it breaks off; its end."""
    found: list[str] = []
    while at < len(lines) and len(found) < count and lines[at][:1] in ("+", "-", " ", "\\"):
        if lines[at][0] in "+ ":
            found.append(lines[at][1:])
        at += 1
    return tuple(found), at
