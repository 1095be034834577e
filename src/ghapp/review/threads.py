"""One living thread for each finding: which of our threads a finding belongs to, and what is to be done with them.

Pure. A thread is known by the findings that its marker lists (see `markers`), so that the plan can be made anew from
what stands on the pull request, however often and after whatever went wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from ghapp.pipeline.engine import Outcome
from ghapp.pipeline.identity import likeness
from ghapp.pipeline.rule import Diagnostic
from ghapp.report import Comments, Spot
from ghapp.report.words import gravest_first
from ghapp.review.markers import MOST_ENTRIES, Entry, Mark

if TYPE_CHECKING:
    from ghapp.github import OwnThread
    from ghapp.review.markers import Seal

MOST_NEW = 20
"""So many comments a push may bring: a reader has one pair of eyes. The rest stays in the check run."""
MOST_ALIKE = 3
"""So many threads one rule may have before the rest of its findings share one."""

_COMMIT = re.compile(r"/blob/[0-9a-f]{40,64}/")


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread of ours, by its signed marker. `id` is GitHub's; `comment` and `number` are its first comment's, as a
    node and as REST counts them.

    `spot`: where it stands at head, None when it is outdated. `text`: what it says, without the marker. `by_people`:
    whether it was resolved by somebody else. `stale_seal`: the marker is to be signed anew.
    """

    id: str
    comment: str
    number: int
    path: str
    spot: Spot | None
    text: str
    mark: Mark
    resolved: bool = False
    by_people: bool = False
    hidden: bool = False
    answered: bool = False
    stale_seal: bool = False

    @property
    def fingerprints(self) -> tuple[str, ...]:
        return tuple(each.fingerprint for each in self.mark.entries)

    @property
    def group(self) -> bool:
        """Whether it stands for several findings of its rule, and takes in more."""
        return len(self.mark.entries) > 1

    @property
    def dismissed(self) -> bool:
        """Whether people have closed it: then it is theirs."""
        return self.by_people or (self.hidden and not self.mark.closed)

    @property
    def closed(self) -> bool:
        """Whether we have."""
        return self.mark.closed or self.resolved


@dataclass(frozen=True, slots=True)
class New:
    """A comment that begins a thread."""

    spot: Spot
    body: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Change:
    """A thread whose first comment is to say `body`, with the marker `mark`."""

    thread: Thread
    body: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done. `closings`: resolved where that may be done, and then their text stays; else they say `body`
    and are hidden. `commented`: the fingerprints of what then stands in a comment."""

    new: tuple[New, ...] = ()
    edits: tuple[Change, ...] = ()
    reopenings: tuple[Change, ...] = ()
    closings: tuple[Change, ...] = ()
    commented: frozenset[str] = frozenset()


def known(own: Iterable[OwnThread], seal: Seal) -> tuple[Thread, ...]:
    """Those of the App's threads that carry a marker with its signature."""
    return tuple(thread for each in own if (thread := _known(each, seal)) is not None)


def _known(own: OwnThread, seal: Seal) -> Thread | None:
    text, mark, stale = seal.read(own.body)
    if mark is None:
        return None
    return Thread(
        id=own.id,
        comment=own.comment,
        number=own.number,
        path=own.path,
        spot=Spot(own.path, own.start_line, own.line) if own.line else None,
        text=text,
        mark=mark,
        resolved=own.resolved,
        by_people=own.resolved and own.resolved_by not in ("", own.author),
        hidden=own.hidden,
        answered=own.answered,
        stale_seal=stale,
    )


def plan(threads: Sequence[Thread], outcome: Outcome, comments: Comments, head: str) -> Plan:
    """What is to be done about a change's findings. `comments` words them; `head`: the commit that they are of.

    A finding belongs to the thread that lists it, or else that lists one like it which is gone; more findings of a rule
    with a living group join that. While a file cannot be read or a rule has failed, nothing is said
    to be mended.
    """
    homes, homeless = _housed(threads, outcome.new, comments)
    groups = list(_grouped(threads, homes, [each for each in gravest_first(homeless) if comments.wants(each)]))
    certain = not outcome.errors and not outcome.crashes
    edits, reopenings, closings = list[Change](), list[Change](), list[Change]()
    for thread in threads:
        present = gravest_first(homes[thread.id])
        if thread.dismissed or not (certain or (present and not thread.group)):
            continue
        if present:
            change = Change(thread, comments.body(present, thread.spot), _mark(thread, present))
            if thread.closed:
                reopenings.append(change)
            elif thread.stale_seal or not _says(thread, change):
                edits.append(change)
        elif not thread.mark.closed:
            why = comments.farewell(thread.mark.rule, thread.fingerprints, outcome, head)
            closings.append(Change(thread, why, replace(thread.mark, closed=True)))
    new = tuple(
        New(comments.spot(each), comments.body(each, comments.spot(each)), Mark(each[0].rule.id, _entries(each)))
        for each in groups[:MOST_NEW]
    )
    said = [*(homes[each.id] for each in threads if not each.dismissed), *groups[:MOST_NEW]]
    commented = frozenset(each.fingerprint for several in said for each in several)
    return Plan(new, tuple(edits), tuple(reopenings), tuple(closings), commented)


def _says(thread: Thread, change: Change) -> bool:
    """Whether the thread says so already, if perhaps with links to an older commit."""
    same = _COMMIT.sub("/blob//", thread.text.strip()) == _COMMIT.sub("/blob//", change.body.strip())
    return same and set(thread.mark.entries) == set(change.mark.entries)


def _mark(thread: Thread, present: Sequence[Diagnostic]) -> Mark:
    """A group also remembers what is gone, so that it has its place when it comes back."""
    entries = _entries(present)
    if thread.group or len(entries) > 1:
        entries = tuple(dict.fromkeys((*entries, *thread.mark.entries)))[:MOST_ENTRIES]
    return Mark(thread.mark.rule, entries)


def _entries(findings: Iterable[Diagnostic]) -> tuple[Entry, ...]:
    return tuple(_entry(each) for each in findings)[:MOST_ENTRIES]


def _entry(finding: Diagnostic) -> Entry:
    return Entry(finding.fingerprint, likeness(finding.rule.id, finding.path, finding.anchor))


def _grouped(
    threads: Sequence[Thread], homes: dict[str, list[Diagnostic]], findings: Sequence[Diagnostic]
) -> Iterator[list[Diagnostic]]:
    """What begins threads: findings alone, and several of a rule together; those of a living group join it."""
    alike: dict[str, list[Diagnostic]] = {}
    for each in findings:
        alike.setdefault(each.rule.id, []).append(each)
    for rule, several in alike.items():
        living = [each for each in threads if each.mark.rule == rule and _lives(each)]
        groups = [each for each in living if each.group] or living[MOST_ALIKE:]
        standing = sum(len(homes[each.id]) for each in living)
        if groups:
            homes[groups[-1].id] += several
        elif standing + len(several) > MOST_ALIKE:
            yield several
        else:
            yield from ([each] for each in several)


def _lives(thread: Thread) -> bool:
    return not thread.closed and not thread.dismissed


class _Slot(NamedTuple):
    """One finding's place in a thread."""

    thread: Thread
    entry: Entry

    @property
    def alone(self) -> bool:
        return not self.thread.group


def _housed(
    threads: Sequence[Thread], findings: Sequence[Diagnostic], comments: Comments
) -> tuple[dict[str, list[Diagnostic]], Sequence[Diagnostic]]:
    """The findings of each thread, by its id, and those that have none.

    Of equal findings in a file, each keeps the thread that stands at its line: their fingerprints are told apart only
    by their order. Then fingerprints count, and at last likeness; of threads that are closed only the nearest, and only
    in the same file.
    """
    free = [_Slot(thread, entry) for thread in threads for entry in thread.mark.entries]
    homes: dict[str, list[Diagnostic]] = {each.id: [] for each in threads}
    for slot_key, keys in _ways(comments):
        offered: dict[object, list[_Slot]] = {}
        for slot in free:
            offered.setdefault(slot_key(slot), []).append(slot)
        offered.pop(None, None)
        left: list[Diagnostic] = []
        taken: set[int] = set()
        for each in findings:
            found = next((slots for key in keys(each) if (slots := offered.get(key))), None)
            if found:
                slot = found.pop(0)
                homes[slot.thread.id].append(each)
                taken.add(id(slot))
            else:
                left.append(each)
        findings, free = left, [slot for slot in free if id(slot) not in taken]
    return homes, findings


_Way = tuple[Callable[[_Slot], object], Callable[[Diagnostic], Iterable[object]]]
"""What a slot and a finding must have in common, which may have it in several ways; None is nothing."""


def _ways(comments: Comments) -> Iterator[_Way]:
    def spots(each: Diagnostic) -> list[object]:
        return [(_entry(each).likeness[0], spot) for spot in comments.spots(each)]

    yield lambda slot: (slot.entry.likeness[0], slot.thread.spot) if slot.alone and _lives(slot.thread) else None, spots
    yield lambda slot: slot.entry.fingerprint if _open(slot.thread) else None, lambda each: [each.fingerprint]
    yield lambda slot: slot.entry.fingerprint, lambda each: [each.fingerprint]
    yield partial(_like, 0), lambda each: [_entry(each).likeness[0]]
    yield (
        lambda slot: (slot.entry.likeness[0], slot.thread.path),
        lambda each: [(_entry(each).likeness[0], each.path)],
    )
    yield partial(_like, 1), lambda each: [_entry(each).likeness[1]]


def _like(at: int, slot: _Slot) -> str | None:
    return slot.entry.likeness[at] if _open(slot.thread) else None


def _open(thread: Thread) -> bool:
    """Whether we have not closed it, be it that people have."""
    return not thread.closed or thread.dismissed
