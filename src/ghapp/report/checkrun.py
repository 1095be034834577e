"""The check run: what a pull request's people read first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ghapp.pipeline.engine import Outcome
from ghapp.pipeline.rule import Severity
from ghapp.report.annotations import Annotation, annotations_of
from ghapp.report.details import details
from ghapp.report.links import Link, no_link
from ghapp.report.markdown import one_line
from ghapp.report.summary import summary
from ghapp.report.words import Read, RuleUrl, broken, by_severity, counted, no_source

NAME = "ghapp"
"""The check's name: what a ruleset requires. Never change it."""
TITLE_CHARACTERS = 120
"""GitHub sets no limit; lists of checks show about so much."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button of a check run: GitHub takes 20, 40 and 20 characters, and calls it an action."""

    label: str
    description: str
    identifier: str


@dataclass(frozen=True, slots=True)
class CheckRun:
    """A completed check run in GitHub's words. `summary` and `text` are Markdown; a request takes 50 annotations."""

    name: str
    title: str
    summary: str
    text: str
    conclusion: str  # failure | neutral | success | action_required
    annotations: tuple[Annotation, ...]
    buttons: tuple[Button, ...] = ()


def check_run(
    outcome: Outcome,
    *,
    rule_url: RuleUrl,
    delivery: str = "",
    read: Read = no_source,
    link: Link = no_link,
    commented: Collection[str] = (),
    sections: Sequence[str] = (),
    pictures: Sequence[str] = (),
    fails_on: Severity | None = Severity.FAILURE,
) -> CheckRun:
    """What the check says. `rule_url`: a rule's id → the address of its page. `read`: texts at head, for the diffs.

    `link`: a place → where it can be seen. `commented`: the fingerprints that a comment on the pull request is about,
    so that its diff is not said twice. `pictures`, `sections`: Markdown that the summary holds, too, below the
    findings and above what is folded. `fails_on`: from which severity on the check fails; None: never.
    """
    return CheckRun(
        name=NAME,
        title=title(outcome),
        summary=summary(outcome, rule_url, link, [*pictures, *sections], delivery),
        text=details(outcome, rule_url, read, link, commented),
        conclusion=conclusion(outcome, fails_on),
        annotations=annotations_of(outcome, rule_url),
        buttons=_buttons(outcome),
    )


def _buttons(outcome: Outcome) -> tuple[Button, ...]:
    """The one that pushes all fixes, where there are any. `web.payload` knows its identifier, too."""
    count = sum(each.mend is not None for each in outcome.new)
    return (
        (Button("Apply all fixes", f"Pushes a commit with {counted(count, 'fix', 'fixes')}", "fix"),) if count else ()
    )


def title(outcome: Outcome) -> str:
    """All of it at a glance: `1 broken file, 2 failures, 1 warning in 3 CI files`; what it is, if it is one thing."""
    said = [counted(broken(outcome), "broken file")] if outcome.errors else []
    said += [by_severity(outcome.new)] if outcome.new else []
    if said:
        where = f" in {counted(outcome.files, 'CI file')}" if outcome.files else ""
        return _short(", ".join(said) + where + _theme(outcome))
    if not outcome.files:
        return "No CI files changed"
    more = [f"{len(outcome.mended):,} mended"] if outcome.mended else []
    more += [f"{len(outcome.hushed):,} ignored"] if outcome.hushed else []
    return ", ".join(["No new findings", *more])


def _theme(outcome: Outcome) -> str:
    """What all new findings are about, where they are all of one rule. A title is plain text."""
    titles = {each.rule.title for each in outcome.new}
    return "" if outcome.errors or len(titles) > 1 else f": {one_line(titles.pop()).replace('`', '')}"


def _short(said: str) -> str:
    return said if len(said) <= TITLE_CHARACTERS else f"{said[: TITLE_CHARACTERS - 1].rstrip()}…"


def conclusion(outcome: Outcome, fails_on: Severity | None = Severity.FAILURE) -> str:
    """`failure` blocks a merge where the check is required; `neutral` speaks up without blocking."""
    gravest = min((each.severity.rank for each in outcome.new), default=len(Severity))
    if fails_on is not None and (outcome.errors or gravest <= fails_on.rank):
        return "failure"
    return "neutral" if outcome.new or outcome.errors or outcome.crashes else "success"
