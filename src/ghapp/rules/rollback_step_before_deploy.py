r"""The rollback step stands before the deploy it should take back.

A step that runs only after a failure looks back: it is decided on when its turn comes, by what has failed until then.
In front of the deploy it is skipped as long as nothing has failed yet, and not asked again when the deploy fails.

Bad:

```yaml
jobs:
  deploy-production:
    steps:
      - run: make build
      - if: failure()  # <-
        run: ./rollback.sh
      - run: ./deploy.sh production
```

Good:

```yaml
jobs:
  deploy-production:
    steps:
      - run: make build
      - run: ./deploy.sh production
      - if: failure()
        run: ./rollback.sh
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Command, Finding, Job, Pipeline, Platform, Rule, Severity, Step
from ghapp.pipeline.conditions import condition_node, only_after_failure
from ghapp.pipeline.roles import deploys, plays, rolls_back


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        late = [step for step in job.steps if only_after_failure(step) and _puts_back(step)]
        if not late or plays(job, "rollback"):
            continue
        changes = [step.index for step in _deploying(job) if step not in late]
        if changes and late[-1].index < changes[0]:
            step = late[-1]
            name = f"The step `{step.name}`" if step.name else "This step"
            message = (
                f"{name} can only see failures before it, and the deploy comes after it: when that fails, nothing "
                "is rolled back. It belongs behind the deploy."
            )
            yield Finding((condition_node(step) or step.node).place, message)


def _puts_back(step: Step) -> bool:
    return rolls_back(step) or any(rolls_back(command) for command in step.commands)


def _deploying(job: Job) -> list[Step]:
    return [item.step if isinstance(item, Command) else item for item in deploys(job)]


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S1.10",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI),
    words=(
        "rollback failure()",
        "rollback on_fail",
        "roll-back failure()",
        "revert failure()",
        "undo failure()",
        "undo on_fail",
    ),
    detect=detect,
)
