"""Keys set, added and deleted in maps."""

from __future__ import annotations

from ghapp.pipeline.edits import lines as whole
from ghapp.pipeline.edits.meaning import Added, Fragment, Meaning, Removed, Replaced
from ghapp.pipeline.edits.places import column_of, editable, own_line
from ghapp.pipeline.rule import Edit
from ghapp.pipeline.yaml import Node, comments_of


def set_key(node: Node, key: str, value: str) -> Edit | None:
    """The map's `key` gets `value`, which is YAML as written in one line: `7`, `'main'`, `[push]`.

    An existing scalar is replaced, a key that is not there is added at the end.
    """
    old = next((each for name, each in node.pairs if name.value == key), None)
    if old is None:
        return add_entries(node, f"{key}: {value}")
    if old.kind != "scalar" or not editable(old) or old.style in ("|", ">"):
        return None
    source = old.source
    written = source.text[old.start : old.end]
    if "\n" in written or old.tag is not None:
        return None
    new = Fragment.read(value)
    meaning = Meaning((Replaced(old, new.root),), new.comments)
    return whole.span(source, old.start, old.end, value if written else f" {value}", meaning)


def add_entries(node: Node, text: str, *, after: str | None = None) -> Edit | None:
    """New entries come into a map, behind the key `after` or at the end.

    `text` is YAML as it would stand at the left margin: `timeout-minutes: 10`, or `with:` and its indented lines.
    Into a map in flow style goes a single line.
    """
    if node.kind != "map" or not editable(node) or not node.pairs:
        return None
    fragment = Fragment.read(text)
    if fragment.root.kind != "map":
        raise ValueError("An entry of a map begins with its key.")
    names = [key.value for key, _ in node.pairs]
    if after not in (None, *names) or any(key.value in names for key, _ in fragment.root.pairs):
        return None
    index = len(names) if after is None else names.index(after) + 1
    meaning = Meaning((Added(node, index, tuple(fragment.root.pairs)),), fragment.comments)
    end = node.pairs[index - 1][1].end
    if node.style:
        one_line = "\n" not in node.source.text[node.start : node.end] and len(fragment.lines) == 1
        return whole.span(node.source, end, end, f", {fragment.lines[0]}", meaning) if one_line else None
    indent = " " * column_of(node.pairs[0][0])
    indented = [indent + line if line else line for line in fragment.lines]
    return whole.after(node.source, node.source.line_of(end), indented, meaning)


def delete_key(node: Node, key: str) -> Edit | None:
    """The map loses a key that stands on lines of its own, with the comments on them; its last key stays."""
    if node.kind != "map" or node.style or not editable(node) or len(node.pairs) < 2:
        return None
    index = next((at for at, (name, _) in enumerate(node.pairs) if name.value == key), None)
    if index is None or not own_line(node.pairs[index][0]):
        return None
    source = node.source
    name, value = node.pairs[index]
    first, last = source.line_of(name.start), source.line_of(value.end)
    dropped = tuple(comment.text for comment in comments_of(node) if first <= comment.line <= last)
    return Edit(source.path, first, last, (), Meaning((Removed(node, index),), comments_dropped=dropped))
