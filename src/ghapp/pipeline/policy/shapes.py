"""What the values of a policy may look like. A shape reads a node of the file, and describes itself as JSON Schema.

A shape that is not met notes a mistake and gives a value all the same: so every mistake of a file is found at once.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Any, Protocol

from ghapp.pipeline.source import BrokenFile, Place
from ghapp.pipeline.yaml import Node

Json = dict[str, Any]
_SHOWN = 80


class BrokenPolicy(Exception):  # noqa: N818 - it names what is wrong, as BrokenFile does
    """A policy that cannot be followed. `mistakes`: everything that is wrong with it, in file order."""

    def __init__(self, mistakes: Collection[BrokenFile]) -> None:
        self.mistakes = tuple(sorted(mistakes, key=lambda each: (each.line, each.column)))
        super().__init__("\n".join(map(str, self.mistakes)))


@dataclass(slots=True)
class Reader:
    """One reading of a policy. `rules`: the ids there are. `places`: where each key stood, by its dotted name."""

    rules: Collection[str] = ()
    mistakes: list[BrokenFile] = field(default_factory=list[BrokenFile])
    places: dict[str, Place] = field(default_factory=dict[str, Place])

    def wrong(self, node: Node, message: str) -> None:
        place = node.place
        self.mistakes.append(BrokenFile(place.path, place.line, place.column, message))


class Shape(Protocol):
    def read(self, node: Node, reader: Reader, name: str) -> Any:
        """The value of a node that stands under `name`; notes what is wrong with it."""
        ...

    def schema(self, rules: Collection[str]) -> Json: ...


@dataclass(frozen=True, slots=True)
class Flag:
    def read(self, node: Node, reader: Reader, name: str) -> bool:
        if node.flag is None:
            reader.wrong(node, f"`{name}` is `true` or `false`.")
        return bool(node.flag)

    def schema(self, rules: Collection[str]) -> Json:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Number:
    """A limit: the lower, the stricter."""

    least: int
    most: int

    def read(self, node: Node, reader: Reader, name: str) -> int:
        text = node.text or ""
        if re.fullmatch(r"[0-9]{1,6}", text) is None or node.style or not self.least <= int(text) <= self.most:
            reader.wrong(node, f"`{name}` is a number from {self.least} to {self.most}.")
            return self.least
        return int(text)

    def schema(self, rules: Collection[str]) -> Json:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True, slots=True)
class Words:
    """Text in one line. `about`: what it says, for the message."""

    about: str

    def read(self, node: Node, reader: Reader, name: str) -> str:
        text = (node.text or "").strip()
        if not text or "\n" in text:
            reader.wrong(node, f"`{name}` is {self.about}, as text in one line.")
        return text

    def schema(self, rules: Collection[str]) -> Json:
        return {"type": "string", "pattern": r"\S"}


@dataclass(frozen=True, slots=True)
class Day:
    def read(self, node: Node, reader: Reader, name: str) -> date | None:
        text = node.text or ""
        try:
            return (
                date.fromisoformat(text)
                if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text)
                else self._no(node, reader, name)
            )
        except ValueError:
            return self._no(node, reader, name)

    def _no(self, node: Node, reader: Reader, name: str) -> None:
        reader.wrong(node, f"`{name}` is a day, written as `2027-01-31`.")

    def schema(self, rules: Collection[str]) -> Json:
        return {"type": "string", "format": "date"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several words, the strictest first."""

    of: tuple[str, ...]

    def read(self, node: Node, reader: Reader, name: str) -> str:
        text = node.text or ""
        if text not in self.of:
            reader.wrong(node, f"`{name}` is {listed(self.of)}.{nearest(text, self.of)}")
        return text

    def schema(self, rules: Collection[str]) -> Json:
        return {"enum": list(self.of)}


@dataclass(frozen=True, slots=True)
class RuleId:
    def read(self, node: Node, reader: Reader, name: str) -> str:
        text = node.text or ""
        if text not in reader.rules:
            reader.wrong(node, f"There is no rule {quoted(text)}.{nearest(text, reader.rules)}")
        return text

    def schema(self, rules: Collection[str]) -> Json:
        return {"enum": sorted(rules)}


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list. `adds`: of what is so, not of what is demanded: a repository's comes on top of its organisation's."""

    each: Shape
    adds: bool = False

    def read(self, node: Node, reader: Reader, name: str) -> tuple[Any, ...]:
        if node.deref().kind != "seq":
            reader.wrong(node, f"`{name}` is a list.")
        return tuple(self.each.read(item, reader, name) for item in node.elements())

    def schema(self, rules: Collection[str]) -> Json:
        return {"type": "array", "items": self.each.schema(rules)}


@dataclass(frozen=True, slots=True)
class MapOf:
    """A map whose names are free, or of a shape of their own."""

    names: Shape
    values: Shape

    def read(self, node: Node, reader: Reader, name: str) -> dict[str, Any]:
        if node.deref().kind != "map":
            reader.wrong(node, f"`{name}` is a map.")
        return {
            self.names.read(key, reader, name): self._read(key, value, reader, f"{name}.{key.deref().value}")
            for key, value in node.entries()
        }

    def _read(self, key: Node, value: Node, reader: Reader, name: str) -> Any:
        reader.places.setdefault(name, key.place)
        return self.values.read(value, reader, name)

    def schema(self, rules: Collection[str]) -> Json:
        return {
            "type": "object",
            "propertyNames": self.names.schema(rules),
            "additionalProperties": self.values.schema(rules),
        }


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a record. `about`: what it is for, one sentence, also for editors.

    `fixed`: where an organisation locks it, a repository's value does not count at all, since none is stricter.
    `default`: what holds where nobody says it, unless that demands nothing.
    """

    shape: Shape
    about: str
    required: bool = False
    fixed: bool = False
    default: Any = None


@dataclass(frozen=True, slots=True)
class Record:
    """A map with known keys; reads as a dict of those that are given."""

    keys: Mapping[str, Key]

    def read(self, node: Node, reader: Reader, name: str) -> Json:
        if node.deref().kind != "map":
            reader.wrong(node, f"{f'`{name}`' if name else 'The policy'} is a map of settings.")
        found: Json = {}
        for key, value in node.entries():
            word = key.deref().value
            dotted = f"{name}.{word}".removeprefix(".")
            if word not in self.keys:
                reader.wrong(key, f"{quoted(dotted)} is no setting.{nearest(word, self.keys)}")
                continue
            reader.places.setdefault(dotted, key.place)
            found[word] = self.keys[word].shape.read(value, reader, dotted)
        for word, key in self.keys.items():
            if key.required and word not in found and node.deref().kind == "map":
                reader.wrong(node, f"`{name}` needs `{word}`: {key.about[0].lower()}{key.about[1:]}")
        return found

    def schema(self, rules: Collection[str]) -> Json:
        required = [word for word, key in self.keys.items() if key.required]
        return {
            "type": "object",
            "properties": {
                word: {"description": key.about, **key.shape.schema(rules)} for word, key in self.keys.items()
            },
            **({"required": required} if required else {}),
            "additionalProperties": False,
        }


def quoted(word: str) -> str:
    """A word of the file, cut where nobody would read on, as it stands in a message."""
    word = " ".join(word.split())
    return f"`{word if len(word) <= _SHOWN else f'{word[:_SHOWN]}…'}`"


def listed(words: Collection[str]) -> str:
    *most, last = (f"`{word}`" for word in words)
    return f"{', '.join(most)} or {last}" if most else last


def nearest(word: str, words: Collection[str]) -> str:
    """A hint at the name that was probably meant."""
    near = get_close_matches(word[:_SHOWN], list(words), n=1, cutoff=0.55)
    return f" Did you mean `{near[0]}`?" if near else ""
