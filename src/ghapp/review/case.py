"""A delivery that is being answered, and what answering it needs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ghapp.agreements import Agreements
from ghapp.github import Line, PullRequestState, pull_request
from ghapp.inbox import Call, Delivery, PullRequest
from ghapp.pipeline.ignores import Reason
from ghapp.review.gathering import Gathering
from ghapp.review.judge import Verdict
from ghapp.review.markers import Seal
from ghapp.review.threads import known
from ghapp.review.workbench import Workbench

ROUNDS = 3  # how often the analysis may ask for more files

Account = dict[str, Any]
"""How a delivery ended, in JSON's types: `conclusion`, and what else is worth a word in the log."""

Handler = Callable[["Case"], Awaitable[Account]]
"""Answers one kind of delivery. May raise what `Line` raises, and the inbox's Later and Instead."""


@dataclass(frozen=True, slots=True)
class Case:
    """`pages`: the address below which every rule has its page. `secrets`: the webhooks', which sign our comments."""

    call: Call
    line: Line
    workbench: Workbench
    agreements: Agreements
    pages: str
    secrets: Sequence[str]

    @property
    def delivery(self) -> Delivery:
        return self.call.delivery

    @property
    def seal(self) -> Seal:
        return Seal(self.secrets, self.delivery.repository, self.delivery.pull.number)

    def rule_url(self, rule: str) -> str:
        return f"{self.pages}/{rule}"

    async def now(self) -> tuple[PullRequest, PullRequestState]:
        """The pull request of a delivery that does not tell all of it, and how it stands now."""
        asked = self.delivery.pull
        state = await pull_request(self.line, asked.number)
        head = asked.head or state.head
        known = replace(asked, head=head, base=state.base, base_ref=state.base_ref, changed_files=state.changed_files)
        return known, state

    async def judge(self, gathering: Gathering) -> Verdict:
        """Judges with what was read, and again as long as the analysis asks for files that it can be given."""
        agreed = await self._agreed()
        verdict = await self._judge(gathering, agreed)
        for _ in range(ROUNDS):
            if not await gathering.read_more(verdict.wanted_head, verdict.wanted_base):
                break
            verdict = await self._judge(gathering, agreed)
        return verdict

    async def _judge(self, gathering: Gathering, agreed: Mapping[str, Reason]) -> Verdict:
        threads = known(gathering.threads, self.seal) if gathering.talks else ()
        snapshot = replace(gathering.snapshot(), agreed=agreed, threads=threads)
        return await self.workbench.judge(snapshot, self.pages, self.delivery.guid)

    async def _agreed(self) -> Mapping[str, Reason]:
        """What people do not want to hear of in this repository."""
        kept = await self.agreements.of(self.delivery.repository)
        return {each.fingerprint: Reason(each.reason, by=each.by, until=each.until) for each in kept}
