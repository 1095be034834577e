"""What is found out about a thing, and lives as long as it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Protocol, TypeVar, cast


class Notable(Protocol):
    """A thing that has room for what others find out about it."""

    @property
    def notes(self) -> dict[object, object]: ...


N = TypeVar("N", bound=Notable)
T = TypeVar("T")


def kept(find: Callable[[N], T]) -> Callable[[N], T]:
    """Remembers, at the thing itself, what the function says of it. A dictionary beside it, even a weak one, would hold
    for ever whatever leads back to its key, as what is said of a job leads back to the job."""

    def known(thing: N) -> T:
        notes = thing.notes
        if known not in notes:
            notes[known] = find(thing)
        return cast("T", notes[known])

    return wraps(find)(known)
