r"""The rollback puts the old version's service back, and leaves the traffic on the new one.

After a blue-green switch users are where the listener sends them. A rollback that only updates services, and does not
touch the listener, ends green while every request still goes to the version that failed.

Bad:

```yaml
jobs:
  deploy:
    runs-on: ubuntu-24.04
    steps:
      - run: aws elbv2 wait target-in-service --target-group-arn "$GREEN"
      - run: aws elbv2 modify-listener --listener-arn "$LISTENER" --default-actions Type=forward,TargetGroupArn="$GREEN"
      - run: curl -fsS https://shop.example.com/health
      - if: failure()
        run: aws ecs update-service --cluster prod --service api --task-definition "$PREVIOUS"  # <-
```

Good:

```yaml
jobs:
  deploy:
    runs-on: ubuntu-24.04
    steps:
      - run: aws elbv2 wait target-in-service --target-group-arn "$GREEN"
      - run: aws elbv2 modify-listener --listener-arn "$LISTENER" --default-actions Type=forward,TargetGroupArn="$GREEN"
      - run: curl -fsS https://shop.example.com/health
      - if: failure()
        run: |
          aws elbv2 modify-listener --listener-arn "$LISTENER" --default-actions Type=forward,TargetGroupArn="$BLUE"
          aws ecs update-service --cluster prod --service api --task-definition "$PREVIOUS"
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Command, Evidence, Finding, Gap, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.ecs.commands import verb
from ghapp.pipeline.graph import Graph
from ghapp.pipeline.traffic import WORDS, Item, failure_paths, moves_traffic, switches


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    graph = Graph(pipeline)
    for job in pipeline.jobs:
        for switch in switches(job):
            paths = [] if switch.back else list(failure_paths(switch, graph))
            if any(isinstance(item, Gap) or moves_traffic(item) for path in paths for item in path):
                continue
            restored = next((item for path in paths for item in path if _restores_service(item)), None)
            if restored is not None:
                message = (
                    "The rollback restores the service, but not where the traffic goes: users stay on the version that "
                    "failed. Set the listener back to the old target group as well."
                )
                yield Finding(restored.place, message, evidence=(Evidence(switch.command.place, "switched here"),))


def _restores_service(item: Item) -> bool:
    return isinstance(item, Command) and verb(item) == "update-service" and item.has_option("--task-definition")


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S2.6",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI),
    words=tuple(f"{words} update-service" for words in WORDS),
    detect=detect,
)
