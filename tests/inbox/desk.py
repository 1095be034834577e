"""A desk that does what the test says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

from ghapp.inbox import Call, Delivery, PullRequest

numbers = count(1)


def delivery(guid: str = "", *, head: str = "a" * 40, at: str = "2026-11-21T12:00:00Z", **other: Any) -> Delivery:
    number = other.pop("number", 1)
    fields: dict[str, Any] = {
        "guid": guid or f"guid-{next(numbers)}",
        "event": "pull_request",
        "action": "synchronize",
        "installation": 7,
        "repository": 42,
        "name": "acme/shop",
        "subject": f"42#{number}",
        "version": f"{head}:main",
        "at": at,
        "received": 1_000_000_000.0 + next(numbers),
        "pull": PullRequest(
            number=number,
            head=head,
            base="f" * 40,
            base_ref="main",
            changed_files=1,
            previous=other.pop("previous", ""),
        ),
    }
    return Delivery(**{**fields, **other})


class ScriptedDesk:
    def __init__(self, answer: Callable[[Call], Awaitable[Mapping[str, Any]]] | None = None) -> None:
        self.calls: list[Call] = []
        self.apologies: list[tuple[Call, Exception]] = []
        self._answer = answer

    async def answer(self, call: Call) -> Mapping[str, Any]:
        self.calls.append(call)
        return await self._answer(call) if self._answer is not None else {"conclusion": "success"}

    async def apologise(self, call: Call, error: Exception) -> None:
        self.apologies.append((call, error))

    @asynccontextmanager
    async def open(self) -> AsyncIterator[ScriptedDesk]:
        yield self


async def until(condition: Callable[[], object], seconds: float = 10.0) -> None:
    """Waits until the condition holds; fails after `seconds`."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - the condition is set by another thread
            await asyncio.sleep(0.02)
