"""The policies that concern a change: the one by which it is judged, and the one that it proposes."""

from __future__ import annotations

from dataclasses import dataclass

from ghapp.pipeline.engine import FileError
from ghapp.pipeline.policy import PATH, BrokenPolicy, Policy, PolicyFile, laid_over, read_file
from ghapp.pipeline.source import BrokenFile, Source
from ghapp.review.snapshot import Snapshot
from ghapp.rules import catalogue


@dataclass(frozen=True, slots=True)
class Policies:
    """`now` counts. `proposed` would, once the change is merged; None when it leaves the policy alone, or breaks it:
    then `mistakes` say where."""

    now: Policy
    proposed: Policy | None = None
    mistakes: tuple[FileError, ...] = ()


def policies(snapshot: Snapshot) -> Policies:
    """Never the head's policy counts, or everybody could soften what they are measured by. Raises BrokenPolicy.

    A change that mends a broken policy of its own repository is judged as if that said nothing: or nobody could.
    """
    proposed, mistakes = _read(snapshot.head.texts.get(PATH), PATH) if PATH in snapshot.changed else (None, ())
    own, wrong = _read(snapshot.policy, PATH)
    above, wrong_above = _read(snapshot.organisation.text, snapshot.organisation.path)
    wrong = (*(() if proposed is not None else wrong), *wrong_above)
    if wrong:
        raise BrokenPolicy(wrong)
    organisation = above or PolicyFile()
    return Policies(
        now=_laid(snapshot, organisation, own or PolicyFile()),
        proposed=None if proposed is None else _laid(snapshot, organisation, proposed),
        mistakes=tuple(FileError(each.path, each.line, each.column, each.message) for each in mistakes),
    )


def lets_nobody_ignore(organisation: bytes | None, rule: str) -> bool:
    """Whether the organisation's policy has locked the rule, as far as it can be followed."""
    above, _ = _read(organisation, PATH)
    return above is not None and laid_over(above, PolicyFile(), {}).locks(rule)


def _laid(snapshot: Snapshot, organisation: PolicyFile, own: PolicyFile) -> Policy:
    severities = {rule.id: rule.severity for rule in catalogue()}
    if snapshot.organisation.here:
        return laid_over(own, PolicyFile(), severities)
    return laid_over(organisation, own, severities)


def _read(data: bytes | None, path: str) -> tuple[PolicyFile | None, tuple[BrokenFile, ...]]:
    """What the bytes say, or what is wrong with them."""
    try:
        return read_file(Source.decode(path, data or b""), [rule.id for rule in catalogue()]), ()
    except BrokenFile as error:
        return None, (error,)
    except BrokenPolicy as broken:
        return None, broken.mistakes
