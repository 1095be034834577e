r"""A job waits for another's failure, but is skipped when that fails.

A condition that calls none of `failure()`, `always()` and `cancelled()` gets an unwritten `success() &&` before it.
With `needs.deploy.result == 'failure'` alone it asks that the deploy failed and that every needed job has succeeded:
never true. The same holds for a step that asks for the `outcome` of a step before it.

Bad:

```yaml
jobs:
  deploy:
    steps:
      - run: ./deploy.sh
  rollback:
    needs: deploy
    if: needs.deploy.result == 'failure'  # <-
    steps:
      - run: ./rollback.sh
```

Good:

```yaml
jobs:
  deploy:
    steps:
      - run: ./deploy.sh
  rollback:
    needs: deploy
    if: always() && needs.deploy.result == 'failure'
    steps:
      - run: ./rollback.sh
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

from ghapp.pipeline import Edit, Finding, Job, Pipeline, Platform, Rule, Severity, Step
from ghapp.pipeline.conditions import beginning, condition_node, part_of
from ghapp.pipeline.edits import replace_in
from ghapp.pipeline.yaml import Node

JOB = re.compile(
    r"needs\.([\w*-]+)\.result=='(?:failure|cancelled)'|contains\(needs\.(\*)\.result,'(?:failure|cancelled)'\)"
)
STEP = re.compile(r"steps\.([\w-]+)\.(?:outcome|conclusion)=='failure'")
MESSAGE = (
    "`{}` can hold only after a failure, but without `failure()` or `always()` in the condition {} is "
    "skipped after any failure: it never runs."
)


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        if not job.calls and job.needs and (part := part_of(job, JOB)) and not _tolerated(job):
            yield _finding(job, part, f"`{job.id}`")
        for step in job.steps:
            part = part_of(step, STEP) if not step.calls else None
            if part and not step.gap and _must_succeed(step, part) and not _only_fails(step):
                yield _finding(step, part, f"the step `{step.name}`" if step.name else "this step")


def _tolerated(job: Job) -> bool:
    """Whether one of the needed jobs may fail and count as a success."""
    needed = {need.job for need in job.needs}
    return any(each.node.get("continue-on-error") for each in job.pipeline.jobs if each.id in needed)


def _must_succeed(step: Step, part: str) -> bool:
    """Whether the step that is asked about is one whose failure ends the job."""
    match = STEP.fullmatch(part)
    asked = [each for each in step.job.steps if match and each.id.lower() == match[1] and not each.calls]
    return bool(asked) and all(each.node.get("continue-on-error") is None and not each.tolerated for each in asked)


def _only_fails(step: Step) -> bool:
    """Whether the step ends a job that has failed by then, and does nothing else."""
    names = {command.name for command in step.commands}
    return "exit" in names and names <= {"exit", "echo"}


def _finding(item: Job | Step, part: str, what: str) -> Finding:
    node = condition_node(item)
    return Finding((node or item.node).place, MESSAGE.format(part.replace("==", " == "), what), subject=node)


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    node = cast(Node | None, finding.subject)
    return replace_in(node.as_text(), beginning(node), beginning(node), "always() && ") if node is not None else None


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S1.10",),
    platforms=(Platform.ACTIONS, Platform.ACTION),
    words=(".result 'failure'", ".result 'cancelled'", ".outcome 'failure'", ".conclusion 'failure'"),
    detect=detect,
    fix=fix,
)
