"""Identity without line numbers: what makes a finding the same finding after the file has changed around it.

An anchor has two parts, and a third where several findings would have the same: the structural path, the marked text,
and a number. `jobs.build.steps[Test].run ⇥ terraform validate ⇥ #2`
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right

from ghapp.pipeline.model import Pipeline
from ghapp.pipeline.rule import Finding
from ghapp.pipeline.yaml import Node

STEP_NAMES = ("id", "name", "uses")
"""The keys that tell one step (or other item of a list) from its siblings, most telling first. Its script does not: it
changes wherever one of its lines does."""

_NAME = re.compile(r"\[[^\]]*\]")
_USED = re.compile(r"([\w.-]+/[\w./-]+|docker://[^@\s]+)@\S+")


def fingerprint(rule: str, path: str, anchor: str) -> str:
    """16 hex digits for a rule's finding at an anchor of a file."""
    return hashlib.sha256("\0".join((rule, path, anchor)).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def anchor(pipeline: Pipeline, finding: Finding) -> str:
    """Where the finding stands, in the file's own words. Only its first line counts; versions of actions do not."""
    place = finding.place
    source = pipeline.source if place.path == pipeline.path else pipeline.tree.source(place.path)
    line = source.line_text(place.line) if source is not None else ""
    marked = line[place.column - 1 : place.end_column - 1 if place.end_line == place.line else None]
    where = ""
    if pipeline.document is not None and place.path == pipeline.path:
        offset = pipeline.source.line_starts[place.line - 1] + place.column - 1
        where = _structure(pipeline.document.root, offset)
    return f"{where}\t{_words(marked)}"


def numbered(anchor: str, number: int) -> str:
    """The anchor of the finding that is the `number`th with it in its file."""
    return anchor if number == 1 else f"{anchor}\t#{number}"


def exactly(anchor: str) -> str:
    return anchor


def loosely(anchor: str) -> str:
    """The anchor without the names of steps and without its number."""
    where, text = anchor.split("\t")[:2]
    return f"{_NAME.sub('[]', where)}\t{text}"


def likeness(rule: str, path: str, anchor: str) -> tuple[str, str]:
    """By what a finding is known again whose fingerprint has changed: 8 hex digits that stay the same when its step or
    its file is renamed, and 8 that stay when its text is edited. Equal findings share them."""
    there, _, _ = anchor.partition("\t")
    return fingerprint(rule, "", loosely(anchor))[:8], fingerprint(rule, path, there)[:8]


def _structure(root: Node | None, offset: int) -> str:
    """The keys and step names on the way from the root to the node at `offset`: `jobs.build.steps[Test].run`."""
    where = ""
    node = root
    while node is not None and node.kind in ("map", "seq"):
        starts = [pair[0] for pair in node.pairs] if node.kind == "map" else node.items
        at = bisect_right(starts, offset, key=lambda each: each.start) - 1
        value = None if at < 0 else node.pairs[at][1] if node.kind == "map" else node.items[at]
        if value is None or offset >= value.end:
            break
        where += f".{_words(starts[at].value)}" if node.kind == "map" else f"[{_item_name(value)}]"
        node = value
    return where.removeprefix(".")


def _item_name(item: Node) -> str:
    """What tells the item from its siblings; nothing when it has no words of its own."""
    if item.kind == "map" and len(item.pairs) == 1 and item.pairs[0][1].kind == "map":
        item = item.pairs[0][1]  # CircleCI: `- run: {name: …}`
    values = (item.get(name) for name in STEP_NAMES)
    named = next((value.text for value in values if value is not None and value.text), "")
    return _words(named).replace("]", "")


def _words(text: str) -> str:
    """The text without its spacing, and an action without its version."""
    text = " ".join(text.split())
    used = _USED.fullmatch(text)
    return used.group(1) if used else text
