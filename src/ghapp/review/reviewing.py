"""Reviews a pull request, and a group of the merge queue: from what GitHub told to what is posted."""

from __future__ import annotations

from ghapp.github import Output
from ghapp.inbox import Delivery, Later
from ghapp.review.case import Account, Case
from ghapp.review.gathering import Gathering, together
from ghapp.review.posting import NOTHING, Post
from ghapp.review.workbench import Overrun

STALE_SECONDS = 3.0  # what GitHub computes after a push may lag behind it
STALE_ATTEMPTS = 3


async def review(case: Case) -> Account:
    """The pull request as the delivery tells of it, unless it has gone on by now."""
    call, pull = case.call, case.delivery.pull
    post = Post(case.line, pull)
    if await call.superseded():
        if call.again:
            await post.look()
            await post.withdraw()
        return {"conclusion": "superseded"}
    _, gathering = await together(post.look(), Gathering.of(case.line, pull))
    if post.judged and not call.again:
        return {"conclusion": "judged before"}
    return await conclude(case, post, gathering)


async def conclude(case: Case, post: Post, gathering: Gathering) -> Account:
    """Reads on, judges and posts, if it is worth it."""
    if gathering.concerns_ci and not gathering.stale:
        await together(post.open(), gathering.read())
    if gathering.stale:
        return await _wait_for_github(case, post, gathering.head_now)
    if not gathering.concerns_ci:
        await post.end("success", NOTHING)
        return {"conclusion": "success", "files": 0, "findings": 0}
    try:
        verdict = await case.judge(gathering)
    except Overrun as overrun:
        await post.end("neutral", _too_much(case.delivery, overrun))
        return {"conclusion": "neutral", "reason": str(overrun)}
    if await case.call.superseded():
        await post.withdraw()
        return {"conclusion": "superseded"}
    await post.publish(verdict, gathering.own)
    return {"conclusion": verdict.check.conclusion, "files": verdict.files, "findings": verdict.findings}


async def _wait_for_github(case: Case, post: Post, head: str) -> Account:
    """The pull request has another head by now, or GitHub has not computed its difference yet."""
    if case.delivery.attempt < STALE_ATTEMPTS and not await case.call.superseded(head):
        raise Later(STALE_SECONDS, "GitHub does not show this head yet, or no longer")
    await post.withdraw()
    return {"conclusion": "superseded"}


def _too_much(delivery: Delivery, overrun: Overrun) -> Output:
    return Output(
        "The CI files are too much to analyse",
        f"{overrun} Very large or deeply nested files do that. This change was not checked.\n\n"
        f"Delivery `{delivery.guid}`",
    )
