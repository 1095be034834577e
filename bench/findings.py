"""How right the catalogue is on real files, by verdicts of people: `python -m bench.findings CORPUS [RULE…]`.

Every finding is looked up in verdicts.jsonl, an object a line: `path` (repository and file within the corpus), `line`,
`rule`, `text` (a hash of the line's text: a verdict on a line that has changed counts no more), `verdict` (right,
wrong, doubtful) and `why`. Those of severity failure and warning that nobody has judged, or not as right, are printed,
and then how many are right, by severity, by confidence and by rule. A doubtful one is not right. `--all` prints every
finding.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from bench.corpus_files import folder, repositories
from ghapp.pipeline.engine import analyse
from ghapp.pipeline.rule import Diagnostic, Severity
from ghapp.rules import catalogue

VERDICTS = Path(__file__).with_name("verdicts.jsonl")


class Key(NamedTuple):
    """What a verdict is about."""

    path: str
    line: int
    rule: str
    text: str


def verdicts() -> dict[Key, tuple[str, str]]:
    """Verdict and reason of each finding that somebody has judged."""
    said = map(json.loads, VERDICTS.read_text("utf-8").splitlines())
    return {Key(*(each[name] for name in Key._fields)): (each["verdict"], each["why"]) for each in said}


def findings(corpus: Path, wanted: set[str]) -> Iterator[tuple[Key, str, Diagnostic]]:
    """Every finding with its key and the text of its line."""
    rules = [rule for rule in catalogue() if not wanted or rule.id in wanted]
    for repository in repositories(corpus):
        analysis = analyse(repository.tree(), list(repository.files), rules)
        for each in analysis.diagnostics:
            source = repository.tree().source(each.path)
            line = "" if source is None else source.line_text(each.place.line).strip()
            text = sha256(line.encode()).hexdigest()[:12]
            yield Key(f"{repository.name}/{each.path}", each.place.line, each.rule.id, text), line, each
        for crash in analysis.crashes:
            print(f"CRASH {crash.rule} {repository.name}/{crash.path}: {crash.error}\n")


def show(key: Key, line: str, each: Diagnostic, verdict: tuple[str, str]) -> None:
    fix = "" if each.edit is None else ", suggestion" if each.proven else ", edit not proven"
    print(f"{each.severity} {key.rule} [{each.finding.confidence.name.lower()}{fix}] {key.text}")
    print(f"  {key.path}:{key.line}:{each.place.column}  {line[:160]}")
    print(f"  {each.finding.message}")
    print(f"  -> {': '.join(verdict)}\n")


def share(right: int, of: int) -> str:
    return f"{right:4} of {of:4} right, {100 * right / of:5.1f} %"


def main() -> None:
    corpus, options = folder(), sys.argv[2:]
    known = verdicts()
    tally: dict[str, Counter[str]] = defaultdict(Counter)
    notices: Counter[str] = Counter()
    for key, line, each in findings(corpus, {each for each in options if not each.startswith("-")}):
        verdict = known.get(key, ("open", "nobody has judged this"))
        if each.severity is Severity.NOTICE:
            notices[key.rule] += 1
        else:
            confidence = each.finding.confidence.name.lower()
            for name in (
                "all",
                f"  {each.severity}",
                f"  confidence {confidence}",
                f"    {key.rule} ({each.severity})",
            ):
                tally[name][verdict[0]] += 1
        if "--all" in options or (each.severity is not Severity.NOTICE and verdict[0] != "right"):
            show(key, line, each, verdict)
    for name, count in tally.items():
        rest = ", ".join(f"{number} {what}" for what, number in count.items() if what != "right")
        print(f"{share(count['right'], count.total())}  {name}{f'  ({rest})' if rest else ''}")
    print("".join(f"\n{number:5} {name} (notice)" for name, number in sorted(notices.items())))


if __name__ == "__main__":
    main()
