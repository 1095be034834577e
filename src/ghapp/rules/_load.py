"""Load tests as a job runs them: which scenarios, and whether one waits for the other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ghapp.pipeline import Command, Job, Mask, Pipeline, Platform
from ghapp.pipeline.roles import items_of

_RUNS = re.compile(
    r"(?:^|[\s/])(?P<tool>k6|artillery|jmeter|locust|gatling|vegeta)(?:[:@]\S+)?(?:\.sh)?"
    r"(?: run(?![-:]\w)| attack|:test\b|(?= .*(?:\s-n\b|--headless)))"
)
_ELSEWHERE = re.compile(r"--master|--worker|--out[= ]cloud|--processes|--version|--help|-remote|\s-R\s")
_SCENARIO = (".js", ".mjs", ".ts", ".yml", ".yaml", ".json", ".jmx", ".py", ".lua", ".scala")
_ALONE = re.compile(r"soak|endurance", re.IGNORECASE)
_LIST = re.compile(r"for \w+ in (.*)", re.DOTALL)
_ON_PURPOSE = re.compile(
    r"one after (?:the )?(?:other|another)|one at a time|sequential|serial|shared|in turn|(?:no|not) (?:in )?parallel"
    r"|warm-?up|distribut|load generator|multipl",
    re.IGNORECASE,
)
PARTS = frozenset(
    """shard shards shard_index shard-index shardindex index group part partition chunk split ci_node_index node_index
    node-index slice bucket worker suite spec specs scenario project browser""".split()  # noqa: SIM905
)
"""Names of a matrix' dimension by which the work of a job is shared out."""


@dataclass(frozen=True, slots=True)
class Run:
    """One load test. `scenario`: the file that describes it, as written; empty where none is named."""

    command: Command
    tool: str
    scenario: str

    @property
    def beside_others(self) -> bool:
        """Whether the next one begins before it ends."""
        return Mask.BACKGROUND in self.command.masks or bool({"xargs", "parallel"} & set(self.command.wrappers))


def load_runs(job: Job) -> Iterator[Run]:
    """The load tests of a job that run on its own machine, in order."""
    for item, text in items_of(job):
        match = _RUNS.search(text) if isinstance(item, Command) else None
        if isinstance(item, Command) and match is not None and not _ELSEWHERE.search(text):
            files = [word for word in text[match.end() :].split() if "=" not in word and word.endswith(_SCENARIO)]
            yield Run(item, match["tool"], files[-1] if files else "")


def in_sequence(pipeline: Pipeline, runs: list[Run]) -> int:
    """How many scenarios run one after another; 0 where some run side by side."""
    if any(run.beside_others for run in runs):
        return 0
    alone = {(run.tool, run.scenario) for run in runs if not run.command.guards and not _ALONE.search(run.scenario)}
    return len(alone) + sum(_rounds(pipeline, run) for run in runs if run.command.guards)


def _rounds(pipeline: Pipeline, run: Run) -> int:
    """How many files a `for` over files goes through; 0 for what else decides whether it runs."""
    guard = run.command.guards[-1]
    match = _LIST.match(guard.test) if guard.kind == "loop" else None
    words = match[1].split() if match is not None else []
    found = [each for word in words for each in (_matching(pipeline, run, word) if "*" in word else [word])]
    return sum(not _ALONE.search(each) for each in found)


def _matching(pipeline: Pipeline, run: Run, pattern: str) -> list[str]:
    directory = run.command.directory
    if directory is None or pipeline.tree.paths is None:
        return []
    return pipeline.tree.matching(f"{directory}/{pattern}".lstrip("/").removeprefix("./"))


def on_purpose(job: Job) -> bool:
    """Whether the job says that its tests are to run in turn, or many times at once."""
    node = job.node
    return _ON_PURPOSE.search(node.source.text, node.start, node.end) is not None


def times(job: Job) -> int | None:
    """How many executors a job on CircleCI has; None when that cannot be told."""
    said = job.parallelism if job.parallelism is not None else "1"
    return int(said) if said.isdecimal() and len(said) < 4 else None


def shared_out(job: Job) -> bool:
    """Whether the job's work is shared among several."""
    if job.pipeline.platform is Platform.CIRCLECI:
        return times(job) != 1
    return any(name.lower() in PARTS for name in job.matrix or ())
