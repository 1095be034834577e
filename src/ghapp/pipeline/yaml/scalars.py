"""Which character of a scalar's value stands where in the file.

Each style is read by the rules of YAML 1.2 (sections 7.3 and 8.1) into stretches that stand in one piece in the file.
The stretches are held against libyaml's value: where the two differ (line breaks of YAML 1.1, a lone carriage return)
the text is marked as not exact, and nobody edits or points into it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from ghapp.pipeline.source import Text

if TYPE_CHECKING:
    from ghapp.pipeline.yaml.node import Node

Pieces = Iterator[tuple[str, int]]
"""Stretches of the value, each with the offset in the file at which it begins."""

_BLANKS = re.compile(r"[ \t]*")
_HEX = {"x": 2, "u": 4, "U": 8}
_ESCAPES = {
    **{"0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "e": "\x1b"},
    **{" ": " ", '"': '"', "/": "/", "\\": "\\", "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029"},
}


def mapped(node: Node) -> Text:
    """A scalar's value as a Text; for a map or sequence an empty one that is not exact."""
    value, source = node.value, node.source
    if node.kind != "scalar":
        return Text("", source, [(0, node.start, 0)], exact=False, node=node)
    quote = 1 if node.style == "'" or node.style == '"' else 0
    inner = node.start + quote
    if inner + len(value) == node.end - quote and source.text.startswith(value, inner):
        return Text(value, source, [(0, inner, len(value))], node=node)
    segments: list[tuple[int, int, int]] = []
    at = 0
    for piece, offset in _READERS[node.style](node):
        if not value.startswith(piece, at):
            break
        segments.append((at, offset, len(piece)))
        at += len(piece)
    if at != len(value):
        return Text(value, source, [(0, node.start, 0)], exact=False, node=node)
    return Text(value, source, segments or [(0, inner, 0)], node=node)


def _literal(node: Node) -> Pieces:
    """Line by line: a line of the value is the end of its line in the file."""
    text = node.source.text
    at = text.find("\n", node.start) + 1
    lines = node.value.split("\n")
    last = len(lines) - 1
    for number, line in enumerate(lines):
        newline = text.find("\n", at)
        end = newline if newline >= 0 else len(text)
        if text.startswith("\r", end - 1):
            end -= 1
        start = end - len(line)
        if start < at or not text.startswith(line, start):
            return
        if number < last:
            yield line + "\n", start
        elif line:
            yield line, start
        at = newline + 1


def _folded(node: Node) -> Pieces:
    """As `_literal`, but a single line break between two lines is a space in the value, and further ones are kept."""
    text, value = node.source.text, node.value
    at = text.find("\n", node.start) + 1
    read, indent, content_end = 0, -1, len(value.rstrip("\n"))
    breaks: list[int] = []
    while 0 < at <= len(text) and read < content_end:
        newline = text.find("\n", at)
        end = newline if newline >= 0 else len(text)
        line = text[at:end].removesuffix("\r")
        if indent < 0 and line.strip(" "):
            indent = _leading(line) - _leading(value[len(breaks) :])
            if indent < 0:
                return
        content = line[indent:] if indent >= 0 else ""
        if content:
            kept = _leading(value[read : read + len(breaks)], "\n")
            folds = [(" ", breaks[0])] if breaks and not kept else [("\n", end) for end in breaks[len(breaks) - kept :]]
            yield from folds
            yield content, at + indent
            read += len(folds) + len(content)
            breaks.clear()
        breaks.append(at + len(line))
        at = end + 1
    while read < len(value) and (breaks or (at := text.find("\n", at) + 1)):
        yield "\n", breaks.pop(0) if breaks else at - 1
        read += 1


def _leading(text: str, sign: str = " ") -> int:
    return len(text) - len(text.lstrip(sign))


def _flowing(node: Node) -> Pieces:
    """Plain and quoted text over several lines: blanks around a line break go, one break is a space, n are n - 1."""
    text, quote = node.source.text, 1 if node.style else 0
    at, stop, read = node.start + quote, node.end - quote, _STRETCHES[node.style]
    first, glued = True, False
    breaks: list[int] = []
    while True:
        newline = text.find("\n", at, stop)
        begin = at if first else next(_BLANKS.finditer(text, at, stop)).end()
        end, glues = (stop, False) if newline < 0 else _line_end(text, begin, newline, node.style)
        if begin < end or glues or newline < 0:
            yield from [(" ", breaks[0])] if len(breaks) == 1 and not glued else [("\n", place) for place in breaks[1:]]
            yield from read(text, begin, end)
            breaks.clear()
            glued = glues
        if newline < 0:
            return
        breaks.append(newline)
        at, first = newline + 1, False


def _line_end(text: str, begin: int, newline: int, style: str) -> tuple[int, bool]:
    """Where a line's content ends, and whether a backslash glues the next line to it."""
    line = text[begin:newline].removesuffix("\r")
    content = line.rstrip(" \t")
    if style == '"' and (len(content) - len(content.rstrip("\\"))) % 2:
        if content == line:
            return begin + len(content) - 1, True
        return begin + len(content) + 1, False  # an escaped blank
    return begin + len(content), False


def _as_written(text: str, begin: int, end: int) -> Pieces:
    if begin < end:
        yield text[begin:end], begin


def _single(text: str, begin: int, end: int) -> Pieces:
    while (at := text.find("''", begin, end)) >= 0:
        yield text[begin : at + 1], begin
        begin = at + 2
    yield from _as_written(text, begin, end)


def _double(text: str, begin: int, end: int) -> Pieces:
    while (at := text.find("\\", begin, end)) >= 0:
        yield from _as_written(text, begin, at)
        sign = text[at + 1]
        width = _HEX.get(sign, 0)
        yield chr(int(text[at + 2 : at + 2 + width], 16)) if width else _ESCAPES.get(sign, "\0"), at
        begin = at + 2 + width
    yield from _as_written(text, begin, end)


_STRETCHES: dict[str, Callable[[str, int, int], Pieces]] = {"": _as_written, "'": _single, '"': _double}
_READERS: dict[str, Callable[[Node], Pieces]] = {
    **{"|": _literal, ">": _folded, "": _flowing, "'": _flowing, '"': _flowing},
}
