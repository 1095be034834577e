"""How the catalogue does on hand-judged places: `python -m bench.labels CORPUS`.

A positive is found when a rule of its entry fires within three lines of it; a negative is silent when none does.
Entries without a rule are left out.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bench.corpus_files import folder, labels, loose
from ghapp.pipeline.engine import analyse
from ghapp.pipeline.rule import Diagnostic
from ghapp.rules import catalogue

NEAR = 3


def fired(corpus: Path, label: dict[str, Any]) -> list[Diagnostic]:
    """What the rules of the label's entry say within three lines of its place."""
    repository, path = loose(corpus, label["file"])
    rules = [rule for rule in catalogue() if label["entry"] in rule.sources]
    found = analyse(repository.tree(), [path], rules, prove=False).diagnostics
    return [each for each in found if each.path == path and abs(each.place.line - label["line"]) <= NEAR]


def main() -> None:
    corpus = folder()
    covered = {source for rule in catalogue() for source in rule.sources}
    tally: dict[tuple[str, str, bool], int] = {}
    wrong: list[str] = []
    for label in labels(corpus):
        if label["entry"] not in covered:
            continue
        hits = fired(corpus, label)
        right = bool(hits) == (label["label"] == "positive")
        key = (label["label"], label["confidence"], right)
        tally[key] = tally.get(key, 0) + 1
        if not right:
            what = "MISSED" if label["label"] == "positive" else f"FALSE ALARM by {hits[0].rule.id}"
            wrong.append(
                f"{what} ({label['confidence']}) {label['entry']} {label['file']}:{label['line']}\n    {label['why']}"
            )
    for kind, good in (("positive", "found"), ("negative", "silent")):
        for confidence in ("high", "medium"):
            right, bad = tally.get((kind, confidence, True), 0), tally.get((kind, confidence, False), 0)
            print(f"{kind}s, {confidence} confidence: {right} of {right + bad} {good}")
    print("\n".join(["", *wrong]) if wrong else "")


if __name__ == "__main__":
    main()
