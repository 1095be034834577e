"""A YAML file: its tree and its comments."""

from __future__ import annotations

from functools import cached_property
from operator import attrgetter

from ghapp.pipeline.source import Source
from ghapp.pipeline.yaml.comments import Comment, scan
from ghapp.pipeline.yaml.node import Node


class Document:
    """One file. `root` is None when it holds nothing but comments.

    `scalars`: every scalar, keys too, in file order; `blocks`: those of them in block style (`|`, `>`).
    """

    def __init__(
        self, source: Source, root: Node | None, scalars: list[Node], blocks: list[Node], maps: list[Node]
    ) -> None:
        self.source = source
        self.root = root
        self.scalars = scalars
        self.blocks = blocks
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
        return tuple(sorted(found, key=attrgetter("start")))

    @cached_property
    def comments(self) -> tuple[Comment, ...]:
        return tuple(scan(self.source, self.scalars))

    def comment_on(self, line: int) -> str:
        """The text of the comment on line `line` (1-based), or ""."""
        if "#" not in self.source.line_text(line):
            return ""
        return self._comment_lines.get(line, "")

    @cached_property
    def _comment_lines(self) -> dict[int, str]:
        return {comment.line: comment.text for comment in self.comments}
