"""Comments beside the lines of a pull request: where they stand, what they say, and the button that mends the file."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ghapp.pipeline.engine import Outcome
from ghapp.pipeline.rule import Confidence, Diagnostic, Edit, Evidence, Severity
from ghapp.report.blocks import BLOCK_BYTES, fitted, folded, joined
from ghapp.report.links import Link, linked, no_link
from ghapp.report.markdown import clean, code, fenced, prose, shortened
from ghapp.report.patch import Patch
from ghapp.report.words import Read, RuleUrl, counted, diff, no_source

MESSAGE_BYTES = 4_000
MOST_LINES = 10
"""A comment stands below the last of its lines; of a longer place it gets the first line only."""
NEAR = 10
"""So many lines away from its comment, a finding is seen without being told where it is."""

_NO_PATCH = Patch()


@dataclass(frozen=True, slots=True)
class Spot:
    """The lines `first`..`last` of the right side of a file's diff: where a comment stands."""

    path: str
    first: int
    last: int


@dataclass(slots=True)
class Comments:
    """The words of comments, for one state of the pull request.

    `patches`: its files by path. `rule_url`: a rule's id → the address of its page. `link`: a place → the address where
    people see it. `read`: texts at head, for diffs. `wanted`: what is commented on, `all`, only what has a suggestion
    (`suggestions`), or `none`.

    No two suggestions touch the same lines: whoever is worded first has them.
    """

    patches: Mapping[str, Patch]
    rule_url: RuleUrl
    link: Link = no_link
    read: Read = no_source
    wanted: str = "all"
    _taken: dict[str, set[int]] = field(default_factory=dict[str, set[int]])

    def spots(self, diagnostic: Diagnostic) -> tuple[Spot, ...]:
        """Where a comment on it may stand, best first; none if all of it lies outside of the diff."""
        edit, place = diagnostic.edit, diagnostic.place
        last = place.end_line if place.end_line - place.line < MOST_LINES else place.line
        ranges = [Spot(edit.path, edit.first, edit.last)] if edit and self._suggestible(diagnostic) else []
        ranges += [Spot(place.path, place.line, last), Spot(place.path, place.line, place.line)]
        ranges += [Spot(edit.path, edit.first, edit.last)] if edit else []
        return tuple(each for each in dict.fromkeys(ranges) if self._commentable(each))

    def wants(self, diagnostic: Diagnostic) -> bool:
        """Whether it is worth a comment: nothing unsure is, and notices only with a button."""
        if self.wanted == "none" or diagnostic.finding.confidence is Confidence.LOW or not self.spots(diagnostic):
            return False
        mere = self.wanted == "suggestions" or diagnostic.severity is Severity.NOTICE
        return self._suggestible(diagnostic) or not mere

    def spot(self, diagnostics: Sequence[Diagnostic]) -> Spot:
        """Where a new comment on these is put, all of which are wanted."""
        diagnostic = diagnostics[0]
        spots, place = self.spots(diagnostic), diagnostic.place
        if len(diagnostics) == 1 and self._free(diagnostic.edit, spots[0]):
            return spots[0]
        return next((each for each in spots if (each.path, each.first) == (place.path, place.line)), spots[0])

    def body(self, diagnostics: Sequence[Diagnostic], at: Spot | None) -> str:
        """What a comment says that stands at a spot, or that is outdated (None): of one finding, or of several of one
        rule."""
        return self._of_several(diagnostics) if len(diagnostics) > 1 else self._of_one(diagnostics[0], at)

    def farewell(self, rule: str, fingerprints: Collection[str], outcome: Outcome, head: str) -> str:
        """What a comment says when nothing is left of what it said: why, as far as the outcome tells."""
        reasons = (each.reason for each in outcome.ignored if each.diagnostic.fingerprint in fingerprints)
        reason = next(reasons, None)
        if reason is not None:
            by = f" by {code(reason.by)}" if reason.by else ""
            why = f"**Ignored**{by}: {prose(shortened(reason.text, MESSAGE_BYTES))}"
        elif any(each.fingerprint in fingerprints for each in outcome.known):
            why = "**The base branch has it too** by now, so this pull request no longer brings it."
        else:
            why = f"**Mended** in {head}."
        return joined([why, self._rule(rule)])

    def _of_one(self, diagnostic: Diagnostic, at: Spot | None) -> str:
        place = diagnostic.place
        astray = at is None or at.path != place.path or not at.first - NEAR <= place.line <= at.last + NEAR
        items = [*map(evidence_item, diagnostic.finding.evidence)]
        parts = [
            f"**{diagnostic.severity.value.capitalize()}: {prose(diagnostic.rule.title)}**",
            _message(diagnostic),
            f"It stands at {linked(place, self.link)}." if astray else "",
            fitted(items, BLOCK_BYTES, "\n", "place"),
            *self._mend(diagnostic, at),
            self._rule(diagnostic.rule.id),
        ]
        return joined(parts)

    def _mend(self, diagnostic: Diagnostic, at: Spot | None) -> Iterator[str]:
        """The suggestion, where it would be applied to the very lines of the edit; else a diff to copy from."""
        edit = diagnostic.edit
        if edit is None:
            return
        if self._suggestible(diagnostic) and self._free(edit, at):
            self._taken.setdefault(edit.path, set()).update(range(edit.first, edit.last + 1))
            yield fenced(edit.text, "suggestion")
        else:
            yield fitted([joined(advice(diagnostic, edit, self.read))], BLOCK_BYTES, "\n\n", "change")

    def _of_several(self, diagnostics: Sequence[Diagnostic]) -> str:
        gravest, messages = diagnostics[0], dict.fromkeys(map(_message, diagnostics))
        alike = len(messages) == 1
        places = [
            f"- {linked(each.place, self.link)}" + ("" if alike else f": {_message(each)}") for each in diagnostics
        ]
        mends = [joined(advice(each, each.edit, self.read)) for each in diagnostics if each.edit]
        parts = [
            f"**{gravest.severity.value.capitalize()}: {prose(gravest.rule.title)}**",
            next(iter(messages)) if alike else "",
            f"In {counted(len(diagnostics), 'place')}:",
            fitted(places, BLOCK_BYTES, "\n", "place"),
            folded("How to mend them", fitted(mends, BLOCK_BYTES, "\n\n", "change")) if mends else "",
            self._rule(gravest.rule.id),
        ]
        return joined(parts)

    def _rule(self, rule: str) -> str:
        return f"[{code(rule)}]({self.rule_url(rule)})"

    def _commentable(self, spot: Spot) -> bool:
        return self.patches.get(spot.path, _NO_PATCH).commentable(spot.first, spot.last)

    def _free(self, edit: Edit | None, at: Spot | None) -> bool:
        """Whether a suggestion at the spot would replace the edit's lines, and no other one touches them."""
        if edit is None or at != Spot(edit.path, edit.first, edit.last):
            return False
        return self._taken.get(edit.path, set()).isdisjoint(range(edit.first, edit.last + 1))

    def _suggestible(self, diagnostic: Diagnostic) -> bool:
        """Whether one click can mend it: it is sure and proven, its lines stand in one hunk, it changes something, and
        GitHub writes it back as meant (it is not known to keep the line ends of a CRLF file)."""
        edit = diagnostic.edit
        if edit is None or not diagnostic.proven or diagnostic.finding.confidence is not Confidence.HIGH:
            return False
        now = self.patches.get(edit.path, _NO_PATCH).right(edit.first, edit.last)
        if now is None or now == edit.lines or any(line.endswith("\r") for line in now):
            return False
        return clean(edit.text) == edit.text and len(edit.text.encode()) <= BLOCK_BYTES


def advice(diagnostic: Diagnostic, edit: Edit, read: Read) -> tuple[str, str]:
    """The edit as a diff to copy from, and what it is worth."""
    lines = f"line {edit.first}" if edit.first == edit.last else f"lines {edit.first} to {edit.last}"
    sure = "This mends it" if diagnostic.proven else "This may mend it; try it before you trust it"
    return f"{sure} ({lines} of {code(edit.path)}):", fenced("\n".join(diff(edit, read)), "diff")


def evidence_item(evidence: Evidence) -> str:
    """One piece of evidence as an item of a Markdown list."""
    return f"- {code(f'{evidence.place.path}:{evidence.place.line}')}: {prose(evidence.text)}"


def _message(diagnostic: Diagnostic) -> str:
    return prose(shortened(diagnostic.finding.message, MESSAGE_BYTES))
