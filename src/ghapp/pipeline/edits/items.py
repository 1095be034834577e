"""Items put into block sequences: a step before or after another."""

from __future__ import annotations

from ghapp.pipeline.edits import lines as whole
from ghapp.pipeline.edits.meaning import Added, Fragment, Meaning
from ghapp.pipeline.edits.places import editable
from ghapp.pipeline.rule import Edit
from ghapp.pipeline.yaml import Node


def insert_before(item: Node, text: str) -> Edit | None:
    """New items come before an item of a block sequence, above the comment lines that belong to it.

    `text` is YAML as it would stand at the left margin: `- run: make login` with its further lines.
    """
    column = _dash(item)
    if column is None:
        return None
    source = item.source
    line = source.line_of(item.start)
    while source.line_text(line - 1).startswith(" " * column + "#"):
        line -= 1
    fragment = Fragment.read(text)
    spaced = [""] if item.index > 0 and not source.line_text(line - 1).strip() else []
    return whole.before(source, line, _indented(fragment, column) + spaced, _meaning(item, item.index, fragment))


def insert_after(item: Node, text: str) -> Edit | None:
    """New items come after an item of a block sequence; `text` as for `insert_before`."""
    column = _dash(item)
    if column is None or item.parent is None:
        return None
    source = item.source
    line = source.line_of(item.end)
    fragment = Fragment.read(text)
    last = item.index == len(item.parent.items) - 1
    spaced = [""] if not last and not source.line_text(line + 1).strip() else []
    return whole.after(source, line, spaced + _indented(fragment, column), _meaning(item, item.index + 1, fragment))


def _dash(item: Node) -> int | None:
    """The column of the item's `-`, counted from 0; None where lines cannot be put before and after the item."""
    parent = item.parent
    if parent is None or parent.kind != "seq" or parent.style or not editable(item):
        return None
    source = item.source
    before = source.text[source.line_starts[source.line_of(item.start) - 1] : item.start]
    column = len(before) - len(before.lstrip(" "))
    return column if before.startswith("- ", column) and not before[column + 1 :].strip(" ") else None


def _indented(fragment: Fragment, column: int) -> list[str]:
    return [" " * column + line if line else line for line in fragment.lines]


def _meaning(item: Node, index: int, fragment: Fragment) -> Meaning:
    if item.parent is None or fragment.root.kind != "seq":
        raise ValueError("An item of a sequence begins with `- `.")
    children = tuple((each,) for each in fragment.root.items)
    return Meaning((Added(item.parent, index, children),), fragment.comments)
