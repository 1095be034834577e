"""Mends what can be mended: all proven edits merged, and the result proven as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ghapp.pipeline.edits import apply, join
from ghapp.pipeline.engine import Outcome
from ghapp.pipeline.proof import prove_edit
from ghapp.pipeline.rule import Diagnostic, Edit
from ghapp.pipeline.source import Source
from ghapp.pipeline.tree import Tree

MOST_ROUNDS = 50
"""One round mends nearly all; the next ones what stood in its way. A stranger's files may have thousands of those."""

Examine = Callable[[Tree], Outcome]
Offer = tuple[Edit, Diagnostic]
Batch = Sequence[tuple[Source, Edit, Sequence[Diagnostic]]]
"""One edit for each file, and what it mends there."""


@dataclass(frozen=True, slots=True)
class Mending:
    """`tree` and `outcome`: how it is afterwards. `mended`: what is gone. `texts`: by path, what the edited files say
    now, without byte order marks."""

    tree: Tree
    outcome: Outcome
    mended: tuple[Diagnostic, ...]
    texts: dict[str, str]


def every_path(path: str) -> bool:
    return True


def mend(tree: Tree, found: Outcome, examine: Examine, *, editable: Callable[[str], bool] = every_path) -> Mending:
    """Mends what was `found` new in the tree and has a proven edit, in files that are `editable`.

    Each round merges the edits of every file, and has the whole tree examined again: less must be found than before,
    and more of no kind. Where that is not so, one edit is made by itself; that one has been proven already.
    """
    done = Mending(tree, found, (), {})
    for _ in range(MOST_ROUNDS):
        step = next((each for each in _steps(done, examine, editable) if each is not None), None)
        if step is None:
            break
        done = Mending(step.tree, step.outcome, (*done.mended, *step.mended), {**done.texts, **step.texts})
    return done


def _steps(done: Mending, examine: Examine, editable: Callable[[str], bool]) -> Iterator[Mending | None]:
    offers: dict[str, list[Offer]] = {}
    for each in done.outcome.new:
        if (edit := each.mend) is not None and editable(edit.path):
            offers.setdefault(edit.path, []).append((edit, each))
    batch = [_merged(source, several) for path, several in offers.items() if (source := done.tree.source(path))]
    if batch:
        yield _tried(done, batch, examine, _better)
        source, (edit, first) = batch[0][0], next(iter(offers.values()))[0]
        yield _tried(done, [(source, edit, [first])], examine, _sound)


def _merged(source: Source, offers: Sequence[Offer]) -> tuple[Source, Edit, Sequence[Diagnostic]]:
    """The edits of a file as one that is proven, as far as they do not overlap; the first of them if it is not."""
    chosen: dict[Edit, list[Diagnostic]] = {}
    taken: set[int] = set()
    for edit, each in offers:
        lines = range(edit.first, edit.last + 1)
        if edit in chosen or taken.isdisjoint(lines):
            taken.update(lines)
            chosen.setdefault(edit, []).append(each)
    joined = join(source, list(chosen))
    if joined is not None and prove_edit(source, joined) is None:
        return source, joined, [each for several in chosen.values() for each in several]
    edit, each = offers[0]
    return source, edit, [each]


def _tried(done: Mending, batch: Batch, examine: Examine, good: Callable[[Outcome, Outcome], bool]) -> Mending | None:
    texts = {edit.path: apply(source, [edit]) for source, edit, _ in batch}
    tree = done.tree
    for path, text in texts.items():
        tree = tree.edited(Source(path, text))
    outcome = examine(tree)
    mended = tuple(each for _, _, several in batch for each in several)
    return Mending(tree, outcome, mended, texts) if good(done.outcome, outcome) else None


def _better(before: Outcome, after: Outcome) -> bool:
    """Whether less is found, and of no rule more."""
    old, new = (Counter(each.rule.id for each in outcome.new) for outcome in (before, after))
    return _sound(before, after) and new.total() < old.total() and new <= old


def _sound(before: Outcome, after: Outcome) -> bool:
    """Whether all could be read and asked that could be before."""
    broken = {(each.path, each.message) for each in before.errors}
    return all((each.path, each.message) in broken for each in after.errors) and len(after.crashes) <= len(
        before.crashes
    )
