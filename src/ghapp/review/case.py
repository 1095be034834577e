"""A delivery that is being answered, and what answering it needs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from ghapp.github import Line, PullRequestState, pull_request
from ghapp.inbox import Call, Delivery, PullRequest
from ghapp.review.gathering import Gathering
from ghapp.review.judge import Verdict
from ghapp.review.workbench import Workbench

ROUNDS = 3  # how often the analysis may ask for more files

Account = dict[str, Any]
"""How a delivery ended, in JSON's types: `conclusion`, and what else is worth a word in the log."""

Handler = Callable[["Case"], Awaitable[Account]]
"""Answers one kind of delivery. May raise what `Line` raises, and the inbox's Later and Instead."""


@dataclass(frozen=True, slots=True)
class Case:
    """`pages`: the address below which every rule has its page."""

    call: Call
    line: Line
    workbench: Workbench
    pages: str

    @property
    def delivery(self) -> Delivery:
        return self.call.delivery

    async def now(self) -> tuple[PullRequest, PullRequestState]:
        """The pull request of a delivery that does not tell all of it, and how it stands now."""
        asked = self.delivery.pull
        state = await pull_request(self.line, asked.number)
        head = asked.head or state.head
        known = replace(asked, head=head, base=state.base, base_ref=state.base_ref, changed_files=state.changed_files)
        return known, state

    async def judge(self, gathering: Gathering) -> Verdict:
        """Judges with what was read, and again as long as the analysis asks for files that it can be given."""
        verdict = await self._judge(gathering)
        for _ in range(ROUNDS):
            if not await gathering.read_more(verdict.wanted_head, verdict.wanted_base):
                break
            verdict = await self._judge(gathering)
        return verdict

    async def _judge(self, gathering: Gathering) -> Verdict:
        return await self.workbench.judge(gathering.snapshot(), self.pages, self.delivery.guid)
