"""Comments: libyaml drops them, so they are found again between the scalars."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

from ghapp.pipeline.source import Source
from ghapp.pipeline.yaml.node import Node

_BODY = re.compile("[^\n\r\x85\u2028\u2029]*")  # libyaml ends a line, and so a comment, at YAML 1.1's breaks too
_start = attrgetter("start")


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment at `start`..`end` (from its `#` on), its text without `#` and the blanks around, and its line."""

    start: int
    end: int
    text: str
    line: int


def scan(source: Source, scalars: Sequence[Node]) -> Iterator[Comment]:
    """The comments of a file. `scalars`: all of its scalars, in file order.

    Every `#` that stands in no scalar begins one, and so does one behind a block scalar's `|` or `>`.
    """
    text = source.text
    at = text.find("#")
    while at >= 0:
        index = bisect_right(scalars, at, key=_start) - 1
        within = scalars[index] if index >= 0 and at < scalars[index].end else None
        if within is not None and not (within.style in ("|", ">") and "\n" not in text[within.start : at]):
            at = text.find("#", within.end)
            continue
        end = next(_BODY.finditer(text, at)).end()
        comment = text[at:end].rstrip()
        yield Comment(at, at + len(comment), comment[1:].strip(), source.line_of(at))
        at = text.find("#", end)


def comments_of(node: Node) -> Iterator[Comment]:
    """The comments of the file that the node stands in."""
    return scan(node.source, [each for each in node.root.walk() if each.kind == "scalar"])
