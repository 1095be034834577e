"""Every finding over real files, for review: `python -m bench.findings CORPUS [RULE…]`."""

from __future__ import annotations

import sys
from collections import Counter

from bench.corpus_files import folder, repositories
from ghapp.pipeline.engine import analyse
from ghapp.rules import catalogue


def main() -> None:
    corpus, wanted = folder(), set(sys.argv[2:])
    rules = [rule for rule in catalogue() if not wanted or rule.id in wanted]
    count: Counter[str] = Counter()
    for repository in repositories(corpus):
        analysis = analyse(repository.tree(), list(repository.files), rules)
        for each in analysis.diagnostics:
            count[f"{each.rule.id} ({each.severity})"] += 1
            source = repository.tree().source(each.path)
            line = "" if source is None else source.line_text(each.place.line).strip()
            fix = "" if each.edit is None else ", suggestion" if each.proven else ", edit not proven"
            print(f"{each.severity} {each.rule.id} [{each.finding.confidence.name.lower()}{fix}]")
            print(f"  {repository.name}/{each.path}:{each.place.line}:{each.place.column}  {line}")
            print(f"  {each.finding.message}\n")
        for crash in analysis.crashes:
            print(f"CRASH {crash.rule} {repository.name}/{crash.path}: {crash.error}\n")
        for error in analysis.errors:
            print(f"error {repository.name}/{error.path}:{error.line}:{error.column} {error.message}\n")
    print("\n".join(f"{number:5} {name}" for name, number in sorted(count.items())) or "no findings")


if __name__ == "__main__":
    main()
