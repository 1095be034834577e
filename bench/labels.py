"""How the catalogue does on hand-judged places: `python -m bench.labels CORPUS`.

A positive is found when a rule of its entry fires within three lines of it; a negative is silent when none does. Of a
positive that is missed it is said where else in its file the entry is found, or that the file is refused. Then the
commits that mended a failure: before it the entry should be found in the file, after it not. Entries without a rule are
left out.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from bench.corpus_files import folder, labels, loose
from ghapp.pipeline.engine import Analysis, analyse
from ghapp.pipeline.rule import Diagnostic
from ghapp.rules import catalogue

NEAR = 3


def heard(corpus: Path, file: str, entry: str) -> tuple[Analysis, list[Diagnostic]]:
    """What the rules of the entry say in the file."""
    repository, path = loose(corpus, file)
    rules = [rule for rule in catalogue() if entry in rule.sources]
    analysis = analyse(repository.tree(), [path], rules, prove=False)
    return analysis, [each for each in analysis.diagnostics if each.path == path]


def instead(analysis: Analysis, found: list[Diagnostic]) -> str:
    """What is said of the file, though not at the place of the label."""
    if analysis.errors:
        return f"refused at line {analysis.errors[0].line}"
    lines = ", ".join(dict.fromkeys(f"{each.rule.id} in line {each.place.line}" for each in found))
    return lines or "nothing in the whole file"


def judge(corpus: Path, label: dict[str, Any], tally: Counter[tuple[str, str, str]]) -> str:
    """What is wrong with the answer to one label, or nothing."""
    analysis, found = heard(corpus, label["file"], label["entry"])
    hits = [each for each in found if abs(each.place.line - label["line"]) <= NEAR]
    right = bool(hits) == (label["label"] == "positive")
    tally[label["label"], label["confidence"], "right" if right else "elsewhere" if found else "wrong"] += 1
    if right:
        return ""
    what = f"FALSE ALARM by {hits[0].rule.id}" if hits else f"MISSED, {instead(analysis, found)}"
    return f"{what} ({label['confidence']}) {label['entry']} {label['file']}:{label['line']}\n    {label['why']}"


def main() -> None:
    corpus = folder()
    covered = {source for rule in catalogue() for source in rule.sources}
    tally: Counter[tuple[str, str, str]] = Counter()
    wrong = [said for each in labels(corpus) if each["entry"] in covered and (said := judge(corpus, each, tally))]
    for kind, good in (("positive", "found"), ("negative", "silent")):
        for confidence in ("high", "medium"):
            right, elsewhere, not_so = (tally[kind, confidence, how] for how in ("right", "elsewhere", "wrong"))
            more = f", {elsewhere} more elsewhere in the file" if kind == "positive" else ""
            print(f"{kind}s, {confidence} confidence: {right} of {right + elsewhere + not_so} {good}{more}")
    print("\n".join(["", *wrong]))
    for fix in sorted((corpus / "fixes").iterdir()):
        entry = fix.name.split("-")[1]
        files = sorted(path.name for path in fix.glob("*.*") if path.stem in ("before", "after"))
        said = {file.partition(".")[0]: instead(*heard(corpus, f"fixes/{fix.name}/{file}", entry)) for file in files}
        if entry in covered:
            print(f"{fix.name}: before {said['before']}; after {said['after']}")


if __name__ == "__main__":
    main()
