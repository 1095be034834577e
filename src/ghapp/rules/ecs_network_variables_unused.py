r"""Subnets and security groups are set for a job, and its ECS task is started without them.

Without `--network-configuration` a task that has a network of its own cannot be placed, and AWS refuses the call. Where
the variables are there and nothing uses them, the option was forgotten: the separation that they stand for is not made.

Bad:

```yaml
jobs:
  migrate:
    runs-on: ubuntu-24.04
    env:
      SUBNET_IDS: subnet-1,subnet-2
      SECURITY_GROUPS: sg-1
    steps:
      - run: aws ecs run-task --cluster prod --task-definition migrate  # <-
```

Good:

```yaml
jobs:
  migrate:
    runs-on: ubuntu-24.04
    env:
      SUBNET_IDS: subnet-1,subnet-2
      SECURITY_GROUPS: sg-1
    steps:
      - run: |
          aws ecs run-task --cluster prod --task-definition migrate \
            --network-configuration "awsvpcConfiguration={subnets=[$SUBNET_IDS],securityGroups=[$SECURITY_GROUPS]}"
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Command, Confidence, Finding, Gap, Pipeline, Platform, Rule, Severity, Step
from ghapp.pipeline.ecs.network import holds_subnets, launches, variables

_READS_ENVIRONMENT = frozenset({"envsubst", "env", "printenv", "docker", "terraform", "tofu", "cdk", "sam", "copilot"})


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        for launch in launches(job):
            item = launch.item
            names = _unused(item) if isinstance(item, Command) and not launch.network and launch.fargate is None else []
            if any(map(holds_subnets, names)):
                message = (
                    f"`{'` and `'.join(names)}` are set here but never reach `{launch.words}`: without "
                    "`--network-configuration` a task in awsvpc mode, as on Fargate, is refused."
                )
                yield Finding(launch.place, message, confidence=Confidence.MEDIUM)


def _unused(command: Command) -> list[str]:
    """The variables that nothing in the job uses, as far as everything in it can be seen."""
    names = list(variables(command))
    for item in command.job.trail if names else ():
        if isinstance(item, Gap) or (isinstance(item, Command) and item.name in _READS_ENVIRONMENT):
            return []
        inputs = item.inputs if isinstance(item, Step) else ()
        said = item.raw if isinstance(item, Command) else " ".join(item.input(name) or "" for name in inputs)
        names = [name for name in names if name not in said]
    return names


RULE = Rule(
    page=__doc__,
    severity=Severity.WARNING,
    sources=("S2.3",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI),
    words=("ecs run-task subnet", "ecs create-service subnet", "ecs create-task-set subnet"),
    detect=detect,
)
