"""Reviews once more, because someone asked for it: GitHub waits for a new check run until one is there."""

from __future__ import annotations

from ghapp.github import CheckRun, PullRequestState, Refused, find_check_runs, pull_requests_with
from ghapp.inbox import Instead, PullRequest
from ghapp.report import NAME
from ghapp.review.case import Account, Case
from ghapp.review.gathering import Gathering
from ghapp.review.posting import Post
from ghapp.review.reviewing import examine


async def rerun(case: Case) -> Account:
    """What the check run was about, in a new one.

    A commit that is no longer its pull request's head is compared with the base by itself, and gets no comments.
    """
    asked, after = case.delivery.pull, case.delivery.run
    if not asked.base_ref:
        return await _find_out(case)
    if not asked.number:
        return await examine(case, Post(case.line, asked, after=after), Gathering.between)
    try:
        pull, state = await case.now()
    except Refused as refusal:
        await Post(case.line, asked, after=after).give_up(refusal)
        raise
    gather = Gathering.of if state.head == pull.head else Gathering.between
    return await examine(case, Post(case.line, pull, after=after), gather)


async def anew(case: Case, pull: PullRequest) -> Account:
    """Has the pull request reviewed once more, in its turn, and once however often this is repeated. Raises Instead."""
    raise _instead(case, [pull], await find_check_runs(case.line, pull.head, NAME))


async def _find_out(case: Case) -> Account:
    """What our check runs on the commit are about. GitHub names no pull request where it comes from a fork."""
    head = case.delivery.pull.head
    runs = await find_check_runs(case.line, head, NAME)
    abouts = [about for run in runs if (about := PullRequest.about(run.external_id, head)) is not None]
    found = {about.number: about for about in reversed(abouts)}  # the newest: the base may have changed since
    if not found:
        states = await pull_requests_with(case.line, head)
        found = {each.number: _named(each) for each in states if each.open and each.head == head}
    if not found:
        return {"conclusion": "nothing to review"}
    raise _instead(case, list(found.values()), runs)


def _instead(case: Case, pulls: list[PullRequest], runs: list[CheckRun]) -> Instead:
    after = max((run.id for run in runs), default=0)
    return Instead([case.delivery.rerun(pull, after) for pull in pulls])


def _named(state: PullRequestState) -> PullRequest:
    return PullRequest(number=state.number, head=state.head, base=state.base, base_ref=state.base_ref, changed_files=0)
