r"""A Fargate task is started without subnets.

Tasks on Fargate always have a network interface of their own, so AWS has to be told the subnets: without
`--network-configuration` the call is refused with "Network Configuration must be provided when networkMode 'awsvpc' is
specified", and nothing runs. `update-service` does not need it, because the service keeps its own.

Bad:

```yaml
jobs:
  migrate:
    runs-on: ubuntu-24.04
    env:
      SG_JSON: '["sg-1"]'
      SUBNETS_JSON: '["subnet-1","subnet-2"]'
    steps:
      - run: |
          aws ecs run-task --cluster prod --task-definition migrate --launch-type FARGATE  # <-
```

Good:

```yaml
jobs:
  migrate:
    runs-on: ubuntu-24.04
    env:
      SG_JSON: '["sg-1"]'
      SUBNETS_JSON: '["subnet-1","subnet-2"]'
    steps:
      - run: |
          aws ecs run-task --cluster prod --task-definition migrate --launch-type FARGATE \
            --network-configuration "awsvpcConfiguration={subnets=${SUBNETS_JSON},securityGroups=${SG_JSON}}"
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Command, Edit, Finding, Job, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.ecs.network import ORB, Launch, holds_subnets, launches, variables
from ghapp.pipeline.edits import replace_in

_SAYS = "'Network Configuration must be provided when networkMode 'awsvpc' is specified'"


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        for launch in launches(job):
            if launch.fargate and not launch.network:
                yield Finding(launch.place, _message(launch), subject=launch.item)


def _message(launch: Launch) -> str:
    item = launch.item
    if isinstance(item, Job) or launch.words.startswith(ORB):
        return (
            f"`{launch.words}` is given no `subnet_ids`: the orb stops with '\"subnet-ids\" is missing', and no task "
            "starts. Name the subnets, or set `awsvpc: false` for a task on EC2 instances."
        )
    missing = "--network-configuration" if isinstance(item, Command) else "run-task-subnets"
    unused = list(variables(item))[:3]
    hint = f" `{'` and `'.join(unused)}` are set here." if unused else ""
    return f"`{launch.words}` starts a Fargate task without `{missing}`: AWS refuses with {_SAYS}.{hint}"


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    """Where variables with JSON arrays are at hand, both kinds, they are handed over."""
    command = finding.subject
    if not isinstance(command, Command) or command.substituted:
        return None
    arrays = [name for name, value in variables(command).items() if (value or "").startswith('["')]
    subnets = [name for name in arrays if holds_subnets(name)]
    groups = [name for name in arrays if not holds_subnets(name)]
    if len(subnets) != 1 or len(groups) != 1:
        return None
    value = f"awsvpcConfiguration={{subnets=${{{subnets[0]}}},securityGroups=${{{groups[0]}}}}}"
    text, end = command.script.text, command.words[-1].end
    return replace_in(text, end, end, f' \\\n  --network-configuration "{value}"')


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S2.3",),
    platforms=(Platform.ACTIONS, Platform.ACTION, Platform.CIRCLECI, Platform.SHELL),
    words=("ecs run-task", "ecs run_task", "ecs create-service fargate", "ecs create-task-set fargate"),
    detect=detect,
    fix=fix,
)
