"""libyaml's events into a tree, in one loop without recursion, with GitHub's limits checked inside it."""

from __future__ import annotations

import re

from ghapp.pipeline.kept import kept
from ghapp.pipeline.source import Source
from ghapp.pipeline.yaml.document import Document
from ghapp.pipeline.yaml.errors import broken, refusal
from ghapp.pipeline.yaml.flow import MOST_TIGHT, disguise, stumbles, tight
from ghapp.pipeline.yaml.libyaml import (
    AliasEvent,
    CParser,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    YAMLError,
)
from ghapp.pipeline.yaml.node import Node

MAX_DEPTH = 100
MAX_NODES = 50_000
"""What GitHub reads at most, aliases replayed (actions/runner, src/Sdk/WorkflowParser: 50 levels for workflows, 100 for
action.yml). libyaml is quadratic in flow depth, which is one more reason to stop inside the loop."""

_PROPERTIES = re.compile(r"(?:(?:&[0-9A-Za-z_-]+|!\S*)(?:\s|#[^\n]*)*)+")
_OPEN = -1


@kept
def parse(source: Source) -> Document:
    """The file's tree. Raises BrokenFile for what is not YAML, holds a second document, or is over a limit."""
    if source.text.startswith("\ufeff"):
        raise broken(source, 0, "The file begins with more than one byte order mark.")
    try:
        return _Composer(source).compose(source.text)
    except YAMLError as error:
        if not stumbles(source.text, error):
            raise refusal(source, error) from None
    masked, signs = disguise(source.text)
    document, letters = _loosened(source, masked)
    for scalar in document.scalars:
        if scalar.end in letters:
            scalar.value += letters[scalar.end]
            scalar.end += 1
        scalar.value = scalar.value.translate(signs)
    return document


def _loosened(source: Source, text: str) -> tuple[Document, dict[int, str]]:
    """The text's tree, and the letters, by their places, that keys without a blank behind their `:` had to give up."""
    letters: dict[int, str] = {}
    while True:
        try:
            return _Composer(source).compose(text), letters
        except YAMLError as error:
            at = tight(text, error)
            if at is None or len(letters) == MOST_TIGHT:
                raise refusal(source, error) from None
            letters[at] = text[at]
            text = f"{text[:at]}: {text[at + 2 :]}"


class _Composer:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.nodes = 0  # without the scalars
        self.scalars: list[Node] = []
        self.blocks: list[Node] = []
        self.anchors: dict[str, Node] = {}
        self.maps: list[Node] = []

    def compose(self, text: str) -> Document:
        source, scalars = self.source, self.scalars
        get_event = CParser(text).get_event
        parent = Node("seq", source, 0, _OPEN, "", "", None)  # stands above the root until the end
        children: list[Node] = []
        around: list[tuple[Node, list[Node]]] = []
        while True:
            event = get_event()
            kind = type(event)
            if kind is ScalarEvent:
                start, end, style = event.start_mark.index, event.end_mark.index, event.style
                node = Node("scalar", source, start, end, style, event.value, parent)
                if event.anchor is not None or event.ctag is not None:
                    self.name(node, event)
                if style == "|" or style == ">":
                    node.end = _content_end(text, node.start, end)
                    self.blocks.append(node)
                scalars.append(node)
                children.append(node)
                if len(scalars) > MAX_NODES:
                    self.limit(start, 0)
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                node = self.enter(event, parent)
                children.append(node)
                around.append((parent, children))
                parent, children = node, []
                self.limit(event.start_mark.index, len(around))
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                self.leave(parent, children, event.end_mark.index)
                parent, children = around.pop()
            elif kind is AliasEvent:
                children.append(self.alias(event, parent, len(around)))
            elif kind is DocumentStartEvent and children:
                raise broken(source, event.start_mark.index, "A second YAML document begins here; a CI file holds one.")
            elif kind is StreamEndEvent:
                return self.document(children)

    def document(self, roots: list[Node]) -> Document:
        self.limit(0, 0)
        for root in roots:
            root.parent = None
        return Document(self.source, roots[0] if roots else None, self.scalars, self.blocks, self.maps)

    def limit(self, at: int, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise broken(self.source, at, f"Maps and lists stand in each other more than {MAX_DEPTH} deep here.")
        if self.nodes + len(self.scalars) > MAX_NODES:
            message = f"The file holds more than {MAX_NODES:,} keys, values and lists, counting what aliases repeat."
            raise broken(self.source, at, message)

    def name(self, node: Node, event: Event) -> None:
        """Takes over anchor and tag, and moves the node's start behind them."""
        node.anchor, node.tag = event.anchor, event.tag
        if node.anchor is not None:
            self.anchors[node.anchor] = node
        behind = next(_PROPERTIES.finditer(self.source.text, node.start)).end()
        node.start = behind if node.end == _OPEN else min(behind, node.end)

    def enter(self, event: Event, parent: Node) -> Node:
        start = event.start_mark.index
        is_map = type(event) is MappingStartEvent
        node = Node("map" if is_map else "seq", self.source, start, _OPEN, "", "", parent)
        if event.anchor is not None or event.ctag is not None:
            self.name(node, event)
        if event.flow_style:
            node.style = "{" if is_map else "["
        if is_map:
            self.maps.append(node)
        self.nodes += 1
        return node

    def leave(self, node: Node, children: list[Node], end: int) -> None:
        if node.kind == "map":
            node.pairs = list(zip(children[::2], children[1::2], strict=True))
            for key, value in node.pairs:
                value.key = key
        else:
            node.items = children
            for index, child in enumerate(children):
                child.index = index
        closed = node.style and self.source.text[node.start] == node.style
        node.end = end if closed or not children else children[-1].end

    def alias(self, event: Event, parent: Node, depth: int) -> Node:
        start, name = event.start_mark.index, event.anchor or ""
        target = self.anchors.get(name)
        if target is None:
            raise broken(self.source, start, f"The alias `*{name}` has no anchor `&{name}` above it.")
        if target.end == _OPEN:
            raise broken(self.source, start, f"The alias `*{name}` stands within its own anchor, so it never ends.")
        node = Node("alias", self.source, start, event.end_mark.index, "", name, parent)
        node.target = target
        self.replay(target, start, depth)
        return node

    def replay(self, target: Node, at: int, depth: int) -> None:
        """Counts what the alias repeats, which bounds every later walk through aliases, and the cost of this one."""
        pending = [(target, depth)]
        while pending:
            node, depth = pending.pop()
            self.nodes += 1
            if node.kind in ("map", "seq"):
                depth += 1
                pending.extend((child.deref(), depth) for pair in node.pairs for child in pair)
                pending.extend((child.deref(), depth) for child in node.items)
            self.limit(at, depth)


def _content_end(text: str, start: int, end: int) -> int:
    """libyaml lets a block scalar run over the blank lines behind it: its last character of content."""
    last = len(text[start:end].rstrip()) + start
    newline = text.find("\n", last, end)
    return last + len(text[last : newline if newline >= 0 else end].rstrip("\r\n"))
