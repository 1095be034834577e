r"""A job is meant to go on after a skipped one, but is skipped with it.

A condition that calls none of `success()`, `failure()`, `always()` and `cancelled()` gets an unwritten `success() &&`
before it, and a needed job that was skipped is no success. So `needs.build.result == 'skipped'` is never true where it
is asked: the job is skipped before.

Bad:

```yaml
jobs:
  build:
    if: github.event_name == 'push'
    steps:
      - run: ./build.sh
  deploy:
    needs: build
    if: needs.build.result == 'success' || needs.build.result == 'skipped'  # <-
    steps:
      - run: ./deploy.sh
```

Good:

```yaml
jobs:
  build:
    if: github.event_name == 'push'
    steps:
      - run: ./build.sh
  deploy:
    needs: build
    if: ${{ !cancelled() && (needs.build.result == 'success' || needs.build.result == 'skipped') }}
    steps:
      - run: ./deploy.sh
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline import Finding, Job, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.conditions import condition_node, status_functions, words_of, written

SKIPPED = re.compile(r"(?<![\w.!])needs\.([\w-]+)\.result=='skipped'")


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        node = condition_node(job) if not job.calls else None
        asked = SKIPPED.search(_written(job)) if node is not None else None
        if node is not None and asked and _may_be_skipped(pipeline, job, asked[1]):
            yield Finding(
                node.place,
                f"`{job.id}` is to run when `{asked[1]}` was skipped, but without `always()` or `!cancelled()` in its "
                f"condition it is skipped together with `{asked[1]}`. Put `!cancelled() &&` before the condition, in "
                "parentheses, and ask for the result of every needed job in it.",
            )


def _written(job: Job) -> str:
    words = words_of(job.condition or "")
    return "" if status_functions(words) else written(words)


def _may_be_skipped(pipeline: Pipeline, job: Job, name: str) -> bool:
    """Whether the job is needed, and has a condition or needs others, with which it would be skipped."""
    needed = {need.job for need in job.needs}
    asked = [each for each in pipeline.jobs if each.id.lower() == name and each.id in needed]
    return any(each.condition is not None or each.needs for each in asked)


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("F3",),
    platforms=(Platform.ACTIONS,),
    words=(".result 'skipped'",),
    detect=detect,
)
