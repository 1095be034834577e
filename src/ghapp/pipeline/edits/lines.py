"""Edits as whole lines, which is what one suggestion can say, and how they are applied."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from ghapp.pipeline.edits.meaning import Meaning
from ghapp.pipeline.rule import Edit
from ghapp.pipeline.source import Source


def span(source: Source, start: int, end: int, text: str, meaning: Meaning | None) -> Edit:
    """`source.text[start:end]` becomes `text`."""
    first, last = source.line_of(start), source.line_of(end)
    stop = source.text.find("\n", end)
    line = source.text[source.line_starts[first - 1] : start] + text + source.text[end : stop if stop >= 0 else None]
    return Edit(source.path, first, last, tuple(line.split("\n")), meaning)


def before(source: Source, line: int, lines: Sequence[str], meaning: Meaning | None) -> Edit:
    return Edit(source.path, line, line, (*lines, source.line_text(line)), meaning)


def after(source: Source, line: int, lines: Sequence[str], meaning: Meaning | None) -> Edit:
    return Edit(source.path, line, line, (source.line_text(line), *lines), meaning)


def apply(source: Source, edits: Iterable[Edit]) -> str:
    """The file's text with the edits made, in its own line ends.

    Raises ValueError when two edits want the same line, or one a line that the file does not have.
    """
    lines = source.text.split("\n")
    ending = "\r" if source.newline == "\r\n" else ""
    below = len(source.lines) + 1
    for edit in sorted(edits, key=lambda edit: edit.first, reverse=True):
        if not 1 <= edit.first <= edit.last < below:
            raise ValueError(f"lines {edit.first} to {edit.last} of {edit.path} are not there, or edited twice")
        lines[edit.first - 1 : edit.last] = [line + ending for line in edit.lines]
        below = edit.first
    return "\n".join(lines)


def join(source: Source, edits: Sequence[Edit]) -> Edit | None:
    """Several edits of one file as one, which covers all lines between them; None when they overlap."""
    ordered = sorted(edits, key=lambda edit: edit.first)
    if any(one.last >= other.first for one, other in pairwise(ordered)):
        return None
    lines: list[str] = []
    at = ordered[0].first
    for edit in ordered:
        lines += source.lines[at - 1 : edit.first - 1]
        lines += edit.lines
        at = edit.last + 1
    meanings = [edit.expects for edit in ordered if isinstance(edit.expects, Meaning)]
    meaning = Meaning(
        tuple(change for each in meanings for change in each.changes),
        tuple(text for each in meanings for text in each.comments_added),
        tuple(text for each in meanings for text in each.comments_dropped),
    )
    return Edit(ordered[0].path, ordered[0].first, at - 1, tuple(lines), meaning if meanings else None)
