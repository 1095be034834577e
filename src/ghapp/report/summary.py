"""The summary of the check run: a small table, and below it, folded, whatever else is worth knowing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ghapp.pipeline.engine import Ignored, Outcome
from ghapp.pipeline.ignores import Reason
from ghapp.pipeline.rule import Diagnostic, Severity
from ghapp.report.blocks import BLOCK_BYTES, fitted, folded_list, joined, listed
from ghapp.report.links import Link, linked
from ghapp.report.markdown import cell, code, prose, shortened
from ghapp.report.words import RuleUrl, counted, gravest_first

PLACES = 3
"""How many places of one rule its row of the table names. All of them stand in the details below."""
ROOM = 60_000
"""GitHub takes 65,535 characters; bytes are counted to be safe whatever it counts."""


def summary(outcome: Outcome, rule_url: RuleUrl, link: Link, sections: Sequence[str], delivery: str) -> str:
    """What counts, on top: the findings, the files that cannot be read, what the change hides; then the rest."""
    hushed = {id(each) for each in outcome.hushed}
    agreed = [each for each in outcome.ignored if each.reason.by]
    here = [each for each in outcome.hushed if not each.reason.by]
    before = [each for each in outcome.ignored if not each.reason.by and id(each) not in hushed]
    parts = [
        _findings(outcome, rule_url, link),
        listed(
            "These files cannot be read, so nothing in them was checked:",
            [f"- {code(f'{each.path}:{each.line}')}: {prose(each.message)}" for each in outcome.errors],
            "file",
        ),
        listed("This change ignores these findings:", [_ignored(each, link) for each in here], "finding"),
        listed("People agreed to ignore these findings:", [_ignored(each, link) for each in agreed], "finding"),
        *sections,
        _folded("from before this change", [_item(each, rule_url, link) for each in gravest_first(outcome.known)]),
        _folded("ignored as before", [_ignored(each, link) for each in before]),
        _folded("mended by this change", [f"- {code(each.path)}: {_rule(each, rule_url)}" for each in outcome.mended]),
        listed(
            "These rules failed, which is a mistake of ghapp, not yours; the others went on:",
            [f"- {code(each.rule)} on {code(each.path)}: {code(each.error)}" for each in outcome.crashes],
            "failure",
        ),
    ]
    end = footer(outcome, delivery)
    return joined((fitted([part for part in parts if part], ROOM, "\n\n", "section"), end))


def footer(outcome: Outcome, delivery: str) -> str:
    """What it took, and under which number to ask about it."""
    said = [f"{outcome.seconds:.2f} s"] if outcome.seconds else []
    if delivery:
        said.append(f"delivery {code(delivery[:100])}")
    return " · ".join(said)


def _findings(outcome: Outcome, rule_url: RuleUrl, link: Link) -> str:
    if outcome.new:
        return _table(gravest_first(outcome.new), rule_url, link)
    if outcome.errors:
        return ""
    if not outcome.files:
        return "This change touches no CI files, so there was nothing to check."
    return f"This change brings nothing that ghapp knows to fail ({counted(outcome.files, 'CI file')} read)."


def _table(new: Iterable[Diagnostic], rule_url: RuleUrl, link: Link) -> str:
    """One row for all that a rule finds."""
    grouped: dict[tuple[Severity, str], list[Diagnostic]] = {}
    for each in new:
        grouped.setdefault((each.severity, each.rule.id), []).append(each)
    rows = [
        f"| {severity.value} | [{cell(prose(found[0].rule.title))}]({rule_url(rule)}) | {cell(_places(found, link))} |"
        for (severity, rule), found in grouped.items()
    ]
    return "| Severity | What | Where |\n|---|---|---|\n" + fitted(rows, BLOCK_BYTES, "\n", "rule")


def _places(found: Sequence[Diagnostic], link: Link) -> str:
    said = ", ".join(linked(each.place, link) for each in found[:PLACES])
    more = len(found) - PLACES
    return f"{said} and {more:,} more" if more > 0 else said


def _folded(what: str, items: Sequence[str]) -> str:
    return folded_list(f"{counted(len(items), 'finding')} {what}", items, "finding")


def _item(each: Diagnostic, rule_url: RuleUrl, link: Link) -> str:
    return f"- {each.severity.value}: {linked(each.place, link)}: {_rule(each, rule_url)}"


def _rule(each: Diagnostic, rule_url: RuleUrl) -> str:
    return f"[{code(each.rule.id)}]({rule_url(each.rule.id)})"


def _ignored(each: Ignored, link: Link) -> str:
    """What is hidden is said openly, with who says so: whoever reads it has to agree."""
    diagnostic = each.diagnostic
    return (
        f"- {diagnostic.severity.value}: {linked(diagnostic.place, link)}: {code(diagnostic.rule.id)}: "
        f"{prose(shortened(each.reason.text, 500))} (says {_who(each.reason)})"
    )


def _who(reason: Reason) -> str:
    """The person, or the line where it is written; and how long it holds."""
    who = code(f"{reason.place.path}:{reason.place.line}" if reason.place is not None else reason.by)
    return who if reason.until is None else f"{who}, until {reason.until.isoformat()}"
