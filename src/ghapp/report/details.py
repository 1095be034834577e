"""The details of the check run: every new finding, folded, with the change that mends it."""

from __future__ import annotations

from collections.abc import Collection

from ghapp.pipeline.engine import Outcome
from ghapp.pipeline.rule import Confidence, Diagnostic
from ghapp.report.blocks import BLOCK_BYTES, fitted, folded
from ghapp.report.comments import advice, evidence_item
from ghapp.report.links import Link, linked
from ghapp.report.markdown import code, html_code, html_line, prose
from ghapp.report.words import Read, RuleUrl, gravest_first

ROOM = 65_000
"""GitHub takes 65,535 characters; bytes are counted to be safe whatever it counts."""


def details(outcome: Outcome, rule_url: RuleUrl, read: Read, link: Link, commented: Collection[str]) -> str:
    """Every new finding, the gravest first. `commented`: those that a comment on the pull request is about."""
    new = gravest_first(outcome.new)
    return fitted(
        [_detail(each, rule_url, read, link, commented=each.fingerprint in commented) for each in new],
        ROOM,
        "\n\n",
        "finding",
    )


def _detail(diagnostic: Diagnostic, rule_url: RuleUrl, read: Read, link: Link, *, commented: bool) -> str:
    finding = diagnostic.finding
    said = [prose(finding.message)]
    if finding.evidence:
        said.append("\n".join(map(evidence_item, finding.evidence)))
    if finding.confidence is Confidence.LOW:
        said.append("Not sure: the evidence is thin, so this is said here only.")
    said += _advice(diagnostic, read, commented=commented)
    why = f"[Why, and what to do: {code(diagnostic.rule.id)}]({rule_url(diagnostic.rule.id)})"
    said.append(why if commented or not link(diagnostic.place) else f"{why} · {linked(diagnostic.place, link)}")
    where = html_code(f"{diagnostic.path}:{diagnostic.place.line}")
    heading = f"<b>{diagnostic.severity.value}</b> {where} {html_line(diagnostic.rule.title)}"
    return folded(heading, fitted(said, BLOCK_BYTES, "\n\n", "part"))


def _advice(diagnostic: Diagnostic, read: Read, *, commented: bool) -> list[str]:
    edit = diagnostic.edit
    if edit is None:
        return []
    if commented:
        return ["The comment on the pull request has the change that mends it."]
    return list(advice(diagnostic, edit, read))
