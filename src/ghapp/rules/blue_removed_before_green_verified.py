r"""The old version is stopped or deleted before anything has looked at the new one.

Blue is what traffic can go back to. Once its tasks are gone a switch back takes as long as a new deployment, and until
then nobody serves the users. Look at the new version first, under traffic, and take the old one away last.

Bad:

```bash
set -euo pipefail
trap './lib/scripts/switch-back.sh' ERR
aws ecs update-service --cluster prod --service api-green --task-definition api
aws elbv2 modify-listener --listener-arn "$LISTENER" --default-actions "Type=forward,TargetGroupArn=$GREEN_TG"
aws ecs update-service --cluster prod --service api-blue --desired-count 0  # <-
curl -fsS https://shop.example.com/health
```

Good:

```bash
set -euo pipefail
trap './lib/scripts/switch-back.sh' ERR
aws ecs update-service --cluster prod --service api-green --task-definition api
aws elbv2 wait target-in-service --target-group-arn "$GREEN_TG"
aws elbv2 modify-listener --listener-arn "$LISTENER" --default-actions "Type=forward,TargetGroupArn=$GREEN_TG"
curl -fsS https://shop.example.com/health
aws ecs update-service --cluster prod --service api-blue --desired-count 0
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Evidence, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.graph import Graph
from ghapp.pipeline.traffic import WORDS, is_checked, removes_old, switches, verifies


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    graph = Graph(pipeline)
    for job in pipeline.jobs:
        for switch in switches(job):
            if switch.back or is_checked(switch, graph):
                continue
            for item in job.after(switch.command):
                if verifies(item):
                    break
                if removes_old(item):
                    message = (
                        "The old version goes before anything has looked at the new one: if that does not answer, "
                        "there is nothing to switch back to. Check the new version under traffic first."
                    )
                    evidence = (Evidence(switch.command.place, "traffic is switched here"),)
                    yield Finding(item.place, message, evidence=evidence)
                    break


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S2.6",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI, Platform.SHELL),
    words=WORDS,
    detect=detect,
    shows_order=True,
)
