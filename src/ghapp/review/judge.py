"""Judges a snapshot: what the change brought, and how to say it. Pure; runs in a process of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from ghapp.pipeline.engine import Analysis, FileError, Outcome, analyse, compare
from ghapp.pipeline.kinds import platform_of
from ghapp.pipeline.policy import PATH, BrokenPolicy, Policy, read_policy
from ghapp.pipeline.rule import Platform
from ghapp.pipeline.source import BrokenFile, Source
from ghapp.pipeline.tree import Tree
from ghapp.report import CheckRun, Patch, ReviewComment, broken_policy, check_run, links_below, pictures, suggestions
from ghapp.review.snapshot import Side, Snapshot
from ghapp.rules import catalogue


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to post. `plain`: the check run's text if the comments cannot be posted.

    `wanted_head`, `wanted_base`: paths whose texts the analysis lacked; with them, it might say more.
    """

    check: CheckRun
    plain: str
    comments: tuple[ReviewComment, ...]
    files: int
    findings: int
    wanted_head: frozenset[str]
    wanted_base: frozenset[str]


def judge(snapshot: Snapshot, pages: str, delivery: str) -> Verdict:
    """The verdict on a pull request. `pages`: the address below which every rule has its page."""
    began = time.perf_counter()
    proposed = _proposed_mistakes(snapshot)
    try:
        policy = _policy(snapshot.policy)
    except BrokenPolicy as broken:
        if proposed != ():
            return _unjudged(broken, delivery)
        policy = Policy()  # or nobody could mend it
    head, base, head_tree = _analysed(snapshot, policy)
    outcome = _narrowed(compare(head, base, renames=snapshot.renames), snapshot, base)
    outcome = replace(outcome, errors=(*outcome.errors, *(proposed or ())), seconds=time.perf_counter() - began)
    say = partial(
        check_run,
        outcome,
        rule_url=lambda rule: f"{pages}/{rule}",
        delivery=delivery,
        read=head_tree.source,
        link=links_below(snapshot.files_at),
        pictures=pictures(outcome.new, head.pipelines),
        fails_on=policy.fails_on,
    )
    return _worded(snapshot, outcome, lambda rule: f"{pages}/{rule}", say, (head, base))


def _policy(data: bytes | None) -> Policy:
    """The policy that the bytes say. Raises BrokenPolicy."""
    try:
        source = Source.decode(PATH, data or b"")
    except BrokenFile as error:
        raise BrokenPolicy([error]) from None
    return read_policy(source, [rule.id for rule in catalogue()])


def _proposed_mistakes(snapshot: Snapshot) -> tuple[FileError, ...] | None:
    """What is wrong with the policy that the change brings; None when it brings none. It counts only once merged."""
    if PATH not in snapshot.changed:
        return None
    try:
        _policy(snapshot.head.texts.get(PATH))
    except BrokenPolicy as broken:
        return tuple(FileError(each.path, each.line, each.column, each.message) for each in broken.mistakes)
    return ()


def _analysed(snapshot: Snapshot, policy: Policy) -> tuple[Analysis, Analysis, Tree]:
    """Head and base by the same policy, and head's files."""
    head_tree, base_tree = snapshot.head.tree(), snapshot.base.tree()
    ask = partial(analyse, rules=catalogue(), policy=policy, today=snapshot.today, agreed=snapshot.agreed)
    head = ask(head_tree, ci_files(snapshot.head, snapshot.changed))
    base = ask(base_tree, ci_files(snapshot.base, snapshot.changed), prove=False)
    return head, base, head_tree


def _unjudged(broken: BrokenPolicy, delivery: str) -> Verdict:
    check = broken_policy(broken.mistakes, delivery)
    nothing = frozenset[str]()
    return Verdict(check, "", (), files=0, findings=0, wanted_head=nothing, wanted_base=nothing)


def ci_files(side: Side, changed: frozenset[str]) -> list[str]:
    """What to analyse: every pipeline, so that what they call is seen through them, and of the rest what changed."""
    callers = (Platform.ACTIONS, Platform.CIRCLECI)
    at_hand = sorted({*side.texts, *side.sizes})
    return [path for path in at_hand if platform_of(path) in callers or path in changed]


def _narrowed(outcome: Outcome, snapshot: Snapshot, base: Analysis) -> Outcome:
    """Only what concerns the change: what stands in files that it does not touch was not asked about."""
    changed = snapshot.changed
    before = {(each.path, each.message) for each in base.errors}
    hushed = {id(each) for each in outcome.hushed}
    before_too = (each for each in outcome.ignored if id(each) not in hushed)
    read = {*snapshot.head.texts, *snapshot.head.sizes, *snapshot.base.texts}
    return replace(
        outcome,
        known=tuple(each for each in outcome.known if each.path in changed),
        ignored=(*outcome.hushed, *(each for each in before_too if each.diagnostic.path in changed)),
        errors=tuple(
            each for each in outcome.errors if each.path in changed or (each.path, each.message) not in before
        ),
        files=len(changed & read),
    )


def _worded(
    snapshot: Snapshot,
    outcome: Outcome,
    rule_url: Callable[[str], str],
    say: Callable[..., CheckRun],
    analyses: tuple[Analysis, Analysis],
) -> Verdict:
    patches = {path: Patch.parse(patch) for path, patch in snapshot.patches.items()}
    comments = suggestions(outcome, patches, rule_url=rule_url)
    plain = say()
    commented = frozenset(each.fingerprint for each in comments)
    return Verdict(
        check=say(commented=commented) if commented else plain,
        plain=plain.text,
        comments=comments,
        files=outcome.files,
        findings=len(outcome.new),
        wanted_head=analyses[0].wanted,
        wanted_base=analyses[1].wanted,
    )
