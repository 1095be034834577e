"""What the check says of policies: which file decided, what was said in vain, and what a change of them does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from ghapp.pipeline.effect import Effect
from ghapp.pipeline.engine import Outcome
from ghapp.pipeline.policy import PATH, Overruled, Policy
from ghapp.pipeline.rule import Diagnostic
from ghapp.pipeline.source import BrokenFile
from ghapp.report.blocks import folded_list, joined, listed
from ghapp.report.checkrun import NAME, CheckRun
from ghapp.report.links import Link, linked
from ghapp.report.markdown import code, html_code, prose
from ghapp.report.summary import footer
from ghapp.report.words import RuleUrl, counted, gravest_first


def policy_section(policy: Policy, link: Link, *, whole: bool = True) -> str:
    """Which file decided what, and what a repository says in vain. `whole`: the organisation's policy could be read."""
    missing = "The organisation's policy could not be read just now: this was checked without it."
    vain = "The repository's policy says this in vain, for the organisation has locked it:"
    return joined(
        (
            "" if whole else missing,
            listed(vain, [_overruled(each, link) for each in policy.overruled], "setting"),
            _decided(policy, link),
        )
    )


def _decided(policy: Policy, link: Link) -> str:
    decided = policy.decided()
    files = Counter(place.path for place in decided.values())
    said = ", ".join(f"{counted(count, 'setting')} by {html_code(path)}" for path, count in files.items())
    items = [
        f"- {code(key)}: {linked(place, link)}{' (locked)' if policy.has_locked(key) else ''}"
        for key, place in decided.items()
    ]
    return folded_list(f"Policy: {said}", items, "setting")


def _overruled(each: Overruled, link: Link) -> str:
    where = f"- {code(each.key)} in {linked(each.place, link)}"
    if each.key == "locked":
        return f"{where}: only an organisation locks, in its repository {code('.github')}"
    return f"{where}: locked in {linked(each.by, link)}" if each.by is not None else where


def effect_section(effect: Effect | None, rule_url: RuleUrl, link: Link) -> str:
    """What the policy that a change proposes would alter; nothing when it proposes none."""
    if effect is None:
        return ""
    counts = "This change alters the policy. It is measured by the one before; the new one counts once it is merged"
    if effect == Effect():
        return f"{counts}, and finds the same in this repository."
    return joined(
        (
            f"{counts}, and then:",
            _folded("would appear", effect.appear, rule_url, link),
            _folded("would vanish", effect.vanish, rule_url, link),
            folded_list(
                f"{counted(len(effect.shift), 'finding')} would weigh differently",
                [
                    f"- {before.severity.value}, then {_item(after, rule_url, link)}"
                    for before, after in sorted(effect.shift, key=lambda pair: (pair[1].severity.rank, pair[1].place))
                ],
                "finding",
            ),
        )
    )


def _folded(what: str, found: tuple[Diagnostic, ...], rule_url: RuleUrl, link: Link) -> str:
    items = [f"- {_item(each, rule_url, link)}" for each in gravest_first(found)]
    return folded_list(f"{counted(len(found), 'finding')} {what}", items, "finding")


def _item(each: Diagnostic, rule_url: RuleUrl, link: Link) -> str:
    return f"{each.severity.value}: {linked(each.place, link)}: [{code(each.rule.id)}]({rule_url(each.rule.id)})"


def broken_policy(mistakes: Iterable[BrokenFile], delivery: str = "") -> CheckRun:
    """What the check says when a policy that counts cannot be followed, so that nothing was checked."""
    wrong = tuple(mistakes)
    items = [f"- {code(f'{each.path}:{each.line}:{each.column}')}: {prose(each.message)}" for each in wrong]
    said = joined(
        (
            listed("The policy cannot be followed, so this change was not checked:", items, "mistake"),
            *_way_out(wrong),
            footer(Outcome(), delivery),
        )
    )
    return CheckRun(NAME, "The policy cannot be followed", said, "", "action_required", ())


def _way_out(wrong: tuple[BrokenFile, ...]) -> Iterator[str]:
    for path in dict.fromkeys(each.path for each in wrong):
        repository, _, file = path.rpartition(":")
        if path == PATH:
            yield (
                f"{code(path)} counts as it stands on the base branch. A pull request that mends it is checked as if "
                "it said nothing."
            )
        else:
            yield (
                f"{code(file)} in the repository {code(repository)} is the policy of all repositories of its owner. "
                "Once it is mended there, have this check run again."
            )
