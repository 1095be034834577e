"""What shares out the work of a job on CircleCI among its executors, also from within files that tests read."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ghapp.pipeline import Command, Gap, Job, Pipeline, Step, StepKind
from ghapp.pipeline.roles import items_of
from ghapp.pipeline.roles.vocabulary import vocabulary
from ghapp.rules._load import load_runs
from ghapp.rules._started import quiet

_SPLITS = re.compile(
    r"circleci(?:-agent)? (?:tests|run)|circle[_-]node|circleci[_-]parallel|[\s-]--?(?:shard|split|parallel|partition"
    r"|group|node|ci-node|record|slice|chunk)|knapsack|execution-?segment|testsuite|currents|splitter|(?:pytest|cypress|jest)-"
    r"(?:split|shard)|CI_NODE|SHARD|repeat|flak|burn-?in",
    re.IGNORECASE,
)
_CONFIGURES = re.compile(
    r"(?:jest|vitest|playwright|cypress|wdio|karma|nightwatch)\.config\.\w+|pyproject\.toml|pytest\.ini|setup\.cfg"
    r"|tox\.ini|noxfile\.py|conftest\.py|\.rspec|Rakefile|(?:spec|rails|test)_helper\.rb|package\.json|phpunit\.xml"
)
_MOST = 24
CONTAINERS = ("docker", "docker-compose", "podman")
"""What runs tests in a container, which may be handed a part of them by its configuration."""


def may_split(pipeline: Pipeline, job: Job) -> bool:
    """Whether a command, or anything that cannot be read, may give each executor a part of its own."""
    node = job.node
    if _SPLITS.search(node.source.text, node.start, node.end) or any(map(_opaque, job.trail)):
        return True
    if any(_SPLITS.search(command.raw) for command in job.commands):
        return True
    return any(_hides(pipeline, path) for path in _read_by(pipeline, job))


def repeats_tests(job: Job) -> bool:
    """Whether a command of the job runs tests by a program that we know: what another does with them is its own."""
    roles = [vocabulary(role) for role in ("test", "integration-test", "e2e-test", "performance-test")]
    items = [text for item, text in items_of(job) if isinstance(item, Command) and item.name not in CONTAINERS]
    return any(role.runs_it(text) for text in items for role in roles) or any(load_runs(job))


def _opaque(item: Command | Gap | Step) -> bool:
    if isinstance(item, Step):
        return item.kind is StepKind.ORB and not quiet(item)
    return isinstance(item, Gap) or (item.name is None and bool(item.words) and not item.followed)


def _read_by(pipeline: Pipeline, job: Job) -> Sequence[str | None]:
    """The files that a test of the job may read. None: they cannot be told."""
    tree, scenarios = pipeline.tree, [run.scenario for run in load_runs(job)]
    if tree.paths is None:
        return [None]
    if any(scenarios):
        named = [path for each in scenarios for path in tree.named.get(each.rpartition("/")[2], [])]
        return [None] if any("$" in each for each in scenarios) else named[:_MOST]
    found = sorted(path for name, paths in tree.named.items() if _CONFIGURES.fullmatch(name) for path in paths)
    return found[:_MOST] if len(found) <= _MOST else [None]


def _hides(pipeline: Pipeline, path: str | None) -> bool:
    source = pipeline.tree.source(path) if path is not None else None
    return source is None or _SPLITS.search(source.text) is not None
