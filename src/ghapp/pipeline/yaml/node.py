"""A node of a YAML file: its value, its exact place, and its way up and down the tree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ghapp.pipeline.source import Place, Source, Text
from ghapp.pipeline.yaml.scalars import mapped

NULLS = frozenset(("", "~", "null", "Null", "NULL"))
FLAGS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
"""null, true and false as the core schema of YAML 1.2 writes them, which GitHub reads by: `on` and `yes` are text."""


class Node:
    """A scalar, map, sequence or alias at `source.text[start:end]`, without its anchor and tag.

    `style`: of a scalar "" (plain), `'`, `"`, `|` or `>`; of a map or sequence `{` or `[` in flow style, else "".
    `value`: a scalar's decoded text, an alias's name, else "". `pairs`: a map's, in file order, repeated keys kept.
    `key`: the key node it stands under; `index`: its position in the sequence it stands in. A null value is an empty
    stretch right behind the `:` or `-`. A block collection ends where its last child ends, a block scalar behind the
    last character of its content.

    The composer bounds how much a tree holds with every alias replayed, so walks through aliases need no budget.
    """

    __slots__ = (
        "_exact",
        "_folded",
        "_merged",
        "anchor",
        "end",
        "index",
        "items",
        "key",
        "kind",
        "pairs",
        "parent",
        "source",
        "start",
        "style",
        "tag",
        "target",
        "value",
    )

    def __init__(
        self, kind: str, source: Source, start: int, end: int, style: str, value: str, parent: Node | None
    ) -> None:
        self.kind = kind
        self.source = source
        self.start = start
        self.end = end
        self.style = style
        self.value = value
        self.parent = parent
        self.key: Node | None = None
        self.index = 0
        self.pairs: Sequence[tuple[Node, Node]] = ()
        self.items: Sequence[Node] = ()
        self.anchor: str | None = None
        self.tag: str | None = None
        self.target: Node | None = None
        self._exact: dict[str, Node] | None = None
        self._folded: dict[str, Node] | None = None
        self._merged: dict[str, Node] | None = None

    def __repr__(self) -> str:
        place = self.place
        return f"<{self.kind} {place.path}:{place.line}:{place.column} {self.value!r}>"

    def deref(self) -> Node:
        """The node that an alias stands for; any other node itself."""
        return self.target or self

    @property
    def text(self) -> str | None:
        """A scalar's text, through an alias; "" for null; None for a map or sequence."""
        node = self.target or self
        if node.kind != "scalar":
            return None
        return "" if node.style == "" and node.tag is None and node.value in NULLS else node.value

    @property
    def flag(self) -> bool | None:
        """Whether a plain scalar says true or false; None for anything else."""
        node = self.deref()
        return FLAGS.get(node.value) if node.kind == "scalar" and node.style == "" else None

    @property
    def place(self) -> Place:
        return self.source.place(self.start, self.end)

    @property
    def path(self) -> tuple[str | int, ...]:
        """Where it stands in the file: `("jobs", "build", "steps", 2, "run")`. A key's path is its map's."""
        steps: list[str | int] = []
        node = self
        while node.parent is not None:
            if node.parent.kind == "seq":
                steps.append(node.index)
            elif node.key is not None:
                steps.append(node.key.deref().value)
            node = node.parent
        return tuple(reversed(steps))

    @property
    def root(self) -> Node:
        """The top of the tree it stands in."""
        node = self
        while node.parent is not None:
            node = node.parent
        return node

    def walk(self) -> Iterator[Node]:
        """The node and everything below it, in file order. Aliases are not followed."""
        pending: list[Node] = [self]
        while pending:
            node = pending.pop()
            yield node
            pending.extend(reversed(node.items))
            for key, value in reversed(node.pairs):
                pending += (value, key)

    def elements(self) -> list[Node]:
        """The items of a sequence, aliases followed; nothing for any other node."""
        return [item.target or item for item in (self.target or self).items]

    def entries(self, *, merge: bool = False) -> Iterator[tuple[Node, Node]]:
        """Keys and values of a map, aliases followed; nothing for any other node.

        `merge`: keys that `<<` brings in follow the map's own, each name once, as CircleCI reads them. On GitHub
        `<<` is a key like any other.
        """
        if not merge:
            for key, value in (self.target or self).pairs:
                yield key, value.target or value
            return
        seen: set[str] = set()
        pending = [self.deref()]
        while pending:
            node = pending.pop()
            if node.kind == "seq":
                pending.extend(reversed(node.elements()))
                continue
            merged: list[Node] = []
            for key, value in node.pairs:
                name = key.deref().value
                if name == "<<" and key.style == "":
                    merged.append(value.deref())
                elif name not in seen:
                    seen.add(name)
                    yield key, value.deref()
            pending.extend(reversed(merged))

    def get(self, *names: str, merge: bool = False, ignore_case: bool = False) -> Node | None:
        """The value of the map's first entry that has one of the names, aliases followed; None without one."""
        known = self.folded() if ignore_case else self._known(merge=merge)
        if len(names) == 1:
            return known.get(names[0].casefold() if ignore_case else names[0])
        wanted = {name.casefold() for name in names} if ignore_case else names
        return next((value for name, value in known.items() if name in wanted), None)

    def folded(self) -> dict[str, Node]:
        """The values of a map by case-folded name, aliases followed; of repeated names the first."""
        node = self.target or self
        if node._folded is None:
            node._folded = known = dict[str, Node]()
            for key, value in node.pairs:
                known.setdefault((key.target or key).value.casefold(), value.target or value)
        return node._folded

    def _known(self, *, merge: bool) -> dict[str, Node]:
        node = self.target or self
        known = node._merged if merge else node._exact
        if known is None:
            known = dict[str, Node]()
            for key, value in node.entries(merge=merge):
                known.setdefault((key.target or key).value, value)
            if merge:
                node._merged = known
            else:
                node._exact = known
        return known

    def at(self, *path: str | int) -> Node | None:
        """The node at a path of keys and positions, aliases followed; None where the path ends early."""
        node = self.deref()
        for step in path:
            if isinstance(step, str):
                found = node.get(step)
                if found is None:
                    return None
                node = found
            elif 0 <= step < len(node.items):
                node = node.items[step].deref()
            else:
                return None
        return node

    def as_text(self) -> Text:
        """A scalar's text, every character mapped to its place in the file (`Text.exact` says whether that worked)."""
        return mapped(self.deref())
