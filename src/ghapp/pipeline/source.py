"""A file's text and the places in it.

Offsets are code points into `Source.text`; lines and columns are 1-based, columns count code points.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ghapp.pipeline.yaml import Node

MAX_FILE_BYTES = 1 << 20
"""GitHub refuses workflow files over 1 MiB (actions/runner, src/Sdk/WorkflowParser); so do we, for every file."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A stretch of a file: from `line`:`column` up to, not including, `end_line`:`end_column`."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int


class BrokenFile(Exception):  # noqa: N818 - it names what is wrong, as a file error does
    """A file that cannot be read: the repository's doing, said to its people with the place."""

    def __init__(self, path: str, line: int, column: int, message: str) -> None:
        super().__init__(f"{path}:{line}:{column}: {message}")
        self.path = path
        self.line = line
        self.column = column
        self.message = message


class Source:
    """The text of one file of the repository."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.notes: dict[object, object] = {}

    @classmethod
    def decode(cls, path: str, data: bytes) -> Source:
        """The file's text. Raises BrokenFile when it is too large or not UTF-8."""
        if len(data) > MAX_FILE_BYTES:
            raise BrokenFile(path, 1, 1, f"The file has {len(data):,} bytes; files over 1 MiB are not read.")
        try:
            return cls(path, data.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            column = len(data[data.rfind(b"\n", 0, error.start) + 1 : error.start].decode("utf-8", "replace")) + 1
            message = f"The file is not UTF-8: byte 0x{data[error.start]:02x} cannot be read."
            raise BrokenFile(path, line, column, message) from None

    @cached_property
    def line_starts(self) -> list[int]:
        """The offset at which each line begins. Only `\\n` ends a line, as on GitHub."""
        starts = [0]
        find = self.text.find
        at = find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = find("\n", at + 1)
        return starts

    @cached_property
    def lines(self) -> list[str]:
        """The lines without their ends; a final newline starts no further line."""
        lines = [line.removesuffix("\r") for line in self.text.split("\n")]
        return lines[:-1] if lines and not lines[-1] else lines

    @property
    def newline(self) -> str:
        return "\r\n" if "\r\n" in self.text else "\n"

    def line_of(self, offset: int) -> int:
        return bisect_right(self.line_starts, offset)

    def place(self, start: int, end: int) -> Place:
        """The place of the characters from `start` up to `end`."""
        line, end_line = self.line_of(start), self.line_of(max(start, end))
        starts = self.line_starts
        return Place(
            self.path, line, start - starts[line - 1] + 1, end_line, max(start, end) - starts[end_line - 1] + 1
        )

    def line_text(self, line: int) -> str:
        """Line `line` (1-based) without its end; empty past the last one."""
        return self.lines[line - 1] if 0 < line <= len(self.lines) else ""


class Text:
    """A piece of text (a decoded scalar, a script) that knows where each of its characters stands in its file."""

    __slots__ = ("exact", "node", "segments", "source", "value")

    def __init__(
        self,
        value: str,
        source: Source,
        segments: list[tuple[int, int, int]],
        *,
        exact: bool = True,
        node: Node | None = None,
    ) -> None:
        """`segments`: (offset in value, offset in file, length), ascending. `exact`: every character is mapped.

        `node`: the scalar whose text it is; None for a whole file.
        """
        self.value = value
        self.source = source
        self.segments = segments
        self.exact = exact
        self.node = node

    @classmethod
    def of_file(cls, source: Source) -> Text:
        return cls(source.text, source, [(0, 0, len(source.text))])

    def offset(self, at: int) -> int:
        """Where the character `at` of the value stands in the file."""
        if not self.segments:
            return 0
        index = max(0, bisect_right(self.segments, at, key=lambda segment: segment[0]) - 1)
        value_at, file_at, length = self.segments[index]
        return file_at + min(max(0, at - value_at), length)

    def place(self, start: int, end: int) -> Place:
        """The place in the file of value[start:end]; trailing newlines do not count."""
        while end > start and self.value[end - 1 : end] == "\n":
            end -= 1
        first = self.offset(start)
        last = self.offset(end - 1) + 1 if end > start else first
        return self.source.place(first, last)
