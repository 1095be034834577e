"""Reviews a pull request, and a group of the merge queue: from what GitHub told to what is posted."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from ghapp.github import Line, Output, Refused, pull_request
from ghapp.inbox import Delivery, Later, PullRequest
from ghapp.pipeline.engine import Outcome
from ghapp.report import Comments
from ghapp.review.case import Account, Case
from ghapp.review.conversation import converse
from ghapp.review.gathering import Gathering, together
from ghapp.review.posting import NOTHING, Post
from ghapp.review.threads import known, plan
from ghapp.review.workbench import Overrun

STALE_SECONDS = 3.0  # what GitHub computes after a push may lag behind it
STALE_ATTEMPTS = 3

Gather = Callable[[Line, PullRequest], Coroutine[Any, Any, Gathering]]


async def review(case: Case) -> Account:
    """The pull request as the delivery tells of it, unless it has gone on by now."""
    post = Post(case.line, case.delivery.pull)
    if await case.call.superseded():
        if case.call.again:
            await post.look()
            await post.withdraw()
        return {"conclusion": "superseded"}
    return await examine(case, post, Gathering.of)


async def group(case: Case) -> Account:
    """A group of the merge queue: what it brings to its base. The queue waits for a check of the same name."""
    return await examine(case, Post(case.line, case.delivery.pull), Gathering.between)


async def examine(case: Case, post: Post, gather: Gather) -> Account:
    """From the files to what is posted. A check that was opened ends, also when GitHub refuses what we ask of it."""
    try:
        _, gathering = await together(_look(case, post), gather(case.line, post.pull))
        # A push that leads back to a judged head finds its check, but the threads tell of the head between.
        if post.judged and not case.call.again and case.delivery.action != "synchronize":
            return {"conclusion": "judged before"}
        await _read(post, gathering)
        if gathering.stale:
            gathering = await _wait_for_github(case, post, gathering.head_now)
        return await _conclude(case, post, gathering) if gathering is not None else {"conclusion": "superseded"}
    except Refused as refusal:
        await post.give_up(refusal)
        raise


async def _look(case: Case, post: Post) -> None:
    """Finds the check run that an earlier delivery has left; before the first of a pull request there is none."""
    if case.call.again or case.delivery.action != "opened" or not await case.call.alone():
        await post.look()


async def _read(post: Post, gathering: Gathering) -> None:
    if gathering.concerns_ci and not gathering.stale:
        await together(post.open(), gathering.read())


async def _wait_for_github(case: Case, post: Post, head: str) -> Gathering | None:
    """The pull request has another head by now, or GitHub has not computed its difference yet. None: it has gone on."""
    if case.delivery.attempt < STALE_ATTEMPTS and not await case.call.superseded(head):
        raise Later(STALE_SECONDS, "GitHub does not show this head yet, or no longer")
    state = await pull_request(case.line, post.pull.number)
    if state.head != post.pull.head:
        await post.withdraw()
        return None
    gathering = await Gathering.between(case.line, post.pull)  # GitHub may never compute it
    await _read(post, gathering)
    return gathering


async def _conclude(case: Case, post: Post, gathering: Gathering) -> Account:
    """Judges and posts, if it is worth it."""
    if not gathering.concerns_ci:
        await together(post.end("success", NOTHING), _close_all(case, gathering))
        return {"conclusion": "success", "files": 0, "findings": 0}
    try:
        verdict = await case.judge(gathering)
    except Overrun as overrun:
        await post.end("neutral", _too_much(case.delivery, overrun))
        return {"conclusion": "neutral", "reason": str(overrun)}
    if await case.call.superseded():
        await post.withdraw()
        return {"conclusion": "superseded"}
    await post.publish(verdict, case.seal if gathering.talks else None, state="" if gathering.open else "closed")
    return {"conclusion": verdict.check.conclusion, "files": verdict.files, "findings": verdict.findings}


async def _close_all(case: Case, gathering: Gathering) -> None:
    """Nothing is left of the pull request that could fail, but an earlier push may have been commented on."""
    if case.delivery.action == "opened" or not gathering.pull.number:
        return
    await gathering.look()
    if gathering.open and gathering.head_now == gathering.pull.head:
        threads = known(gathering.threads, case.seal)
        closings = plan(threads, Outcome(), Comments({}, case.rule_url), gathering.pull.head)
        await converse(case.line, gathering.pull, closings, case.seal)


def _too_much(delivery: Delivery, overrun: Overrun) -> Output:
    return Output(
        "The CI files are too much to analyse",
        f"{overrun} Very large or deeply nested files do that. This change was not checked.\n\n"
        f"Delivery `{delivery.guid}`",
    )
