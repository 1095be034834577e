"""What an edit means for the tree of a YAML file, said without any text, so that the text can be held against it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ghapp.pipeline.source import BrokenFile, Source
from ghapp.pipeline.yaml import Node, parse

Child = tuple[Node, ...]
"""An item of a sequence, or key and value of a map."""


@dataclass(frozen=True, slots=True)
class Replaced:
    """`node` becomes `by`."""

    node: Node
    by: Node


@dataclass(frozen=True, slots=True)
class Added:
    """`children` come into the map or sequence `node` before its child number `index`."""

    node: Node
    index: int
    children: tuple[Child, ...]


@dataclass(frozen=True, slots=True)
class Removed:
    """The map or sequence `node` loses its child number `index`."""

    node: Node
    index: int


Change = Replaced | Added | Removed


@dataclass(frozen=True, slots=True)
class Meaning:
    """Everything that an edit changes: nodes, and the texts of the comments that come and go."""

    changes: tuple[Change, ...]
    comments_added: tuple[str, ...] = ()
    comments_dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fragment:
    """YAML that a rule wants to put into a file, read on its own."""

    lines: tuple[str, ...]
    root: Node
    comments: tuple[str, ...]

    @classmethod
    def read(cls, text: str) -> Fragment:
        """Raises ValueError when the text is not YAML, which is a bug of the rule that gave it."""
        try:
            document = parse(Source("", text.rstrip("\n") + "\n"))
        except BrokenFile as error:
            raise ValueError(f"{error.message}\n{text}") from None
        if document.root is None:
            raise ValueError(f"There is no YAML in {text!r}.")
        comments = tuple(comment.text for comment in document.comments)
        return cls(tuple(text.rstrip("\n").split("\n")), document.root, comments)


def children(node: Node) -> tuple[Child, ...]:
    return tuple(node.pairs) if node.kind == "map" else tuple((item,) for item in node.items)


def signature(root: Node, changes: Iterable[Change] = ()) -> list[tuple[str | None, ...]]:
    """The tree, after the changes, as a flat list: kind, value, style, anchor and tag of every node, in order."""
    replaced: dict[Node, Node] = {}
    added: dict[tuple[Node, int], tuple[Child, ...]] = {}
    removed: set[tuple[Node, int]] = set()
    for change in changes:
        if isinstance(change, Replaced):
            replaced[change.node] = change.by
        elif isinstance(change, Added):
            place = (change.node, change.index)
            added[place] = added.get(place, ()) + change.children
        else:
            removed.add((change.node, change.index))
    flat: list[tuple[str | None, ...]] = []
    pending: list[Node | None] = [root]
    while pending:
        node = pending.pop()
        if node is None:
            flat.append(("end",))
            continue
        node = replaced.get(node, node)
        flat.append((node.kind, node.value, node.style, node.anchor, node.tag))
        if node.kind not in ("map", "seq"):
            continue
        within: list[Node | None] = []
        old = children(node)
        for index, child in enumerate((*old, ())):
            for new in added.get((node, index), ()):
                within.extend(new)
            if (node, index) not in removed:
                within.extend(child)
        pending.append(None)
        pending.extend(reversed(within))
    return flat
