"""Items put into sequences: a step before or after another, a name at the end; and scalars that become a map."""

from __future__ import annotations

from collections.abc import Sequence

from ghapp.pipeline.edits import lines as whole
from ghapp.pipeline.edits.meaning import Added, Fragment, Meaning, Replaced
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


def append_items(sequence: Node, texts: Sequence[str]) -> Edit | None:
    """New items come to the end of a sequence, in its own style. Each text is YAML in one line."""
    if sequence.kind != "seq" or not sequence.items or not texts:
        return None
    last = sequence.items[-1]
    if not sequence.style:
        return insert_after(last, "\n".join(f"- {text}" for text in texts))
    if not editable(sequence) or "\n" in sequence.source.text[sequence.start : sequence.end]:
        return None
    children = tuple((Fragment.read(text).root,) for text in texts)
    meaning = Meaning((Added(sequence, len(sequence.items), children),))
    return whole.span(sequence.source, last.end, last.end, "".join(f", {text}" for text in texts), meaning)


def replace_item(item: Node, text: str) -> Edit | None:
    """A scalar item of a sequence becomes what `text` says: YAML in one line, a map in braces."""
    one_line = "\n" not in item.source.text[item.start : item.end]
    if item.kind != "scalar" or item.parent is None or item.parent.kind != "seq" or not editable(item) or not one_line:
        return None
    return whole.span(item.source, item.start, item.end, text, Meaning((Replaced(item, Fragment.read(text).root),)))


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
