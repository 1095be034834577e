"""All fixes of a change as files, ready for a commit. Pure; runs where judging does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ghapp.pipeline.engine import Outcome
from ghapp.pipeline.mending import mend
from ghapp.pipeline.tree import Tree
from ghapp.review.snapshot import Snapshot

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Fixes:
    """`files`: by path, what they say with every fix in them. `rules`: of each finding that is mended, sorted.

    `left`: how many fixes are in files that cannot be committed.
    """

    files: dict[str, bytes]
    rules: tuple[str, ...]
    left: int


def fixes_of(snapshot: Snapshot, tree: Tree, found: Outcome, examine: Callable[[Tree], Outcome]) -> Fixes:
    fixable = snapshot.fixable or frozenset()
    done = mend(tree, found, examine, editable=fixable.__contains__)
    marks = {path: BOM if snapshot.head.texts[path].startswith(BOM) else b"" for path in done.texts}
    return Fixes(
        files={path: marks[path] + text.encode() for path, text in done.texts.items()},
        rules=tuple(sorted(each.rule.id for each in done.mended)),
        left=sum(each.mend is not None for each in done.outcome.new),
    )
