"""Does what people ask for in `/ghapp …` comments, if they may, and answers each of them once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import NamedTuple

from ghapp.agreements import Agreement
from ghapp.github import MAY_WRITE, permission
from ghapp.inbox import Command
from ghapp.pipeline.policy import PATH
from ghapp.report import replies
from ghapp.review.case import Account, Case
from ghapp.review.gathering import together
from ghapp.review.policies import lets_nobody_ignore
from ghapp.review.rerunning import anew
from ghapp.review.talk import ANSWERED, FAILED, TURNED_AWAY, Subject, Talk
from ghapp.rules import rule


class Answer(NamedTuple):
    """What is said; nothing where the check says it. `anew`: the pull request is to be reviewed once more."""

    text: str
    anew: bool = False


async def command(case: Case) -> Account:
    """What was asked for, its answer, and then, if it changes what is reported, a review in which it shows."""
    said = case.delivery.command
    if said is None:
        return {"conclusion": "nothing asked"}
    talk = _talk(case, said)
    access, answered = await together(permission(case.line, said.by), talk.answered(ANSWERED))
    if access not in MAY_WRITE:
        if not await talk.turned_away():
            await talk.answer(replies.turned_away(), TURNED_AWAY)
        return {"conclusion": "turned away", "access": access}
    if answered and not case.call.again:
        return {"conclusion": "answered before"}
    answer = Answer("", anew=said.verb in CHANGING) if answered else await _done(case, talk)
    if answer.text:
        await talk.answer(answer.text, ANSWERED)
    if answer.anew:
        return await _anew(case)
    return {"conclusion": "answered", "verb": said.verb}


async def apologise(case: Case) -> None:
    """Tells whoever gave a command that it came to nothing, for a reason of ours."""
    said = case.delivery.command
    if said is not None and await permission(case.line, said.by) in MAY_WRITE:
        talk = _talk(case, said)
        if not await talk.answered(ANSWERED, FAILED):
            await talk.answer(replies.failed(case.delivery.guid), FAILED)


def _talk(case: Case, said: Command) -> Talk:
    return Talk(case.line, case.delivery.pull.number, said, case.delivery.at, case.seal)


async def _done(case: Case, talk: Talk) -> Answer:
    """What the word asks for; of what is about a finding, if one is meant."""
    said = talk.said
    if said.verb == "review":
        return await _review(case)
    do = ABOUT_FINDINGS.get(said.verb)
    if do is None:
        return Answer(replies.unknown(said.verb))
    subject = await talk.subject()
    if subject is None:
        return Answer(replies.no_finding(said.verb, in_thread=bool(said.thread)))
    return await do(case, talk, subject)


async def _review(case: Case) -> Answer:
    _, state = await case.now()
    return Answer("", anew=True) if state.open else Answer(replies.closed())


async def _ignore(case: Case, talk: Talk, about: Subject) -> Answer:
    said, delivery = talk.said, case.delivery
    if not said.reason:
        return Answer(replies.without_reason())
    try:
        until = date.fromisoformat(said.until) if said.until else None
    except ValueError:
        return Answer(replies.no_such_day(said.until))
    if until is not None and until < datetime.now(UTC).date():
        return Answer(replies.day_is_over(until))
    shared = await case.line.telephone.shared.get(case.line, PATH)
    if await asyncio.to_thread(lets_nobody_ignore, shared.text, about.rule):
        return Answer(replies.locked(about.rule))
    agreement = Agreement(
        repository=delivery.repository,
        fingerprint="",
        rule=about.rule,
        path=about.path,
        name=delivery.name,
        pull=delivery.pull.number,
        reason=said.reason,
        by=said.by,
        at=delivery.received,
        until=until,
    )
    await case.agreements.put([replace(agreement, fingerprint=each) for each in about.fingerprints])
    return Answer(replies.ignored(about.rule, until, several=len(about.fingerprints) > 1), anew=True)


async def _unignore(case: Case, talk: Talk, about: Subject) -> Answer:
    dropped = await case.agreements.drop(case.delivery.repository, about.fingerprints)
    there_were = bool(dropped) or case.call.again  # an earlier try may have dropped them
    return Answer(replies.unignored(there_were=there_were), anew=there_were)


async def _explain(case: Case, talk: Talk, about: Subject) -> Answer:
    known = await asyncio.to_thread(rule, about.rule)  # the first time, it reads the whole catalogue
    if known is None:
        return Answer(replies.forgotten(about.rule))
    return Answer(replies.explained(known, f"{case.pages}/{known.id}"))


ABOUT_FINDINGS: Mapping[str, Callable[[Case, Talk, Subject], Awaitable[Answer]]] = {
    "ignore": _ignore,
    "unignore": _unignore,
    "explain": _explain,
}
CHANGING = ("ignore", "unignore", "review")


async def _anew(case: Case) -> Account:
    """At the head of now: what was pushed meanwhile is reviewed anyway, but perhaps without knowing of this."""
    pull, state = await case.now()
    if not state.open:
        return {"conclusion": "answered"}
    return await anew(case, replace(pull, head=state.head))
