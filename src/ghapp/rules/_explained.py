"""Whether a comment says what a construct is for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from ghapp.pipeline import Evidence, Pipeline
from ghapp.pipeline.source import Place
from ghapp.pipeline.yaml import Node
from ghapp.rules._constructs import Construct

ABOVE = 3
"""So many lines further up a comment still speaks of what follows."""
_WORDS = 3
_SHOWN = 5
_BANNER = re.compile(r"[=*#~_-]{3,}|.*[=*#~_-]{3,}")
_NO_PROSE = re.compile(
    r"(yamllint|yaml-language-server|ghapp|zizmor|shellcheck|renovate|pragma|noqa)\b|v?\d+(\.\d+)*\b|-\s"
)
_GENERATED = re.compile(r"#.*(generated|do not edit)", re.IGNORECASE)
_CONTEXT = re.compile(r"context", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{2,}")


def explains(text: str) -> bool:
    """Whether a comment says something: no line of dashes with a heading, no version, no word to a tool, no code."""
    return (
        not _BANNER.fullmatch(text.strip())
        and not _NO_PROSE.match(text)
        and len(_WORD.findall(text)) >= _WORDS
        and not text.rstrip().endswith(("{", "}", "\\"))
    )


class Comments:
    """The comments of a workflow or config that explain something."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    @cached_property
    def by_line(self) -> dict[int, tuple[int, str]]:
        """Column and text of each, by its line."""
        document = self._pipeline.document
        comments = document.comments if document is not None else ()
        place = self._pipeline.source.place
        return {each.line: (place(each.start, each.end).column, each.text) for each in comments if explains(each.text)}

    @cached_property
    def header(self) -> str:
        """What the comments above the first key say, in lower case."""
        root = self._pipeline.root
        first = root.place.line if root is not None else 0
        return "\n".join(text for line, (_, text) in self.by_line.items() if line < first).lower()

    @property
    def generated(self) -> bool:
        """Whether a program has written the file."""
        return bool(_GENERATED.search("\n".join(self._pipeline.source.lines[:5])))

    def explain(self, construct: Construct) -> bool:
        """Near one of its places, in the header, or by the description or name around it."""
        subject = construct.subject.lower()
        return bool(subject and subject in self.header) or any(
            self._near(node, construct) or _described(node, subject) for node in construct.places
        )

    def _near(self, node: Node, construct: Construct) -> bool:
        place = node.place
        if place.line in self.by_line:
            return True
        above = (self.by_line.get(line) for line in range(place.line - ABOVE, place.line))
        return any(
            each is not None and each[0] <= place.column and _about(construct, each, place.column) for each in above
        )


def _about(construct: Construct, comment: tuple[int, str], column: int) -> bool:
    """Whether a comment further up is about it: what stands over a job says what that does, not what a context is."""
    depth, text = comment
    return construct.kind != "context" or depth == column or bool(_CONTEXT.search(text)) or construct.subject in text


def top(pipeline: Pipeline) -> Place:
    """The file's first key, above which a header belongs."""
    root = pipeline.root
    keys = root.pairs if root is not None else ()
    return next((key.place for key, _ in keys), pipeline.source.place(0, 0))


def listed(found: Sequence[Construct]) -> str:
    """Some of them in words."""
    shown = ", ".join(f"{each.what} (line {each.places[0].place.line})" for each in found[:_SHOWN])
    return f"{shown} and {len(found) - _SHOWN} more" if len(found) > _SHOWN else shown


def places(found: Sequence[Construct]) -> tuple[Evidence, ...]:
    """Where they stand; at most ten."""
    return tuple(Evidence(each.places[0].place, f"{each.what} has no comment") for each in found[:10])


def _described(node: Node, subject: str) -> bool:
    """Whether the job, command or step it stands in has a text that speaks of it, or a step a name that says more."""
    around: Node | None = node
    while around is not None:
        for name in ("description", "name") if around.kind == "map" else ():
            said = around.get(name)
            text = (said.text or "").lower() if said is not None else ""
            if (subject and subject in text) or (name == "name" and _is_step(around) and len(text.split()) >= _WORDS):
                return True
        around = around.parent
    return False


def _is_step(node: Node) -> bool:
    return node.parent is not None and node.parent.kind == "seq"
