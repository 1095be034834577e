"""What an owner keeps in the repository `.github` for all of its repositories: most have none, and it may be private.

So the file is read with a token of its own, which may read that repository and nothing else, and it is remembered.
Where the App is not installed on the repository, only a public one can be read: `read` does, along with what it reads.
"""

from __future__ import annotations

import asyncio
import base64
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ghapp.github.errors import GitHubError, Refused
from ghapp.github.line import Line

REPOSITORY = ".github"
READ_ONLY = {"metadata": "read", "contents": "read"}
KEPT_SECONDS = 180
ABSENT_SECONDS = 3600
PATIENCE_SECONDS = 8
KEPT_FILES = 1000


@dataclass(frozen=True, slots=True)
class SharedFile:
    """`text`: None where there is none. `hidden`: the App is not installed there: if there is one, it is public.
    `unread`: GitHub does not say."""

    text: bytes | None = None
    hidden: bool = False
    unread: bool = False


class SharedFiles:
    """Remembers one file of each owner: for a few minutes, and for an hour that there is none.

    `clock`: seconds. `patience`: how many of them an answer may take. `limit`: of how many owners.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, patience: float = PATIENCE_SECONDS, limit: int = KEPT_FILES
    ) -> None:
        self._clock = clock
        self._patience = patience
        self._limit = limit
        self._kept = OrderedDict[tuple[int, str], tuple[float, SharedFile]]()
        self._asking: dict[tuple[int, str], asyncio.Lock] = {}

    async def get(self, line: Line, path: str) -> SharedFile:
        """The owner's file at `path`, which must not come from a pull request. Never raises for what GitHub says."""
        owner = line.name.partition("/")[0]
        key = (line.installation, owner)
        async with self._asking.setdefault(key, asyncio.Lock()):
            until, known = self._kept.get(key, (0.0, SharedFile(unread=True)))
            if self._clock() < until:
                return known
            try:
                async with asyncio.timeout(self._patience):
                    found = await _ask(line.beside(f"{owner}/{REPOSITORY}", READ_ONLY), path)
            except (GitHubError, TimeoutError):
                return known  # what it said before is better than nothing
            self._kept[key] = (self._clock() + (ABSENT_SECONDS if found.text is None else KEPT_SECONDS), found)
            while len(self._kept) > self._limit:
                self._asking.pop(self._kept.popitem(last=False)[0], None)
            return found


async def _ask(line: Line, path: str) -> SharedFile:
    try:
        answer: dict[str, Any] | list[Any] = await line.get(f"contents/{path}")
    except Refused as refusal:
        return SharedFile(hidden=refusal.status == 422)  # no token is given for it
    if isinstance(answer, list) or answer.get("type") != "file":
        return SharedFile()  # a directory, a link
    if answer.get("encoding") != "base64":
        return SharedFile(bytes(answer["size"]))  # too large to be given: decoding refuses zeros for their number
    return SharedFile(base64.b64decode(answer["content"]))
