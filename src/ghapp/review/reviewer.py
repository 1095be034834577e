"""Answers deliveries: finds who answers that kind, and says what became of it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from ghapp.agreements import Agreements
from ghapp.github import Line, Output, RateLimited, Refused, Telephone, Uncertain
from ghapp.inbox import Call, Delivery, Instead, Kind, Later
from ghapp.review import metrics
from ghapp.review.case import Account, Case, Handler
from ghapp.review.commands import apologise, command
from ghapp.review.fixing import excuse, fix
from ghapp.review.posting import Post
from ghapp.review.rerunning import rerun
from ghapp.review.reviewing import group, review
from ghapp.review.workbench import Workbench

log = structlog.stdlib.get_logger("ghapp.review")


class Reviewer:
    """Answers every kind of delivery. `pages`: the address below which every rule has its page. `secrets`: the
    webhooks', newest first, which sign our comments."""

    def __init__(
        self, telephone: Telephone, workbench: Workbench, agreements: Agreements, pages: str, secrets: Sequence[str]
    ) -> None:
        self._telephone = telephone
        self._workbench = workbench
        self._agreements = agreements
        self._pages = pages
        self._secrets = secrets

    async def answer(self, call: Call) -> Mapping[str, Any]:
        """Does what the delivery asks for. Raises Later when GitHub wants it so, and Instead."""
        line = self._line(call.delivery)
        account: Account = {"conclusion": "failed"}
        try:
            line.book(call.delivery.guid)
            try:
                account = await HANDLERS[call.delivery.kind](self._case(call, line))
            finally:
                line.settle(call.delivery.guid)
        except RateLimited as limit:
            account = {"conclusion": "later", "reason": str(limit)}
            raise Later(limit.reset_in, str(limit)) from limit
        except Uncertain as trouble:
            account = {"conclusion": "later", "reason": str(trouble)}
            raise Later(_patience(call.delivery.attempt), str(trouble)) from trouble
        except Later as later:
            account = {"conclusion": "later", "reason": later.reason}
            raise
        except Instead:
            account = {"conclusion": "passed on"}
            raise
        except Refused as refusal:  # uninstalled, suspended, deleted: nobody is left to be told
            account = {"conclusion": "refused", "reason": str(refusal)}
        finally:
            _record(call.delivery, line, account)
        return account

    async def apologise(self, call: Call, error: Exception) -> None:
        """Ends the check `neutral`, so that our mistake blocks nobody. Whoever asked for something is told."""
        delivery = call.delivery
        if delivery.kind == "command":
            await apologise(self._case(call, self._line(delivery)))
        if delivery.kind == "fix":
            await excuse(self._line(delivery), delivery.run, error)
        if delivery.kind in ("fix", "command") or not delivery.pull.base_ref:
            return
        post = Post(self._line(delivery), delivery.pull, after=delivery.run)
        await post.look()
        await post.end("neutral", _apology(delivery, error), state="failed")

    def _case(self, call: Call, line: Line) -> Case:
        return Case(call, line, self._workbench, self._agreements, self._pages, self._secrets)

    def _line(self, delivery: Delivery) -> Line:
        return self._telephone.installation(delivery.installation, delivery.repository, delivery.name)


HANDLERS: Mapping[Kind, Handler] = {
    "review": review,
    "group": group,
    "rerun": rerun,
    "fix": fix,
    "command": command,
}


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
        f"To have it reviewed again, press **Re-run** here. Whoever runs ghapp finds what happened under "
        f"delivery `{delivery.guid}`.",
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
