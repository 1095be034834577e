"""Whether findings are known again: `python -m bench.identity CORPUS [SEED]`.

Over the fix commits of the corpus, and over 500 synthetic edits of files with findings: something is put above or
between jobs and steps, jobs or steps are swapped, the whole file is indented anew, a step beside is renamed, a step is
added, the file is renamed. An untouched finding is one whose line only moved and at which the same rule still speaks.
Its fingerprint has to be the same (in a renamed file: under the file's old path, as everywhere), and no two findings of
a repository may share one.
"""

from __future__ import annotations

import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from bench.corpus_files import Repository, folder, loose, repositories
from ghapp.pipeline.engine import Analysis, analyse, compare
from ghapp.pipeline.identity import fingerprint
from ghapp.pipeline.kinds import platform_of
from ghapp.pipeline.rule import Diagnostic, Platform
from ghapp.pipeline.source import BrokenFile, Source
from ghapp.pipeline.tree import Tree
from ghapp.pipeline.yaml import Node, parse
from ghapp.rules import catalogue

EDITS = 500

Lines = list[tuple[str, int]]
"""The lines of an edited file, each with the number that it had before; 0 for a new one."""
Block = tuple[int, int]
"""The lines of a job or a step, the last not included, counted from 0."""


@dataclass(frozen=True)
class Subject:
    """A file in its repository, its lines, and the blocks that can be moved: jobs, and the steps of each job."""

    repository: Repository
    path: str
    lines: Sequence[str]
    blocks: Sequence[Sequence[Block]]

    def analysed(self, path: str, lines: Sequence[str]) -> Analysis:
        """The analysis of this one file, as it would be with that name and these lines."""
        text = "\n".join(lines).encode()
        files = {each: file for each, file in self.repository.files.items() if each != self.path}
        known = None if self.repository.paths is None else {*self.repository.paths, *files} - {self.path} | {path}
        tree = Tree(known, lambda name: text if name == path else files[name].read_bytes() if name in files else None)
        return analyse(tree, [path], catalogue(), prove=False)


def subject(repository: Repository, path: str) -> Subject | None:
    text = repository.files[path].read_bytes().decode("utf-8-sig", "replace")
    try:
        root = parse(Source(path, text)).root
    except BrokenFile:
        return None
    lines = text.split("\n")
    return Subject(repository, path, lines, [each for each in _blocks(root, len(lines)) if each])


def _blocks(root: Node | None, end: int) -> Iterator[list[Block]]:
    jobs = root.get("jobs") if root is not None else None
    if jobs is None or jobs.kind != "map" or not jobs.pairs:
        return
    starts = [key.place.line - 1 for key, _ in jobs.pairs]
    last = min((key.place.line - 1 for key, _ in root.pairs if key.place.line - 1 > starts[-1]), default=end)  # type: ignore[union-attr]
    spans = _spans(starts, last)
    yield spans
    for (_, job), (_, bottom) in zip(jobs.pairs, spans, strict=False):
        steps = job.deref().get("steps") if job.deref().kind == "map" else None
        if steps is not None and steps.kind == "seq" and steps.style != "flow" and job.target is None:
            keys = [key.place.line - 1 for key, _ in job.pairs if key.start > steps.start]
            yield _spans([each.place.line - 1 for each in steps.items], min([bottom, *keys]))


def _spans(starts: Sequence[int], end: int) -> list[Block]:
    """Blocks that follow each other, unless two begin in one line."""
    ends = [*starts[1:], end]
    return [] if sorted({*starts}) != list(starts) else list(zip(starts, ends, strict=True))


# -- edits: each gives the new lines, or None where it does not apply --------------------------------------------------

Edit = Callable[[Subject, random.Random], Lines | None]


def _numbered(lines: Sequence[str]) -> Lines:
    return [(line, number) for number, line in enumerate(lines, 1)]


def moved(it: Subject, chance: random.Random) -> Lines | None:
    """Comments between two jobs or steps, or above everything."""
    first, _ = chance.choice(chance.choice([*it.blocks, [(0, 0)]]))
    lines = _numbered(it.lines)
    return [*lines[:first], *((f"# put here: {number}", 0) for number in range(chance.randint(1, 30))), *lines[first:]]


def swapped(it: Subject, chance: random.Random) -> Lines | None:
    """Two jobs or two steps change places."""
    several = [blocks for blocks in it.blocks if len(blocks) > 1]
    if not several:
        return None
    blocks, lines = chance.choice(several), _numbered(it.lines)
    at = chance.randrange(len(blocks) - 1)
    (first, middle), (_, last) = blocks[at : at + 2]
    if not it.lines[-1] and last == len(it.lines):
        last -= 1
    return [*lines[:first], *lines[middle:last], *lines[first:middle], *lines[last:]]


def indented(it: Subject, chance: random.Random) -> Lines | None:
    """Everything below the top deeper by a few spaces."""
    more = " " * chance.randint(1, 6)
    return [(more + line if line.startswith(" ") else line, number) for line, number in _numbered(it.lines)]


def neighbour_added(it: Subject, chance: random.Random) -> Lines | None:
    """A step before another one."""
    if len(it.blocks) < 2:
        return None
    first, _ = chance.choice(chance.choice(it.blocks[1:]))
    before = re.match(r"\s*", it.lines[first])
    assert before is not None
    lines = _numbered(it.lines)
    return [*lines[:first], (f"{before[0]}- run: echo a neighbour", 0), *lines[first:]]


def neighbour_renamed(it: Subject, chance: random.Random) -> Lines | None:
    """A step that nothing is found in gets another name."""
    named = [at for at, line in enumerate(it.lines) if re.match(r"\s*(- )?name: \w", line)]
    if not named:
        return None
    at, lines = chance.choice(named), _numbered(it.lines)
    block = next((span for spans in it.blocks[1:] for span in spans if span[0] <= at < span[1]), None)
    if block is None:
        return None
    lines[at] = (f"{it.lines[at].partition('name:')[0]}name: Renamed {chance.randrange(1000)}", 0)
    first, last = block
    return [(line, 0 if first <= where < last else number) for where, (line, number) in enumerate(lines)]


def renamed(it: Subject, chance: random.Random) -> Lines | None:
    """The file gets another name; see `main`."""
    return _numbered(it.lines)


KINDS: tuple[Edit, ...] = (moved, swapped, indented, neighbour_added, neighbour_renamed, renamed)


# -- measuring ---------------------------------------------------------------------------------------------------------


def untouched(
    before: Analysis, after: Analysis, lines: Lines, old: str, new: str
) -> Iterator[tuple[Diagnostic, Diagnostic]]:
    """The findings of the file that the edit only moved, before and after: the nth of a rule on a line stays that."""
    now = {was: number for number, (_, was) in enumerate(lines, 1) if was}
    there = _by_place(after, new)
    for (rule, line), several in _by_place(before, old).items():
        others = there.get((rule, now.get(line, -1)), [])
        if len(others) == len(several):
            yield from zip(several, others, strict=True)


def _by_place(analysis: Analysis, path: str) -> dict[tuple[str, int], list[Diagnostic]]:
    found: dict[tuple[str, int], list[Diagnostic]] = defaultdict(list)
    for each in analysis.diagnostics:
        if each.path == path:
            found[each.rule.id, each.place.line].append(each)
    return found


class Tally:
    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def pair(self, kind: str, before: Analysis, after: Analysis, lines: Lines, old: str, new: str) -> None:
        renames = {new: old} if old != new else {}
        fresh = {id(each) for each in compare(after, before, renames=renames).new}
        self.counts[f"{kind}: edits"] += 1
        self.counts[f"{kind}: found"] += sum(each.path == old for each in before.diagnostics)
        for was, now in untouched(before, after, lines, old, new):
            self.counts[f"{kind}: untouched"] += 1
            if was.fingerprint == fingerprint(now.rule.id, old, now.anchor):
                self.counts[f"{kind}: same"] += 1
            elif "-v" in sys.argv:
                print(f"{kind}: {was.rule.id} {old}:{was.place.line}: {was.anchor!r} → {now.anchor!r}")
            self.counts[f"{kind}: known"] += id(now) not in fresh

    def report(self, kinds: Sequence[str], title: str) -> None:
        edits, every, found, same, known = (
            sum(self.counts[f"{kind}: {what}"] for kind in kinds)
            for what in ("edits", "found", "untouched", "same", "known")
        )
        share = f"{100 * same / found:.2f} %" if found else "-"
        print(f"{title:18} {edits:4} edits {every:5} findings {found:5} untouched {share:>9} same {known:5} known")


def fixes(corpus: Path, tally: Tally) -> None:
    for at in sorted((corpus / "fixes").iterdir()):
        files = {each.stem: each for each in at.iterdir() if each.stem in ("before", "after")}
        (old, path), (new, _) = (loose(corpus, f"fixes/{at.name}/{files[when].name}") for when in ("before", "after"))
        texts = [each.files[path].read_bytes().decode("utf-8-sig", "replace").split("\n") for each in (old, new)]
        same = SequenceMatcher(None, *texts, autojunk=False).get_matching_blocks()
        was = {there + at: here + at + 1 for here, there, size in same for at in range(size)}
        lines = [(line, was.get(number, 0)) for number, line in enumerate(texts[1])]
        before, after = (analyse(each.tree(), [path], catalogue(), prove=False) for each in (old, new))
        tally.pair("fix commits", before, after, lines, path, path)


def synthetic(subjects: Sequence[tuple[Subject, Analysis]], tally: Tally, chance: random.Random) -> None:
    done = 0
    while done < EDITS:
        it, before = chance.choice(subjects)
        edit = KINDS[done % len(KINDS)]
        lines = edit(it, chance)
        if lines is None:
            continue
        path = f"{it.path.rpartition('/')[0]}/renamed.yml" if edit is renamed else it.path
        after = it.analysed(path, [line for line, _ in lines])
        if after.errors and not before.errors:
            continue  # it does not parse any more
        tally.pair(edit.__name__, before, after, lines, it.path, path)
        done += 1


def shared(corpus: Path) -> tuple[int, int]:
    """How many findings there are in all repositories, and how many have the fingerprint of another one there."""
    findings = doubles = 0
    for repository in repositories(corpus):
        said = analyse(repository.tree(), list(repository.files), catalogue(), prove=False)
        every = [*said.diagnostics, *(each.diagnostic for each in said.ignored), *said.eclipsed]
        findings += len(every)
        doubles += len(every) - len({each.fingerprint for each in every})
    return findings, doubles


def main() -> None:
    corpus, tally = folder(), Tally()
    seeds = [int(each) for each in sys.argv[2:] if each.isdecimal()]
    chance = random.Random(seeds[0] if seeds else 1)
    fixes(corpus, tally)
    subjects: list[tuple[Subject, Analysis]] = []
    for repository in repositories(corpus):
        for path in repository.files:
            if platform_of(path) in (Platform.ACTIONS, Platform.CIRCLECI) and (it := subject(repository, path)):
                said = it.analysed(path, it.lines)
                if any(each.path == path for each in said.diagnostics):
                    subjects.append((it, said))
    synthetic(subjects, tally, chance)
    tally.report(["fix commits"], "fix commits")
    for each in KINDS:
        tally.report([each.__name__], each.__name__.replace("_", " "))
    tally.report([each.__name__ for each in KINDS], "synthetic edits")
    findings, doubles = shared(corpus)
    print(f"{findings} findings in the corpus, {doubles} with the fingerprint of another one in their repository")


if __name__ == "__main__":
    main()
