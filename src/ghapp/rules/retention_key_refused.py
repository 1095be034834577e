r"""A retention that CircleCI does not know.

`store_artifacts` and `store_test_results` take a path, and the former a destination; a job's `retention` is for caches
alone, from one day to fifteen. Any other key makes CircleCI refuse the whole config: nothing runs. How long artifacts
are kept is set under Plan, Usage Controls; a shorter time for some of them needs a bucket whose lifecycle ends them.

Bad:

```yaml
version: 2.1
jobs:
  smoke-tests:
    docker: [{image: cimg/base:2026.08}]
    steps:
      - checkout
      - run: make smoke
      - store_artifacts:
          path: reports/smoke
          retention: 7d  # <-
workflows: {main: {jobs: [smoke-tests]}}
```

Good:

```yaml
version: 2.1
jobs:
  smoke-tests:
    docker: [{image: cimg/base:2026.08}]
    steps:
      - checkout
      - run: make smoke
      - store_artifacts:
          path: reports/smoke
workflows: {main: {jobs: [smoke-tests]}}
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

from ghapp.pipeline import Edit, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.edits import delete_key
from ghapp.pipeline.yaml import Node

STORES = ("store_artifacts", "store_test_results")
_KEY = re.compile(r"retention|expir|(^|[_-])days?$|^ttl$|^keep", re.IGNORECASE)
_DURATION = re.compile(r"(?:[1-9]|1[0-5])d")


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        for step in job.steps:
            if step.builtin in STORES:
                yield from _of_store(step.builtin, step.inputs.values())
        retention = job.node.get("retention", merge=True)
        if retention is not None and job.kind == "build":
            yield from _of_job(retention)


def _of_store(name: str, values: object) -> Iterator[Finding]:
    for node in cast("list[Node]", values):
        key = node.key
        if key is not None and _KEY.search(key.value):
            message = (
                f"`{name}` has no `{key.value}`: CircleCI refuses the config, and nothing runs. Artifacts are kept as "
                "long as Plan, Usage Controls says (30 days at most); for less, copy them to a bucket that ends them."
            )
            yield Finding(key.place, message, subject=node)


def _of_job(retention: Node) -> Iterator[Finding]:
    for key, value in retention.entries():
        days = value.text or ""
        if key.value != "caches":
            message = f"A job's `retention` is for `caches` alone: with `{key.value}` CircleCI refuses the config."
            yield Finding(key.place, message)
        elif "<<" not in days and not _DURATION.fullmatch(days):
            message = f"Caches are kept from `1d` to `15d`: with `{days[:40]}` CircleCI refuses the config."
            yield Finding(value.place, message)


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    node = finding.subject
    key = node.key if isinstance(node, Node) else None
    return delete_key(key.parent, key.value) if key is not None and key.parent is not None else None


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S1.8",),
    platforms=(Platform.CIRCLECI,),
    words=("retention:", "store_ days", "store_ expir", "store_ retention", "store_ ttl:", "store_ keep"),
    detect=detect,
    fix=fix,
)
