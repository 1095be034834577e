"""The check run: what a pull request's people read first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from ghapp.pipeline.engine import Outcome
from ghapp.pipeline.rule import Confidence, Diagnostic, Severity
from ghapp.pipeline.source import BrokenFile
from ghapp.report.annotations import Annotation, annotations_of
from ghapp.report.markdown import cell, code, fenced, html_code, html_line, prose, shortened
from ghapp.report.suggestions import evidence_item
from ghapp.report.words import Read, broken, by_severity, counted, diff, gravest_first, no_source

NAME = "ghapp"
"""The check's name: what a ruleset requires. Never change it."""
OUTPUT_BYTES = 65_000
"""GitHub takes 65,535 characters of summary and as many of text; bytes are counted to be safe whatever it counts."""
BLOCK_BYTES = 16_000
"""The most that one finding, or one list of the summary, may take of it."""

RuleUrl = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class CheckRun:
    """A completed check run in GitHub's words. `summary` and `text` are Markdown; a request takes 50 annotations."""

    name: str
    title: str
    summary: str
    text: str
    conclusion: str  # failure | neutral | success | action_required
    annotations: tuple[Annotation, ...]


def check_run(
    outcome: Outcome,
    *,
    rule_url: RuleUrl,
    delivery: str = "",
    read: Read = no_source,
    suggested: Collection[str] = (),
) -> CheckRun:
    """What the check says. `rule_url`: a rule's id → the address of its page. `read`: texts at head, for the diffs.

    `suggested`: the fingerprints that have a suggestion on the pull request, so that its text is not said twice.
    """
    new = gravest_first(outcome.new)
    details = [_detail(each, rule_url, read, suggested=each.fingerprint in suggested) for each in new]
    return CheckRun(
        name=NAME,
        title=title(outcome),
        summary=_summary(outcome, new, rule_url, delivery),
        text=_fitted(details, OUTPUT_BYTES, "\n\n", "finding"),
        conclusion=conclusion(outcome),
        annotations=annotations_of(outcome, rule_url),
    )


def broken_policy(mistakes: Iterable[BrokenFile], delivery: str = "") -> CheckRun:
    """What the check says when the base branch's policy cannot be followed, so that nothing was checked."""
    items = [f"- {code(f'{each.path}:{each.line}:{each.column}')}: {prose(each.message)}" for each in mistakes]
    parts = (
        _listed("The policy on the base branch cannot be followed, so this change was not checked:", items, "mistake"),
        "A pull request that mends it is checked as if there were no policy.",
        _footer(Outcome(), delivery),
    )
    summary = "\n\n".join(part for part in parts if part)
    return CheckRun(NAME, "The policy cannot be followed", summary, "", "action_required", ())


def title(outcome: Outcome) -> str:
    """All of it at a glance: `1 broken file, 2 failures, 1 warning in 3 CI files`."""
    said = [counted(broken(outcome), "broken file")] if outcome.errors else []
    if outcome.new:
        said.append(by_severity(outcome.new))
    if said:
        return ", ".join(said) + (f" in {counted(outcome.files, 'CI file')}" if outcome.files else "")
    return "No new findings" if outcome.files else "No CI files changed"


def conclusion(outcome: Outcome) -> str:
    """`failure` blocks a merge where the check is required; `neutral` speaks up without blocking."""
    if outcome.errors or any(each.severity is Severity.FAILURE for each in outcome.new):
        return "failure"
    return "neutral" if outcome.new or outcome.crashes else "success"


def _summary(outcome: Outcome, new: Sequence[Diagnostic], rule_url: RuleUrl, delivery: str) -> str:
    parts = [
        _table(new, rule_url) if new else "" if outcome.errors else _nothing(outcome),
        _listed(
            "These files cannot be read, so nothing in them was checked:",
            [f"- {code(f'{each.path}:{each.line}')}: {prose(each.message)}" for each in outcome.errors],
            "file",
        ),
        _ignored(outcome),
        _known(outcome.known),
        f"{counted(len(outcome.mended), 'finding')} mended by this change." if outcome.mended else "",
        _listed(
            "These rules failed, which is a mistake of ghapp, not yours; the others went on:",
            [f"- {code(each.rule)} on {code(each.path)}: {code(each.error)}" for each in outcome.crashes],
            "failure",
        ),
        _footer(outcome, delivery),
    ]
    return "\n\n".join(part for part in parts if part)


def _nothing(outcome: Outcome) -> str:
    if not outcome.files:
        return "This change touches no CI files, so there was nothing to check."
    return f"This change brings nothing that ghapp knows to fail ({counted(outcome.files, 'CI file')} read)."


def _table(new: Iterable[Diagnostic], rule_url: RuleUrl) -> str:
    rows = [
        f"| {each.severity.value} | {cell(_where(each))} | [{cell(prose(each.rule.title))}]({rule_url(each.rule.id)}) |"
        for each in new
    ]
    return "| Severity | Where | What |\n|---|---|---|\n" + _fitted(rows, BLOCK_BYTES, "\n", "finding")


def _where(diagnostic: Diagnostic) -> str:
    return code(f"{diagnostic.path}:{diagnostic.place.line}")


def _known(known: Sequence[Diagnostic]) -> str:
    """What was there before: one folded line."""
    if not known:
        return ""
    items = [f"- {each.severity.value}: {_where(each)}: {code(each.rule.id)}" for each in gravest_first(known)]
    were = "was" if len(known) == 1 else "were"
    return _folded(
        f"{counted(len(known), 'finding')} {were} there before this change",
        _fitted(items, BLOCK_BYTES, "\n", "finding"),
    )


def _ignored(outcome: Outcome) -> str:
    """What a change hides is said openly: whoever reads it has to agree."""
    items = [
        f"- {each.diagnostic.severity.value}: {_where(each.diagnostic)}: {code(each.diagnostic.rule.id)}: "
        f"{prose(shortened(each.reason.text, 500))}"
        for each in outcome.hushed
    ]
    before = len(outcome.ignored) - len(outcome.hushed)
    more = f"{counted(before, 'finding')} {'is' if before == 1 else 'are'} ignored as before." if before > 0 else ""
    said = _listed("This change ignores these findings:", items, "finding")
    return "\n\n".join(part for part in (said, more) if part)


def _listed(heading: str, items: Sequence[str], noun: str) -> str:
    return f"{heading}\n\n{_fitted(items, BLOCK_BYTES, chr(10), noun)}" if items else ""


def _footer(outcome: Outcome, delivery: str) -> str:
    said = [f"{outcome.seconds:.2f} s"] if outcome.seconds else []
    if delivery:
        said.append(f"delivery {code(delivery[:100])}")
    return " · ".join(said)


def _detail(diagnostic: Diagnostic, rule_url: RuleUrl, read: Read, *, suggested: bool) -> str:
    finding = diagnostic.finding
    said = [prose(finding.message)]
    if finding.evidence:
        said.append("\n".join(map(evidence_item, finding.evidence)))
    if finding.confidence is Confidence.LOW:
        said.append("Not sure: the evidence is thin, so this is said here only.")
    said += _advice(diagnostic, read, suggested=suggested)
    said.append(f"[Why, and what to do: {code(diagnostic.rule.id)}]({rule_url(diagnostic.rule.id)})")
    where = html_code(f"{diagnostic.path}:{diagnostic.place.line}")
    heading = f"<b>{diagnostic.severity.value}</b> {where} {html_line(diagnostic.rule.title)}"
    return _folded(heading, _fitted(said, BLOCK_BYTES, "\n\n", "part"))


def _advice(diagnostic: Diagnostic, read: Read, *, suggested: bool) -> list[str]:
    edit = diagnostic.edit
    if edit is None:
        return []
    if suggested:
        return ["A suggestion on the pull request mends it."]
    lines = f"line {edit.first}" if edit.first == edit.last else f"lines {edit.first} to {edit.last}"
    sure = "This mends it" if diagnostic.proven else "This may mend it; try it before you trust it"
    return [f"{sure} ({lines} of {code(edit.path)}):", fenced("\n".join(diff(edit, read)), "diff")]


def _folded(heading: str, body: str) -> str:
    return f"<details><summary>{heading}</summary>\n\n{body}\n\n</details>"


def _fitted(blocks: Sequence[str], limit: int, between: str, noun: str) -> str:
    """As many blocks as fit, whole, and a word on how many do not."""
    room = limit - 100  # for that word
    for shown, block in enumerate(blocks):
        room -= len(block.encode()) + len(between)
        if room < 0:
            left = counted(len(blocks) - shown, f"more {noun}")
            return between.join([*blocks[:shown], "", f"{left} did not fit here."]).strip()
    return between.join(blocks)
