"""A YAML file: its tree and its comments."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter

from ghapp.pipeline.source import Source
from ghapp.pipeline.yaml.node import Node

_COMMENT = re.compile("#[^\n\r\x85\u2028\u2029]*")  # libyaml ends a line, and so a comment, at YAML 1.1's breaks too
_BEFORE = frozenset(" \t\n\r\x85\u2028\u2029,[]{}\"'")
_start = attrgetter("start")


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment at `start`..`end` (from its `#` on), its text without `#` and the blanks around, and its line."""

    start: int
    end: int
    text: str
    line: int


class Document:
    """One file. `root` is None when it holds nothing but comments. `scalars`: every scalar, keys too, in file order."""

    def __init__(self, source: Source, root: Node | None, scalars: list[Node], maps: list[Node]) -> None:
        self.source = source
        self.root = root
        self.scalars = scalars
        self.maps = maps

    @cached_property
    def duplicates(self) -> tuple[Node, ...]:
        """The keys that repeat an earlier key of their map, letter for letter, in file order."""
        found: list[Node] = []
        for node in self.maps:
            seen: set[str] = set()
            for key, _ in node.pairs:
                name = key.deref()
                if name.kind == "scalar" and name.value in seen:
                    found.append(key)
                seen.add(name.value)
        return tuple(sorted(found, key=_start))

    @cached_property
    def comments(self) -> tuple[Comment, ...]:
        return tuple(self._scan())

    def comment_on(self, line: int) -> str:
        """The text of the comment on line `line` (1-based), or ""."""
        if "#" not in self.source.line_text(line):
            return ""
        return self._comment_lines.get(line, "")

    @cached_property
    def _comment_lines(self) -> dict[int, str]:
        return {comment.line: comment.text for comment in self.comments}

    def _scan(self) -> Iterator[Comment]:
        """Every `#` that stands in no scalar begins a comment, and so does one behind a block scalar's `|` or `>`."""
        text, scalars = self.source.text, self.scalars
        at = text.find("#")
        while at >= 0:
            index = bisect_right(scalars, at, key=_start) - 1
            within = scalars[index] if index >= 0 and at < scalars[index].end else None
            if within is not None and not (within.style in ("|", ">") and "\n" not in text[within.start : at]):
                at = text.find("#", within.end)
                continue
            match = _COMMENT.match(text, at)
            end = match.end() if match is not None else at
            if at == 0 or text[at - 1] in _BEFORE or within is not None:
                body = text[at:end].rstrip()
                yield Comment(at, at + len(body), body[1:].strip(), self.source.line_of(at))
            else:  # within a tag: `!a#b`
                end = at + 1
            at = text.find("#", end)
