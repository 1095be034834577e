"""What the steps of a file say, whoever runs them: read once, since an action's steps run in job after job."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ghapp.pipeline.actions.reading import entries, uses_of
from ghapp.pipeline.kept import kept
from ghapp.pipeline.model import Uses
from ghapp.pipeline.source import Source, Text
from ghapp.pipeline.yaml import Document, Node


@dataclass(frozen=True, slots=True)
class Item:
    """One step: it `does` a script or an action. Everything else is as written, or None."""

    node: Node
    does: Text | Uses
    env: dict[str, Node]
    inputs: dict[str, Node]
    name: str
    id: str
    condition: str | None
    tolerated: str | None
    shell: str | None
    directory: str | None


def items_of(steps: Node, document: Document) -> tuple[Item, ...]:
    """The steps of a `steps:` list; whatever in it is no step is passed over."""
    known = _known(document.source)
    if steps not in known:
        known[steps] = tuple(_items(steps, document))
    return known[steps]


@kept
def _known(source: Source) -> dict[Node, tuple[Item, ...]]:
    return {}


def _items(steps: Node, document: Document) -> Iterator[Item]:
    for node in steps.elements():
        keys = node.folded()
        run, uses = keys.get("run"), keys.get("uses")
        if run is not None and run.kind == "scalar":
            yield _item(node, keys, run.as_text())
        elif uses is not None and uses.text:
            yield _item(node, keys, uses_of(uses, document))


def _item(node: Node, keys: Mapping[str, Node], does: Text | Uses) -> Item:
    """A step. `keys`: the node's, in lower case."""

    def said(name: str) -> str | None:
        found = keys.get(name)
        return found.text if found is not None else None

    return Item(
        node,
        does,
        entries(keys.get("env")),
        entries(keys.get("with")) if isinstance(does, Uses) else {},
        said("name") or "",
        said("id") or "",
        said("if"),
        said("continue-on-error"),
        said("shell"),
        said("working-directory"),
    )
