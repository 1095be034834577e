"""What changed between two trees, told as GitHub tells it: renames, counts and unified patches.

GitHub leaves `patch` out for binary files, for renames without a change, and for changes that are too large (seen in
the field at 2,081 changed lines: tsantalis/RefactoringMiner#1108).
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property, lru_cache

from ghapp.demo.github.git import SUBMODULE, Entry, Objects

CONTEXT = 3
MOST_CHANGED_LINES = 2_000
MOST_LINES = 20_000  # longer files are counted, not compared
MOST_RENAMES = 400  # files on each side beyond which only equal contents are taken for renames
NO_NEWLINE = "\\ No newline at end of file"
Opcode = tuple[str, int, int, int, int]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a patch. `tag` is its first character; `old` and `new` are line numbers, `position` GitHub's count."""

    tag: str
    text: str
    old: int | None
    new: int | None
    position: int


@dataclass(frozen=True, slots=True)
class Hunk:
    header: str
    lines: tuple[Line, ...]

    def at(self, line: int, side: str) -> Line | None:
        """The line of the file on the right (additions, context) or on the left (deletions, context)."""
        for candidate in self.lines:
            if candidate.tag in (" ", "+" if side == "RIGHT" else "-") and (
                line == (candidate.new if side == "RIGHT" else candidate.old)
            ):
                return candidate
        return None

    def until(self, line: Line) -> str:
        """The text GitHub shows above a comment: the hunk from its header down to the line."""
        shown = [f"{each.tag}{each.text}" for each in self.lines if each.position <= line.position]
        return "\n".join([self.header, *shown])


@dataclass(frozen=True)
class Change:
    """One changed file between a base and a head."""

    path: str
    previous: str | None
    status: str
    sha: str
    additions: int
    deletions: int
    hunks: tuple[Hunk, ...]

    @cached_property
    def patch(self) -> str | None:
        if not self.hunks:
            return None
        return "\n".join(
            line for hunk in self.hunks for line in (hunk.header, *(f"{each.tag}{each.text}" for each in hunk.lines))
        )

    def hunk_at(self, line: int, side: str) -> Hunk | None:
        return next((hunk for hunk in self.hunks if hunk.at(line, side)), None)


def compare(objects: Objects, base: str, head: str, most_changed_lines: int = MOST_CHANGED_LINES) -> list[Change]:
    """The changes from one commit or tree to another, by path."""
    before, after = objects.files(base), objects.files(head)
    removed = {path: entry for path, entry in before.items() if path not in after}
    added = {path: entry for path, entry in after.items() if path not in before}
    moved = _renames(objects, removed, added)
    gone = removed.keys() - moved.values()
    changes = [_change(objects, path, None, before[path], None) for path in gone]
    for path, entry in after.items():
        old = moved.get(path, path)
        if before.get(old) != entry or old != path:
            changes.append(_change(objects, path, old if old != path else None, before.get(old), entry))
    kept = [
        change
        if change.additions + change.deletions <= most_changed_lines
        else Change(change.path, change.previous, change.status, change.sha, change.additions, change.deletions, ())
        for change in changes
    ]
    return sorted(kept, key=lambda change: change.path)


def _change(objects: Objects, path: str, previous: str | None, old: Entry | None, new: Entry | None) -> Change:
    status = "renamed" if previous else "added" if old is None else "removed" if new is None else "modified"
    sha = new.sha if new else old.sha if old else ""
    before, after = (_content(objects, entry) for entry in (old, new))
    additions, deletions, hunks = (0, 0, ()) if before is None or after is None else _hunks(before, after)
    return Change(path, previous, status, sha, additions, deletions, hunks)


def _content(objects: Objects, entry: Entry | None) -> str | None:
    """The text of an entry, "" for none, None for a binary file."""
    if entry is None:
        return ""
    if entry.mode == SUBMODULE:
        return f"Subproject commit {entry.sha}\n"
    data = objects.blobs[entry.sha]
    return None if b"\0" in data[:8000] else data.decode(errors="replace")


def _renames(objects: Objects, removed: dict[str, Entry], added: dict[str, Entry]) -> dict[str, str]:
    """Which added path was which removed one: same content first, then at least half of the lines in common."""
    free: dict[str, list[str]] = {}
    for path, entry in removed.items():
        free.setdefault(entry.sha, []).append(path)
    moved = {path: free[entry.sha].pop(0) for path, entry in added.items() if free.get(entry.sha)}
    left, fresh = (
        sorted(all_ - known) for all_, known in ((removed.keys(), {*moved.values()}), (added.keys(), {*moved}))
    )
    if len(left) * len(fresh) > MOST_RENAMES**2:
        return moved
    lines = {path: _bag(objects, entry) for path, entry in (removed | added).items() if path in {*left, *fresh}}
    for path in fresh:
        best = max(left, key=lambda old: _likeness(lines[old], lines[path]), default=None)
        if best is not None and _likeness(lines[best], lines[path]) >= 0.5:  # git's default threshold, -M50%
            moved[path] = best
            left.remove(best)
    return moved


def _bag(objects: Objects, entry: Entry) -> Counter[bytes]:
    return Counter() if entry.mode == SUBMODULE else Counter(objects.blobs[entry.sha].split(b"\n"))


def _likeness(one: Counter[bytes], other: Counter[bytes]) -> float:
    return (one & other).total() / max(one.total(), other.total(), 1)


@lru_cache(maxsize=4096)
def _hunks(before: str, after: str) -> tuple[int, int, tuple[Hunk, ...]]:
    old, new = before.split("\n"), after.split("\n")
    if max(len(old), len(new)) > MOST_LINES:
        one, other = Counter(old), Counter(new)
        return (other - one).total(), (one - other).total(), ()
    old, new = split(before), split(after)
    ops = opcodes(old, new)
    additions = sum(j2 - j1 for tag, _, _, j1, j2 in ops if tag != "equal")
    deletions = sum(i2 - i1 for tag, i1, i2, _, _ in ops if tag != "equal")
    hunks: list[Hunk] = []
    position = 0
    for group in _groups(ops):
        hunks.append(_hunk(old, new, group, position))
        position = hunks[-1].lines[-1].position + 1
    return additions, deletions, tuple(hunks)


def split(text: str) -> list[str]:
    """Lines with their ends, split at line feeds only: carriage returns and U+2028 are part of a line."""
    lines = [f"{line}\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def opcodes(old: Sequence[str], new: Sequence[str]) -> list[Opcode]:
    """difflib's opcodes, with the equal start and end found first: most changes are small."""
    start, most = 0, min(len(old), len(new))
    while start < most and old[start] == new[start]:
        start += 1
    end = 0
    while end < most - start and old[-1 - end] == new[-1 - end]:
        end += 1
    inner = SequenceMatcher(None, old[start : len(old) - end], new[start : len(new) - end], autojunk=False)
    ops: list[Opcode] = [("equal", 0, start, 0, start)] if start else []
    ops += [(tag, i1 + start, i2 + start, j1 + start, j2 + start) for tag, i1, i2, j1, j2 in inner.get_opcodes()]
    return ops + ([("equal", len(old) - end, len(old), len(new) - end, len(new))] if end else [])


def _groups(ops: list[Opcode]) -> Iterator[list[Opcode]]:
    """The opcodes of each hunk: three lines of context, and changes at most six lines apart share one."""
    group: list[Opcode] = []
    for index, (tag, i1, i2, j1, j2) in enumerate(ops):
        if tag != "equal":
            group.append((tag, i1, i2, j1, j2))
            continue
        first, last = index == 0, index == len(ops) - 1
        if i2 - i1 > (CONTEXT if first or last else 2 * CONTEXT):
            if not first:
                yield [*group, (tag, i1, i1 + CONTEXT, j1, j1 + CONTEXT)]
                group = []
            if not last:
                group = [(tag, i2 - CONTEXT, i2, j2 - CONTEXT, j2)]
        else:
            group.append((tag, i1, i2, j1, j2))
    if any(tag != "equal" for tag, *_ in group):
        yield group


def _hunk(old: list[str], new: list[str], group: list[Opcode], position: int) -> Hunk:
    lines: list[Line] = []

    def say(tag: str, text: str, at_old: int | None, at_new: int | None) -> None:
        nonlocal position
        lines.append(Line(tag, text.removesuffix("\n"), at_old, at_new, position := position + 1))
        if not text.endswith("\n"):
            lines.append(Line(NO_NEWLINE[0], NO_NEWLINE[1:], None, None, position := position + 1))

    for tag, i1, i2, j1, j2 in group:
        if tag == "equal":
            for i, j in zip(range(i1, i2), range(j1, j2), strict=True):
                say(" ", new[j], i + 1, j + 1)
            continue
        for i in range(i1, i2):
            say("-", old[i], i + 1, None)
        for j in range(j1, j2):
            say("+", new[j], None, j + 1)
    i1, i2, j1, j2 = group[0][1], group[-1][2], group[0][3], group[-1][4]
    heading = _heading(old, i1)
    return Hunk(f"@@ -{_span(i1, i2)} +{_span(j1, j2)} @@{heading}", tuple(lines))


def _span(start: int, stop: int) -> str:
    count = stop - start
    return f"{start + 1}" if count == 1 else f"{start + (count > 0)},{count}"


def _heading(old: list[str], before: int) -> str:
    """What git prints after the second `@@`: the last line above that starts like a name."""
    for line in reversed(old[:before]):
        if line[0].isalpha() or line[0] in "_$":
            return f" {line.rstrip()[:80].rstrip()}"
    return ""
