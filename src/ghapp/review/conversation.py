"""Carries out a plan: one review with what is new, and one request for whatever becomes of our threads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ghapp.github import RESOLVING, Change, Line, Refused, change_threads, review
from ghapp.inbox import PullRequest
from ghapp.review.gathering import together
from ghapp.review.markers import Mark, Seal
from ghapp.review.threads import New, Plan


async def converse(line: Line, pull: PullRequest, plan: Plan, seal: Seal) -> bool:
    """Gives whether GitHub refused the new comments. Bears repetition, with a plan made anew of what stands there."""
    said, _ = await together(_say(line, pull, plan, seal), _amend(line, plan, seal))
    return not said


async def _say(line: Line, pull: PullRequest, plan: Plan, seal: Seal) -> bool:
    """A review is all or nothing."""
    if plan.new:
        try:
            await review(line, pull.number, pull.head, [_comment(each, seal) for each in plan.new])
        except Refused as refusal:
            if refusal.status not in (403, 422):
                raise
            return False
    return True


async def _amend(line: Line, plan: Plan, seal: Seal) -> None:
    """Resolves what is to be closed, where the installation lets us; else says so in the comment and hides it."""
    if not plan.closings and not any(each.thread.resolved for each in plan.reopenings):
        await change_threads(line, [*_open(plan, seal)])
        return
    try:
        refused = await change_threads(line.asking(RESOLVING), [*_open(plan, seal), *_resolve(plan, seal)])
    except Refused:  # the installation does not grant it
        await change_threads(line, [*_open(plan, seal, may_resolve=False), *_hide(plan, seal)])
        return
    unresolved = {each.id for each in refused if each.kind == "resolve"}
    await change_threads(line, [*_hide(plan, seal, unresolved)] if unresolved else [])


def _open(plan: Plan, seal: Seal, *, may_resolve: bool = True) -> Iterator[Change]:
    """What the threads say that are open, or become so."""
    for each in (*plan.edits, *plan.reopenings):
        yield Change("edit", each.thread.comment, _signed(each.body, each.mark, seal))
    for each in plan.reopenings:
        if each.thread.hidden:
            yield Change("show", each.thread.comment)
        if each.thread.resolved and may_resolve:
            yield Change("unresolve", each.thread.id)


def _resolve(plan: Plan, seal: Seal) -> Iterator[Change]:
    """The marker last: where this breaks off, a closing is not taken for done."""
    for each in plan.closings:
        if not each.thread.resolved:
            yield Change("resolve", each.thread.id)
    for each in plan.closings:
        yield Change("edit", each.thread.comment, _signed(each.thread.text, each.mark, seal))


def _hide(plan: Plan, seal: Seal, only: set[str] | None = None) -> Iterator[Change]:
    """The text first: what is hidden with its old marker would be taken for hidden by people."""
    for each in plan.closings:
        if only is None or each.thread.id in only:
            yield Change("edit", each.thread.comment, _signed(each.body, each.mark, seal))
            yield Change("hide", each.thread.comment)


def _comment(new: New, seal: Seal) -> dict[str, Any]:
    spot = new.spot
    said: dict[str, Any] = {"path": spot.path, "line": spot.last, "side": "RIGHT"}
    if spot.first < spot.last:
        said |= {"start_line": spot.first, "start_side": "RIGHT"}
    return {**said, "body": _signed(new.body, new.mark, seal)}


def _signed(text: str, mark: Mark, seal: Seal) -> str:
    return f"{text}\n\n{seal.marker(mark)}"
