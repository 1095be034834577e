"""Answers deliveries: the journey of a pull request from the inbox to the posted review."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import structlog

from ghapp.github import Line, Output, RateLimited, Refused, Telephone, Uncertain
from ghapp.inbox import Call, Delivery, Later
from ghapp.review import metrics
from ghapp.review.gathering import Gathering, together
from ghapp.review.judge import Verdict
from ghapp.review.posting import NOTHING, Post
from ghapp.review.workbench import Overrun, Workbench

ROUNDS = 3  # how often the analysis may ask for more files
STALE_SECONDS = 3.0  # what GitHub computes after a push may lag behind it
STALE_ATTEMPTS = 3

log = structlog.stdlib.get_logger("ghapp.review")

Account = dict[str, Any]


class Reviewer:
    """Reviews pull requests. `pages`: the address below which every rule has its page."""

    def __init__(self, telephone: Telephone, workbench: Workbench, pages: str) -> None:
        self._telephone = telephone
        self._workbench = workbench
        self._pages = pages

    async def answer(self, call: Call) -> Mapping[str, Any]:
        """Reviews the pull request that the delivery tells of. Raises Later when GitHub wants it so."""
        line = self._line(call.delivery)
        account: Account = {"conclusion": "failed"}
        try:
            account = await self._review(call, line)
        except RateLimited as limit:
            account = {"conclusion": "later", "reason": str(limit)}
            raise Later(limit.reset_in, str(limit)) from limit
        except Uncertain as trouble:
            account = {"conclusion": "later", "reason": str(trouble)}
            raise Later(_patience(call.delivery.attempt), str(trouble)) from trouble
        except Later as later:
            account = {"conclusion": "later", "reason": later.reason}
            raise
        except Refused as refusal:  # uninstalled, suspended, deleted: nobody is left to be told
            account = {"conclusion": "refused", "reason": str(refusal)}
        finally:
            _record(call.delivery, line, account)
        return account

    async def apologise(self, call: Call, error: Exception) -> None:
        """Ends the check `neutral`, so that our mistake blocks nobody."""
        delivery = call.delivery
        post = Post(self._line(delivery), delivery.pull)
        await post.look()
        await post.end("neutral", _apology(delivery, error), state="failed")

    def _line(self, delivery: Delivery) -> Line:
        return self._telephone.installation(delivery.installation, delivery.repository, delivery.name)

    async def _review(self, call: Call, line: Line) -> Account:
        pull = call.delivery.pull
        post = Post(line, pull)
        if await call.superseded():
            if call.again:
                await post.look()
                await post.withdraw()
            return {"conclusion": "superseded"}
        _, gathering = await together(post.look(), Gathering.of(line, pull))
        if post.judged and not call.again:
            return {"conclusion": "judged before"}
        if gathering.concerns_ci and not gathering.stale:
            await together(post.open(), gathering.read())
        if gathering.stale:
            return await self._wait_for_github(call, post, gathering.head_now)
        if not gathering.concerns_ci:
            await post.end("success", NOTHING)
            return {"conclusion": "success", "files": 0, "findings": 0}
        try:
            verdict = await self._judge(gathering, call.delivery.guid)
        except Overrun as overrun:
            await post.end("neutral", _too_much(call.delivery, overrun))
            return {"conclusion": "neutral", "reason": str(overrun)}
        if await call.superseded():
            await post.withdraw()
            return {"conclusion": "superseded"}
        await post.publish(verdict, gathering.own)
        return {"conclusion": verdict.check.conclusion, "files": verdict.files, "findings": verdict.findings}

    async def _wait_for_github(self, call: Call, post: Post, head: str) -> Account:
        """The pull request has another head by now, or GitHub has not computed its difference yet."""
        if call.delivery.attempt < STALE_ATTEMPTS and not await call.superseded(head):
            raise Later(STALE_SECONDS, "GitHub does not show this head yet, or no longer")
        await post.withdraw()
        return {"conclusion": "superseded"}

    async def _judge(self, gathering: Gathering, guid: str) -> Verdict:
        """Judges with what was read, and again as long as the analysis asks for files that it can be given."""
        verdict = await self._workbench.judge(gathering.snapshot(), self._pages, guid)
        for _ in range(ROUNDS):
            if not await gathering.read_more(verdict.wanted_head, verdict.wanted_base):
                break
            verdict = await self._workbench.judge(gathering.snapshot(), self._pages, guid)
        return verdict


def _patience(attempt: int) -> float:
    """Seconds to wait for a GitHub that does not answer: 2, 6, 18 … 1,800; nearly three hours in all.

    Never at once: a write that took effect unseen should be seen by then.
    """
    return min(2.0 * 3 ** (attempt - 1), 1800.0)


def _apology(delivery: Delivery, error: Exception) -> Output:
    if isinstance(error, Later):
        title, said = "GitHub did not let ghapp finish", "GitHub did not answer in time, again and again."
    else:
        title, said = "ghapp failed", "An error of ghapp's own kept it from reviewing this change."
    return Output(
        title,
        f"{said} Nothing is known to be wrong with the pull request, so this check does not block it.\n\n"
        f"To have it reviewed again, push once more, or close and reopen it. Whoever runs ghapp finds what happened "
        f"under delivery `{delivery.guid}`.",
    )


def _too_much(delivery: Delivery, overrun: Overrun) -> Output:
    return Output(
        "The CI files are too much to analyse",
        f"{overrun} Very large or deeply nested files do that. This change was not checked.\n\n"
        f"Delivery `{delivery.guid}`",
    )


def _record(delivery: Delivery, line: Line, account: Account) -> None:
    seconds = time.time() - delivery.received
    metrics.REVIEWS.labels(account["conclusion"]).inc()
    metrics.SECONDS.observe(seconds)
    metrics.REQUESTS.inc(line.requests)
    log.info(
        delivery.event,  # structlog's own key for it is `event`
        delivery=delivery.guid,
        action=delivery.action,
        installation=delivery.installation,
        repository=delivery.name,
        pull=delivery.pull.number,
        sha=delivery.pull.head,
        attempt=delivery.attempt,
        seconds=round(seconds, 3),
        requests=line.requests,
        rate_remaining=line.rate_remaining,
        **account,
    )
