"""Identity without line numbers: what makes a finding the same finding after the file has changed around it."""

from __future__ import annotations

import hashlib

from ghapp.pipeline.model import Pipeline
from ghapp.pipeline.rule import Finding, Rule
from ghapp.pipeline.yaml import Node

STEP_NAMES = ("id", "name", "uses", "run", "command")
"""The keys that tell one step (or other item of a list) from its siblings, most telling first."""


def fingerprint(rule: str, path: str, anchor: str) -> str:
    """16 hex digits for a rule's finding at an anchor of a file."""
    return hashlib.sha256("\0".join((rule, path, anchor)).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def anchor(pipeline: Pipeline, rule: Rule, finding: Finding) -> str:
    """Where the finding stands, in the file's own words: structural path and the marked text without its spacing."""
    place = finding.place
    source = pipeline.source if place.path == pipeline.path else pipeline.tree.source(place.path)
    lines = source.lines[place.line - 1 : place.end_line] if source is not None else []
    text = " ".join(" ".join(lines).split())
    if pipeline.document is None or place.path != pipeline.path:
        return text
    offset = pipeline.source.line_starts[place.line - 1] + place.column - 1
    return f"{'.'.join(_structure(pipeline.document.root, offset))} {text}"


def _structure(root: Node | None, offset: int) -> list[str]:
    """The keys and step names on the way from the root to the node at `offset`: `jobs.build.steps[Test].run`."""
    names: list[str] = []
    node = root
    while node is not None:
        if node.kind == "map":
            inside = next(
                ((key, value) for key, value in node.pairs if key.start <= offset < max(key.end, value.end)), None
            )
            if inside is None:
                return names
            names.append(inside[0].value)
            node = inside[1]
        elif node.kind == "seq":
            node = next((item for item in node.items if item.start <= offset < item.end), None)
            if node is not None:
                names.append(f"[{_item_name(node)}]")
        else:
            return names
    return names


def _item_name(item: Node) -> str:
    """What tells the item from its siblings; nothing when it has no words of its own."""
    if item.kind == "scalar":
        return " ".join(item.value.split())
    if item.kind == "map" and len(item.pairs) == 1 and item.pairs[0][1].kind == "map":
        item = item.pairs[0][1]  # CircleCI: `- run: {name: …}`
    for name in STEP_NAMES:
        value = item.get(name)
        if value is not None and value.text:
            return " ".join(value.text.split())
    return ""
