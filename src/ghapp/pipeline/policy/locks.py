"""Keys that an organisation locks: below it, they may only be made stricter."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from ghapp.pipeline.policy.shapes import Json, MapOf, Reader, Record, RuleId, Shape, nearest, quoted
from ghapp.pipeline.yaml import Node


def locked(locks: Collection[str], name: str) -> bool:
    """Whether a key is locked: itself, or one that it stands below (`run_block` locks `run_block.max_lines`)."""
    return any(name == lock or name.startswith(f"{lock}.") for lock in locks)


@dataclass(frozen=True, slots=True)
class KeyName:
    """The name of a key of `keys` or of one below it: `run_block`, `retention.smoke`, `severities.long-run-block`."""

    keys: Record

    def read(self, node: Node, reader: Reader, name: str) -> str:
        text = node.text or ""
        shape: Shape | None = self.keys
        at = text
        while at and shape is not None:
            shape, at = self._below(shape, at, reader)
        if shape is None or not text or text.endswith("."):
            reader.wrong(
                node, f"There is no setting {quoted(text)}.{nearest(text, self._names(self.keys, reader.rules))}"
            )
        return text

    def _below(self, shape: Shape, at: str, reader: Reader) -> tuple[Shape | None, str]:
        """The shape of what the name leads to, and the rest of the name."""
        if isinstance(shape, Record):
            word, _, rest = at.partition(".")
            return (shape.keys[word].shape if word in shape.keys else None), rest
        if isinstance(shape, MapOf):
            known = not isinstance(shape.names, RuleId) or at in reader.rules
            return (shape.values if known else None), ""  # a label may have dots
        return None, ""

    def _names(self, record: Record, rules: Collection[str] = (), before: str = "") -> list[str]:
        names: list[str] = []
        for word, key in record.keys.items():
            names.append(f"{before}{word}")
            if isinstance(key.shape, Record):
                names += self._names(key.shape, rules, f"{before}{word}.")
            elif isinstance(key.shape, MapOf) and isinstance(key.shape.names, RuleId):
                names += [f"{before}{word}.{rule}" for rule in rules]
        return names

    def schema(self, rules: Collection[str]) -> Json:
        maps = [word for word, key in self.keys.keys.items() if isinstance(key.shape, MapOf)]
        return {"anyOf": [{"enum": self._names(self.keys)}, {"pattern": rf"^({'|'.join(maps)})\..+$"}]}
