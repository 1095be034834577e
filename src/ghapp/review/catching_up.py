"""Nothing is missed while the server is away: GitHub never sends a webhook again by itself, so it is asked to.

Which ones did not arrive GitHub knows; nothing is kept here but what a look has found. One that came all the same is
known by its GUID, and answered once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from operator import attrgetter

import structlog

from ghapp.github import Attempt, GitHubError, Refused, Telephone, ask_again, attempts
from ghapp.review.metrics import MISSED

KEPT = timedelta(days=3)  # so long GitHub sends again
MOST_PAGES = 100  # of a hundred: after a long absence, the oldest are let go
OVERLAP = timedelta(minutes=10)  # GitHub lists an attempt when it has ended, and clocks differ
PATIENCE = timedelta(minutes=1)  # GitHub waits ten seconds for an answer, an Enterprise Server thirty
MOST_ATTEMPTS = 6  # within six hours, the pauses growing fourfold
FIRST_SECONDS = 10.0  # then the server is surely there to receive what it asks for

_when = attrgetter("at", "id")

log = structlog.stdlib.get_logger("ghapp.review")


class CatchingUp:
    """Looks after the webhooks that are `answered` (`event.action`), every so many `seconds`."""

    def __init__(self, telephone: Telephone, answered: Collection[str], seconds: float) -> None:
        self._telephone = telephone
        self._answered = answered
        self._seconds = seconds
        self._since: datetime | None = None
        self._failed: dict[str, dict[int, Attempt]] = {}
        self._given_up: set[str] = set()  # of those

    async def run(self) -> None:
        """Looks for ever. Whatever goes wrong is said in the log, and the next look makes up for it."""
        pause = min(FIRST_SECONDS, self._seconds)
        while True:
            await asyncio.sleep(pause)
            pause = self._seconds
            try:
                await self.look()
            except GitHubError as error:
                log.warning("cannot look for missed webhooks", reason=str(error))
            except Exception:
                log.exception("looking for missed webhooks failed")

    async def look(self) -> None:
        """Asks GitHub for what did not arrive and is not on its way. Raises GitHubError."""
        now = datetime.now(UTC)
        await self._read(now)
        last = {guid: max(tries.values(), key=_when) for guid, tries in self._failed.items()}
        for attempt in sorted(last.values(), key=_when):
            if attempt.at < now - KEPT:
                del self._failed[attempt.guid]
                self._given_up.discard(attempt.guid)
            elif attempt.guid not in self._given_up:
                await self._ask(attempt, len(self._failed[attempt.guid]), now)

    async def _ask(self, last: Attempt, tries: int, now: datetime) -> None:
        """Has it sent again if it is time to, or gives it up."""
        said = log.bind(delivery=last.guid, webhook=last.webhook, attempts=tries)
        try:
            if tries >= MOST_ATTEMPTS:
                self._given_up.add(last.guid)
                said.warning("webhook missed for good")
            elif last.at < now - PATIENCE * 4 ** (tries - 1):
                await ask_again(self._telephone, last)
                MISSED.inc()
                said.info("webhook asked for again")
        except Refused as refusal:
            self._given_up.add(last.guid)
            said.warning("webhook missed for good", reason=refusal.reason)

    async def _read(self, now: datetime) -> None:
        """Brings up to date which webhooks have failed at every attempt so far."""
        arrived: set[str] = set()
        async for attempt in attempts(self._telephone, self._since or now - KEPT, MOST_PAGES):
            if attempt.arrived:
                arrived.add(attempt.guid)
            elif attempt.webhook in self._answered:
                self._failed.setdefault(attempt.guid, {})[attempt.id] = attempt
        for guid in arrived:
            self._failed.pop(guid, None)
            self._given_up.discard(guid)
        self._since = now - OVERLAP
