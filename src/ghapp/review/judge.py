"""Judges a snapshot: what the change brought, and how to say it. Pure; runs in a process of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from ghapp.pipeline.effect import effect
from ghapp.pipeline.engine import Analysis, Outcome, analyse, compare
from ghapp.pipeline.ignores import Agreed
from ghapp.pipeline.kinds import platform_of
from ghapp.pipeline.policy import PATH, BrokenPolicy, Policy
from ghapp.pipeline.rule import Platform
from ghapp.pipeline.tree import Tree
from ghapp.report import (
    CheckRun,
    Comments,
    Patch,
    broken_policy,
    check_run,
    effect_section,
    links_below,
    links_to,
    pictures,
    policy_section,
)
from ghapp.review.fixes import Fixes, fixes_of
from ghapp.review.policies import Policies, policies
from ghapp.review.snapshot import Side, Snapshot
from ghapp.review.threads import Plan, plan
from ghapp.rules import catalogue


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to post. `plan`: what becomes of our threads. `plain`: the check run's text if they cannot be posted.
    `fixes`: if they were asked for.

    `wanted_head`, `wanted_base`: paths whose texts the analysis lacked; with them, it might say more.
    """

    check: CheckRun
    plain: str
    plan: Plan
    files: int
    findings: int
    wanted_head: frozenset[str]
    wanted_base: frozenset[str]
    fixes: Fixes | None = None


def judge(snapshot: Snapshot, pages: str, delivery: str) -> Verdict:
    """The verdict on a pull request. `pages`: the address below which every rule has its page."""
    began = time.perf_counter()
    try:
        asked = policies(snapshot)
    except BrokenPolicy as broken:
        return _unjudged(broken, delivery)
    said = _analysed(snapshot, asked)
    outcome = _narrowed(compare(said.head, said.base, renames=snapshot.renames), snapshot, said.base)
    outcome = replace(outcome, errors=(*outcome.errors, *asked.mistakes), seconds=time.perf_counter() - began)

    def rule_url(rule: str) -> str:
        return f"{pages}/{rule}"

    say = partial(
        check_run,
        outcome,
        rule_url=rule_url,
        delivery=delivery,
        read=said.tree.source,
        link=links_below(snapshot.files_at),
        pictures=pictures(outcome.new, said.head.pipelines),
        sections=_sections(snapshot, asked.now, said, rule_url),
        fails_on=asked.now.fails_on,
    )
    comments = Comments(
        {path: Patch.parse(patch) for path, patch in snapshot.patches.items()},
        rule_url,
        links_below(snapshot.files_at),
        said.tree.source,
        asked.now.comments,
    )
    verdict = _worded(outcome, plan(snapshot.threads, outcome, comments, snapshot.commit), say, said)
    if snapshot.fixable is None:
        return verdict
    return replace(verdict, fixes=_fixes(snapshot, asked.now, said, outcome))


def _fixes(snapshot: Snapshot, policy: Policy, said: _Analyses, found: Outcome) -> Fixes:
    ask, files = _asking(snapshot), ci_files(snapshot.head, snapshot.changed)

    def examine(tree: Tree) -> Outcome:
        head = ask(tree, files, policy=policy)
        return _narrowed(compare(head, said.base, renames=snapshot.renames), snapshot, said.base)

    return fixes_of(snapshot, said.tree, found, examine)


@dataclass(frozen=True, slots=True)
class _Analyses:
    """Head and base by the policy that counts; head by the one that the change proposes; and head's files."""

    head: Analysis
    base: Analysis
    proposed: Analysis | None
    tree: Tree


def _analysed(snapshot: Snapshot, asked: Policies) -> _Analyses:
    tree, files = snapshot.head.tree(), ci_files(snapshot.head, snapshot.changed)
    ask = _asking(snapshot)
    return _Analyses(
        ask(tree, files, policy=asked.now),
        ask(snapshot.base.tree(), ci_files(snapshot.base, snapshot.changed), policy=asked.now, prove=False),
        None if asked.proposed is None else ask(tree, files, policy=asked.proposed, prove=False),
        tree,
    )


def _asking(snapshot: Snapshot) -> Callable[..., Analysis]:
    return partial(analyse, rules=catalogue(), today=snapshot.today, agreed=Agreed(snapshot.agreed, snapshot.renames))


def _sections(snapshot: Snapshot, policy: Policy, said: _Analyses, rule_url: Callable[[str], str]) -> list[str]:
    above = snapshot.organisation
    change = None if said.proposed is None else effect(said.head, said.proposed)
    return [
        effect_section(change, rule_url, links_below(snapshot.files_at)),
        policy_section(policy, links_to({PATH: snapshot.policy_at, above.path: above.at}), whole=above.read),
    ]


def _unjudged(broken: BrokenPolicy, delivery: str) -> Verdict:
    check = broken_policy(broken.mistakes, delivery)
    nothing = frozenset[str]()
    return Verdict(check, "", Plan(), files=0, findings=0, wanted_head=nothing, wanted_base=nothing)


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


def _worded(outcome: Outcome, planned: Plan, say: Callable[..., CheckRun], said: _Analyses) -> Verdict:
    plain = say()
    return Verdict(
        check=say(commented=planned.commented) if planned.commented else plain,
        plain=plain.text,
        plan=planned,
        files=outcome.files,
        findings=len(outcome.new),
        wanted_head=(said.proposed or said.head).wanted,  # of the same tree, which remembers
        wanted_base=said.base.wanted,
    )
