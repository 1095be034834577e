"""`<< parameters.x >>` and its kin: what a name stands for in the body that uses it.

A job, command or executor that declares parameters is a body; every invocation gives it a Frame of its own. Nothing is
evaluated but names: parameters, matrix values, and the defaults of pipeline parameters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from ghapp.pipeline.source import Text
from ghapp.pipeline.yaml import Node

if TYPE_CHECKING:
    from ghapp.pipeline.circleci.library import Library

TEMPLATE = re.compile(r"(?<!\\)<<([^<>\n]*)>>")
MAX_TEXT = 1 << 13
"""Longest text, in characters, that is read: nested arguments could otherwise double it with every level."""
MAX_NAME = 200
MAX_KEYS = 200
"""Most keys of a step, an environment or an invocation that are looked at: each may run many times."""


class Value(NamedTuple):
    """A text with its `<< >>` filled in.

    `known`: every one of them has a value; what has none stands as written. `fixed`: none of the values is the default
    of a pipeline parameter, which holds for every push but can be replaced when a pipeline is started by hand, by
    schedule or through the API.
    """

    text: str
    known: bool = True
    fixed: bool = True


class Argument(NamedTuple):
    """What a name stands for: a node, the frame in which its text is to be read, and the declared type.

    `fixed`: it is not the default of a pipeline parameter.
    """

    node: Node
    frame: Frame
    type: str = ""
    fixed: bool = True

    @property
    def value(self) -> Value:
        """The scalar's text, filled in; a map or sequence has none."""
        text = self.node.text
        value = Value("", known=False) if text is None else self.frame.fill(text)
        return value if self.fixed else value._replace(fixed=False)


class Frame:
    """The names of one body: the parameters it declares, with the arguments of one invocation.

    `library`: where the body's commands, executors and orbs are looked up. `declared`: its `parameters:` map. `given`:
    the map that holds the arguments, to be read in the frame `outer`. `chosen`: what a matrix chose; None where that
    is not known.
    """

    __slots__ = ("_chosen", "_declared", "_given", "_outer", "_values", "library", "root")

    def __init__(
        self,
        library: Library,
        declared: Node | None = None,
        given: Node | None = None,
        outer: Frame | None = None,
        chosen: Mapping[str, Argument | None] | None = None,
    ) -> None:
        self.library = library
        self.root = self if outer is None else outer.root
        self._declared = declared
        self._given = given
        self._outer = outer
        self._chosen = chosen or {}
        self._values: dict[str, Value | None] = {}

    def argument(self, name: str) -> Argument | None:
        """What `parameters.x`, `matrix.x` or `pipeline.parameters.x` stands for; None when that is not known."""
        if name.startswith("pipeline.parameters."):
            return self.root._default(name.removeprefix("pipeline.parameters."))
        space, _, key = name.partition(".")
        if space == "matrix":
            return self._chosen.get(key)
        return self._parameter(key) if space == "parameters" and self._outer is not None else None

    def fill(self, text: str) -> Value:
        """The text with every `<< name >>` replaced that has a value."""
        if len(text) > MAX_TEXT:
            return Value(text, known=False)
        if "<<" not in text:
            return Value(text)
        pieces: list[str] = []
        known = fixed = True
        at = size = 0
        for match in TEMPLATE.finditer(text):
            value = self._value(match[1].strip())
            if value is None or (size := size + len(value.text)) > MAX_TEXT:
                known = False
                continue
            pieces += text[at : match.start()], value.text
            at = match.end()
            known, fixed = known and value.known, fixed and value.fixed
        return Value("".join((*pieces, text[at:])), known, fixed)

    def follow(self, node: Node) -> Argument:
        """The node, or, when its whole text is one `<< parameters.x >>`, what that stands for in the end."""
        argument = Argument(node, self)
        while (name := template(argument.node)) and (inner := argument.frame.argument(name)) is not None:
            argument = inner
        return argument

    def _parameter(self, name: str) -> Argument | None:
        declaration = self._declared.get(name) if self._declared is not None else None
        if declaration is None or self._outer is None:
            return None
        declared = declaration.get("type")
        kind = (declared.text if declared is not None else None) or ""
        if name in self._chosen:
            chosen = self._chosen[name]
            return chosen and chosen._replace(type=kind)
        given = self._given.get(name, merge=True) if self._given is not None else None
        if given is not None:
            return Argument(given, self._outer, kind)
        default = declaration.get("default")
        return None if default is None else Argument(default, Frame(self.library, outer=self.root), kind)

    def _default(self, name: str) -> Argument | None:
        """A pipeline parameter's default. An empty one is a blank for whoever starts the pipeline to fill."""
        default = self._declared.at(name, "default") if self._declared is not None else None
        if default is None or not default.text:
            return None
        return Argument(default, Frame(self.library), fixed=False)

    def _value(self, name: str) -> Value | None:
        if name not in self._values:
            argument = self.argument(name)
            self._values[name] = argument.value if argument is not None and argument.node.kind == "scalar" else None
        return self._values[name]


def template(node: Node) -> str | None:
    """The name `x` of a scalar whose whole text is `<< x >>`."""
    if len(node.value) > MAX_NAME or "<<" not in node.value:
        return None
    match = TEMPLATE.fullmatch(node.value.strip())
    return match[1].strip() if match is not None else None


def keys(node: Node | None) -> Iterator[tuple[str, Node]]:
    """The names and values of a map, merge keys resolved; nothing for any other node."""
    for key, value in islice(node.entries(merge=True) if node is not None else (), MAX_KEYS):
        yield key.deref().value, value


def unescaped(text: Text) -> Text:
    """A script without the backslash that keeps `\\<<EOF` from being read as the start of a `<< parameter >>`."""
    if "\\<<" not in text.value:
        return text
    cuts = [match.start() for match in re.finditer(r"\\(?=<<)", text.value)]
    segments: list[tuple[int, int, int]] = []
    taken = 0
    for value_at, file_at, length in text.segments:
        at, end = value_at, value_at + length
        while taken < len(cuts) and cuts[taken] < end:
            segments.append((at - taken, file_at + at - value_at, cuts[taken] - at))
            at = cuts[taken] + 1
            taken += 1
        segments.append((at - taken, file_at + at - value_at, end - at))
    return Text(text.value.replace("\\<<", "<<"), text.source, segments, exact=text.exact)
