r"""All traffic is switched to the new version, and nothing has looked at how that version does.

A switch moves every user at once. When the new tasks do not answer yet, or never will, the load balancer has nobody to
send requests to, and users get errors until somebody moves it back. `aws elbv2 wait target-in-service` asks the load
balancer itself.

Bad:

```bash
set -euo pipefail
back() { aws elbv2 modify-listener --listener-arn "$LISTENER" --default-actions "Type=forward,TargetGroupArn=$BLUE"; }
trap back ERR
aws ecs update-service --cluster prod --service green --task-definition api
aws elbv2 modify-listener --listener-arn "$LISTENER" --default-actions "Type=forward,TargetGroupArn=$GREEN"  # <-
curl -fsS https://shop.example.com/health
```

Good:

```bash
set -euo pipefail
back() { aws elbv2 modify-listener --listener-arn "$LISTENER" --default-actions "Type=forward,TargetGroupArn=$BLUE"; }
trap back ERR
aws ecs update-service --cluster prod --service green --task-definition api
aws elbv2 wait target-in-service --target-group-arn "$GREEN"
aws elbv2 modify-listener --listener-arn "$LISTENER" --default-actions "Type=forward,TargetGroupArn=$GREEN"
curl -fsS https://shop.example.com/health
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline import Command, Edit, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.edits import run_before
from ghapp.pipeline.graph import Graph
from ghapp.pipeline.traffic import WORDS, is_checked, switches

_TARGET = re.compile(r"TargetGroupArn=(\$\{?\w+\}?)[\"',}\]\s]*$")


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    graph = Graph(pipeline)
    for job in pipeline.jobs:
        for switch in switches(job):
            if switch.back or is_checked(switch, graph):
                continue
            message = (
                "All traffic moves to the new version without a look at its health: if it does not answer, users get "
                "errors until someone intervenes. Wait for healthy targets first, and let a failure stop the job."
            )
            yield Finding(switch.command.place, message, subject=switch.command)


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    """Waits for the target group that stands on the switch's line."""
    command = finding.subject
    if not isinstance(command, Command) or not command.is_a("aws", "elbv2", "modify-listener"):
        return None
    target = _TARGET.search(command.raw)
    if target is None:
        return None
    return run_before(pipeline, command, f'aws elbv2 wait target-in-service --target-group-arn "{target[1]}"')


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S2.6",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI, Platform.SHELL),
    words=WORDS,
    detect=detect,
    fix=fix,
)
