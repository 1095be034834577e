"""What was found out once: about a thing, for as long as it lives; about a short text, for a while."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, ParamSpec, Protocol, TypeVar

SHORT = 500
"""Longest text, in characters, about which something is remembered: long ones of strangers would fill the memory."""


class Notable(Protocol):
    """A thing that has room for what others find out about it."""

    @property
    def notes(self) -> dict[object, object]: ...


N = TypeVar("N", bound=Notable)
P = ParamSpec("P")
T = TypeVar("T")


def kept(find: Callable[[N], T]) -> Callable[[N], T]:
    """Remembers, at the thing itself, what the function says of it. A dictionary beside it, even a weak one, would hold
    for ever whatever leads back to its key, as what is said of a job leads back to the job."""

    def known(thing: N) -> T:
        notes: dict[object, Any] = thing.notes
        if known not in notes:
            notes[known] = find(thing)
        return notes[known]

    return wraps(find)(known)


def remembered(tell: Callable[P, T]) -> Callable[P, T]:
    """Remembers what the function last said of short texts, its last argument. It must always say the same of one."""
    cached = lru_cache(4096)(tell)

    def known(*args: P.args, **kwargs: P.kwargs) -> T:
        text: Any = args[-1]
        return cached(*args) if len(text) <= SHORT else tell(*args, **kwargs)

    return wraps(tell)(known)
