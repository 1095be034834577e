"""Lays what a repository says over what its organisation says.

Maps are merged key by key; of everything else the repository's own word counts. Where the organisation has locked a
key, the stricter of both counts: what that is, the shapes say (`_stricter`), so that a new key needs no line here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from ghapp.pipeline.policy.locks import locked
from ghapp.pipeline.policy.shapes import Choice, Flag, Key, ListOf, MapOf, Number, Record, Shape


def merge(
    keys: Record,
    above: Mapping[str, Any],
    below: Mapping[str, Any],
    locks: Collection[str],
    defaults: Mapping[str, Any],
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What holds of `above` (the organisation's) and `below` (the repository's), both as `keys` reads them.

    `locks`: dotted names of keys. `defaults`: what holds, by dotted name, where nobody says anything, for what is no
    key of the table. Also gives the names of what does not hold of `below`, since it is locked.
    """
    merging = _Merging(locks, defaults)
    return merging.record(keys, above, below, ""), tuple(merging.overruled)


@dataclass(slots=True)
class _Merging:
    locks: Collection[str]
    defaults: Mapping[str, Any]
    overruled: list[str] = field(default_factory=list[str])

    def record(self, record: Record, above: Mapping[str, Any], below: Mapping[str, Any], before: str) -> dict[str, Any]:
        return self._all({word: record.keys[word] for word in below}, above, below, before)

    def _all(
        self, keys: Mapping[str, Key], above: Mapping[str, Any], below: Mapping[str, Any], before: str
    ) -> dict[str, Any]:
        merged = dict(above)
        for word, value in below.items():
            held = self._one(keys[word], above.get(word), value, f"{before}{word}")
            if held is not None:
                merged[word] = held
        return merged

    def _one(self, key: Key, above: Any, below: Any, name: str) -> Any:
        """What holds of a key that `below` says; None where nothing does."""
        shape, is_locked = key.shape, locked(self.locks, name)
        if isinstance(shape, Record) and not (key.fixed and is_locked):
            return self.record(shape, above or {}, below, f"{name}.")
        if isinstance(shape, MapOf) and not (key.fixed and is_locked):
            values = Key(shape.values, "")
            return self._all(dict.fromkeys(below, values), above or {}, below, f"{name}.")
        if not is_locked:
            return _joined(above or (), below) if isinstance(shape, ListOf) and shape.adds else below
        held = self._held(key, self.defaults.get(name, key.default) if above is None else above, below)
        if held == below:
            return below
        self.overruled.append(name)
        return held if above is not None else None

    def _held(self, key: Key, above: Any, below: Any) -> Any:
        if key.fixed or above is None:
            return above if key.fixed else below
        return _stricter(key.shape, above, below)


def _stricter(shape: Shape, above: Any, below: Any) -> Any:
    match shape:
        case Flag():
            return above or below
        case Number():
            return min(above, below)
        case Choice():
            return min(above, below, key=shape.of.index)
        case ListOf():
            return _joined(above, below)
        case _:
            return above


def _joined(above: tuple[Any, ...], below: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys((*above, *below)))
