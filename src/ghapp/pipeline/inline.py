"""Ignores in comments: `# ghapp: ignore[rule-id, other-id] reason`.

In YAML such a comment counts for its line, or, alone on its line, for the next one, and for all that begins there: the
step, the job, the key. In shell, also in a `run` block, it counts for its line or the next one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from ghapp.pipeline.source import BrokenFile, Place, Source
from ghapp.pipeline.yaml import Document, parse

SCRIPTS = ("run", "command")
_IGNORE = re.compile(r"(?<!\S)#[ \t]*ghapp:[ \t]*ignore\b[ \t]*(?:\[(?P<rules>[^\]\r\n]*)\])?(?P<reason>[^\r\n]*)")
_ID = re.compile(r"[^\s,]+")
_BETWEEN = " \t:-–—"


@dataclass(frozen=True, slots=True)
class Mark:
    """One rule's id in such a comment, or none when it names none. It counts for the lines `first`..`last`."""

    place: Place
    rule: str
    reason: str
    first: int
    last: int

    def covers(self, place: Place) -> bool:
        return place.path == self.place.path and place.line <= self.last and self.first <= place.end_line


def marks(source: Source, document: Document | None) -> tuple[Mark, ...]:
    """The ignores in the comments of a file, which is YAML by its name, or a script. `document`: its tree, if read."""
    if "ghapp:" not in source.text:
        return ()
    if document is None and source.path.endswith((".yml", ".yaml")):
        try:
            document = parse(source)
        except BrokenFile:  # no CI file, then: something that one uses
            return ()
    return tuple(_Reader(source, document).marks())


class _Reader:
    def __init__(self, source: Source, document: Document | None) -> None:
        self.source = source
        self.document = document

    def marks(self) -> Iterator[Mark]:
        if self.document is None:
            yield from self.found(0, len(self.source.text), yaml=False)
            return
        for comment in self.document.comments:
            yield from self.found(comment.start, comment.end, yaml=True)
        for scalar in self.document.scalars:
            if scalar.style in ("|", ">") and scalar.key is not None and scalar.key.value in SCRIPTS:
                begin = self.source.text.find("\n", scalar.start, scalar.end)
                yield from self.found(max(begin, scalar.start), scalar.end, yaml=False)

    def found(self, start: int, end: int, *, yaml: bool) -> Iterator[Mark]:
        for match in _IGNORE.finditer(self.source.text, start, end):
            line = self.source.line_of(match.start())
            alone = self.source.line_text(line).lstrip().startswith("#")
            first = self.next_content[line] if alone else line
            last = self.ends.get(first, first) if yaml else first
            reason = match["reason"].strip(_BETWEEN)
            ids = list(_ID.finditer(self.source.text, *match.span("rules"))) if match["rules"] else []
            for each in ids:
                yield Mark(self.source.place(*each.span()), each[0], reason, first, last)
            if not ids:
                yield Mark(self.source.place(match.start(), match.end()), "", reason, first, last)

    @cached_property
    def next_content(self) -> dict[int, int]:
        """For each line that is blank or a comment the next one that is neither; itself where none follows."""
        lines = self.source.lines
        found: dict[int, int] = {}
        content = 0
        for number in range(len(lines), 0, -1):
            said = lines[number - 1].strip()
            if said and not said.startswith("#"):
                content = number
            else:
                found[number] = content or number
        return found

    @cached_property
    def ends(self) -> dict[int, int]:
        """For each line on which an item or a key begins the line on which the longest of them ends."""
        ends: dict[int, int] = {}
        root = self.document.root if self.document is not None else None
        for node in root.walk() if root is not None else ():
            begun = [(key, value) for key, value in node.pairs] + [(item, item) for item in node.items]
            for begin, end in begun:
                line = self.source.line_of(begin.start)
                ends[line] = max(ends.get(line, line), self.source.line_of(end.end))
        return ends
