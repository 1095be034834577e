"""Pushes all fixes as one commit, because someone pressed the check run's button.

It bears repetition. The commit is made on the reviewed head and on nothing else, so there can only be one; a second
click, and a second try after a crash, find it on the branch by its trailer.
"""

from __future__ import annotations

from ghapp.github import (
    MAY_WRITE,
    Commit,
    Line,
    NotCommitted,
    PullRequestState,
    Refused,
    commit,
    commit_files,
    grant,
    permission,
    permissions_for,
    pull_request,
    put_note,
)
from ghapp.inbox import Later, PullRequest
from ghapp.report import fixes as words
from ghapp.review.case import Account, Case
from ghapp.review.fixes import Fixes
from ghapp.review.gathering import Gathering, together
from ghapp.review.reviewing import STALE_ATTEMPTS, STALE_SECONDS
from ghapp.review.workbench import Overrun


class _No(Exception):  # noqa: N818 - an answer
    """Nothing is pushed. `str` of it: what the check run says of that, and why."""


async def fix(case: Case) -> Account:
    """Pushes the fixes, or says at the top of the check run's summary why not."""
    try:
        note = await _push(case)
    except _No as no:
        await put_note(case.line, case.delivery.run, str(no))
        return {"conclusion": "nothing pushed"}
    await put_note(case.line, case.delivery.run, note, actions=())
    return {"conclusion": "fixes pushed"}


async def excuse(line: Line, run: int, error: Exception) -> None:
    """Says in the check run that the fixes could not be pushed, for a reason that is none of the pull request's."""
    await put_note(line, run, words.not_pushed(words.UNANSWERED if isinstance(error, Later) else words.OURS))


async def _push(case: Case) -> str:
    access, (pull, state) = await together(permission(case.line, case.delivery.by), case.now())
    if access not in MAY_WRITE:
        raise _No(words.not_allowed(case.delivery.by))
    _check(case, state)
    if state.head != pull.head:
        return await _made_before(case, pull, state.head)
    fixes = await _fixes(case, pull)
    if not fixes.files:
        raise _No(words.nothing_to_push(fixes.left))
    allowed, needed = await grant(case.line), permissions_for(fixes.files)
    lacking = {each: level for each, level in needed.items() if allowed.permissions.get(each) != level}
    if lacking:
        raise _No(words.missing(lacking, allowed.address))
    try:
        made = await commit_files(
            case.line.asking(needed), state.head_ref, pull.head, words.message(pull.head, fixes.rules), fixes.files
        )
    except NotCommitted as no:
        return await _why_not(case, pull, no)
    except Refused as refusal:
        raise _No(words.refused(refusal.reason)) from None
    return words.pushed(made, case.line.address, len(fixes.rules), len(fixes.files), fixes.left)


def _check(case: Case, state: PullRequestState) -> None:
    """Whether there is a branch of the pull request that can be pushed to."""
    if not state.open:
        raise _No(words.not_pushed(words.CLOSED))
    if not state.head_repository:
        raise _No(words.not_pushed(words.GONE))
    if state.head_repository != case.delivery.repository:
        raise _No(words.not_pushed(words.FORK))


async def _fixes(case: Case, pull: PullRequest) -> Fixes:
    gathering = await Gathering.of(case.line, pull)
    gathering.fixing = True
    if not gathering.stale:
        await gathering.read()
    if gathering.stale:
        raise _stale(case)
    try:
        verdict = await case.judge(gathering)
    except Overrun as overrun:
        raise _No(words.not_pushed(words.TOO_MUCH)) from overrun
    return verdict.fixes or Fixes({}, (), 0)


async def _made_before(case: Case, pull: PullRequest, head: str) -> str:
    """The branch has another head: the fixes, if an earlier try or click has pushed them."""
    newest = await commit(case.line, head)
    if not _is_ours(newest, pull.head):
        raise _No(words.not_pushed(words.MOVED))
    return words.pushed(newest.sha, case.line.address)


def _is_ours(newest: Commit, head: str) -> bool:
    return newest.parents == (head,) and words.is_of(newest.message, head)


async def _why_not(case: Case, pull: PullRequest, no: NotCommitted) -> str:
    if no.gone:
        raise _No(words.not_pushed(words.GONE))
    if not no.moved:
        raise _No(words.refused(no.reason))
    state = await pull_request(case.line, pull.number)
    if state.head == pull.head:
        raise _stale(case)
    return await _made_before(case, pull, state.head)


def _stale(case: Case) -> Exception:
    """GitHub itself has not noticed yet which head the branch has."""
    if case.delivery.attempt < STALE_ATTEMPTS:
        return Later(STALE_SECONDS, "GitHub does not show this head yet, or no longer")
    return _No(words.not_pushed(words.MOVED))
