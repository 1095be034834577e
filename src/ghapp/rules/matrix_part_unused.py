r"""A matrix shares out the tests, and no step takes its share.

Each value of the matrix starts the job once more. Where no step, no variable and no input of the job mentions it, all
of them run the same tests in full: as many times the cost, for the same result.

Bad:

```yaml
jobs:
  e2e-tests:
    runs-on: ubuntu-24.04
    strategy:
      matrix:
        shard: [1, 2, 3]  # <-
    steps:
      - uses: actions/checkout@v6
      - run: npx playwright test
```

Good:

```yaml
jobs:
  e2e-tests:
    runs-on: ubuntu-24.04
    strategy:
      matrix:
        shard: [1, 2, 3]
    steps:
      - uses: actions/checkout@v6
      - run: npx playwright test --shard=${{ matrix.shard }}/3
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline import Finding, Job, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.yaml import Node

PARTS = frozenset(
    """shard shards shard_index shard-index shardindex index group part partition chunk split ci_node_index node_index
    node-index slice bucket""".split()  # noqa: SIM905
)
_OTHERWISE = re.compile(
    r"tojson\(|strategy\.job|matrix\[|matrix\s*[,)}]|record|parallel|ci-build-id|knapsack|currents|start-agent|repeat|flak"
)
"""What may hand over the value without its name, and what shares out the tests through a service of its own."""
_LABELS = re.compile(r"^(name|title)$|artifact-?name")


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        matrix = job.node.at("strategy", "matrix")
        if matrix is None or _OTHERWISE.search(job.node.source.text[job.node.start : job.node.end].lower()):
            continue
        said = " ".join(_values(job))
        for key, values in matrix.entries():
            name = key.deref().value
            if name.lower() in PARTS and len(values.items) > 1 and f"matrix.{name.lower()}" not in said:
                message = (
                    f"`{job.id}` runs {len(values.items)} times, once for each `{name}`, but no step uses "
                    f"`matrix.{name}`: each run does all the work. Hand it to the tests, or drop it from the matrix."
                )
                yield Finding(key.place, message)


def _values(job: Job) -> Iterator[str]:
    """Everything that the job says, in lower case, but for what is only a name for people."""
    todo: list[Node] = [value for key, value in job.node.entries() if key.value != "strategy"]
    while todo:
        node = todo.pop().deref()
        if node.key is None or not _LABELS.search(node.key.value):
            yield node.value.lower()
        todo += node.items
        todo += [value for _, value in node.pairs]


RULE = Rule(
    page=__doc__,
    severity=Severity.WARNING,
    sources=("S1.3",),
    platforms=(Platform.ACTIONS,),
    words=tuple(f"matrix: {word}" for word in ("shard", "index", "group", "part", "chunk", "split", "slice", "bucket")),
    detect=detect,
)
