"""Maps as GitHub reads them: names in any case, the first of two equal keys counts, a wrong shape is nothing."""

from __future__ import annotations

from collections.abc import Mapping

from ghapp.pipeline.actions.expressions import Path, bare, substitute
from ghapp.pipeline.actions.scope import Bindings
from ghapp.pipeline.model import Uses
from ghapp.pipeline.yaml import Document, Node

MAX_CONDITION = 10_000
"""Longest joined condition, in characters: a long one would be copied into every step of an action."""

EMPTY = {"boolean": "false", "number": "0"}
"""What a workflow's input without value and default holds, by its type; empty text for every other one."""


def child(node: Node | None, *names: str) -> Node | None:
    """The node below a path of keys, given in lower case; None where the path ends."""
    for name in names:
        if node is None:
            return None
        node = node.folded().get(name)
    return node


def text_of(node: Node | None, *names: str) -> str | None:
    """The scalar's text below a path of keys; None without one."""
    found = child(node, *names)
    return found.text if found is not None else None


def entries_of(node: Node | None, name: str) -> dict[str, Node]:
    """The entries of a map below a key, by name as written."""
    return entries(child(node, name))


def entries(node: Node | None) -> dict[str, Node]:
    """The entries of a map, by name as written."""
    found: dict[str, Node] = {}
    for key, value in node.entries() if node is not None else ():
        found.setdefault((key.target or key).value, value)
    return found


def both(outer: str | None, inner: str | None) -> str | None:
    """The condition of something that runs when two conditions hold."""
    if not outer or not inner:
        return outer or inner or None
    if len(outer) + len(inner) > MAX_CONDITION:
        return outer
    return f"({bare(outer)}) && ({bare(inner)})"


def uses_of(node: Node, document: Document) -> Uses:
    """`owner/name@ref`, `./path` or `docker://image:tag`, with the comment behind it."""
    written = (node.text or "").strip()
    name, _, ref = written.partition("@")
    if not ref and name.startswith("docker://") and ":" in name.rpartition("/")[2]:
        name, _, ref = name.rpartition(":")
    return Uses(name, ref, node, comment=_comment_behind(node, document))


def _comment_behind(node: Node, document: Document) -> str:
    """The comment on a node's line. Most often it follows at once, and the file need not be searched for comments."""
    text = node.source.text
    end = text.find("\n", node.end)
    rest = text[node.end : end if end >= 0 else len(text)].strip()
    if rest.startswith("#"):
        return rest[1:].strip()
    return document.comment_on(node.source.line_of(node.start)) if rest else ""


def inputs_of(
    declared: Node | None, given: Mapping[str, Node], bindings: Bindings, *, typed: bool = False
) -> dict[Path, str]:
    """The inputs of a called action or workflow that are certain, as paths of the `inputs` context.

    `given`: the caller's `with`; `bindings`: what names mean there. `typed`: a workflow's inputs have a type.
    """
    values = {name.lower(): node for name, node in given.items()}
    known: dict[Path, str] = {}
    for key, about in declared.entries() if declared is not None else ():
        name = key.deref().value.lower()
        if name in values:
            text = values[name].text
            value = bindings.resolve(text) if text is not None else None
        elif (default := child(about, "default")) is not None:
            value = substitute(default.text or "", lambda path: bindings.lookup(path) if path[0] == "github" else None)
        else:
            value = EMPTY.get(text_of(about, "type") or "", "") if typed else ""
        if value is not None:
            known["inputs", name] = value
    return known
