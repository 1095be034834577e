"""Where the time goes: the slowest rules and files, `python -m bench.slowest CORPUS`.

CPU time of one run over all files. The rules share one model of each file, which is built bit by bit by whoever asks
first; here it is built before they are asked, and stands in the table as `model`. Reading the files and trying edits
out is not in it.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from bench.corpus_files import folder, repositories
from ghapp.pipeline import Finding, Pipeline
from ghapp.pipeline.engine import analyse
from ghapp.pipeline.memory import leave_garbage
from ghapp.pipeline.rule import Platform, Rule, Severity
from ghapp.rules import catalogue

SHOWN = 15


class Clock:
    """Adds up the seconds that rules take, by rule and by file."""

    def __init__(self) -> None:
        self.repository = ""
        self.rules: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()
        self.files: Counter[str] = Counter()

    def timed(self, rule: Rule) -> Rule:
        def detect(pipeline: Pipeline) -> Iterable[Finding]:
            began = time.process_time()
            found = tuple(rule.detect(pipeline))
            spent = time.process_time() - began
            self.rules[rule.id] += spent  # type: ignore[assignment]
            self.asked[rule.id] += 1
            self.files[f"{self.repository}/{pipeline.path}"] += spent  # type: ignore[assignment]
            return found

        return replace(rule, detect=detect)


def build(pipeline: Pipeline) -> Iterable[Finding]:
    """Makes the whole model, and finds nothing."""
    for job in pipeline.jobs:
        _ = job.programs
    return ()


MODEL = Rule("The model.", Severity.NOTICE, (), tuple(Platform), ("",), build, id="model")


def main() -> None:
    corpus, clock = folder(), Clock()
    leave_garbage()
    rules = [clock.timed(rule) for rule in (MODEL, *catalogue())]
    files, began = 0, time.process_time()
    for repository in repositories(corpus):
        clock.repository = repository.name
        files += analyse(repository.tree(), list(repository.files), rules, prove=False).files
    whole = time.process_time() - began
    print(f"{files} files, {1000 * whole / files:.2f} ms a file; the slowest rules and files:")
    for name, spent in clock.rules.most_common(SHOWN):
        print(f"{1000 * spent / files:7.3f} ms a file  {name}, asked about {clock.asked[name]}")
    for name, spent in clock.files.most_common(SHOWN):
        print(f"{1000 * spent:7.1f} ms  {name}")


if __name__ == "__main__":
    main()
