r"""All traffic is switched to the new version, and nothing switches it back.

What a health check before the switch could not see shows under real traffic. With a step that runs on failure, or a
`trap`, the old version gets its users back within seconds; without one they wait for somebody who knows the command.

Bad:

```yaml
jobs:
  deploy-production:
    runs-on: ubuntu-24.04
    env:
      GREEN: ${{ vars.GREEN_TG_ARN }}
      LISTENER: ${{ vars.LISTENER_ARN }}
    steps:
      - run: aws elbv2 wait target-in-service --target-group-arn "$GREEN"
      - run: aws elbv2 modify-listener --listener-arn "$LISTENER" --default-actions Type=forward,TargetGroupArn="$GREEN"  # <-
      - run: curl -fsS https://shop.example.com/health
```

Good:

```yaml
jobs:
  deploy-production:
    runs-on: ubuntu-24.04
    env:
      BLUE: ${{ vars.BLUE_TG_ARN }}
      GREEN: ${{ vars.GREEN_TG_ARN }}
      LISTENER: ${{ vars.LISTENER_ARN }}
    steps:
      - run: aws elbv2 wait target-in-service --target-group-arn "$GREEN"
      - run: aws elbv2 modify-listener --listener-arn "$LISTENER" --default-actions Type=forward,TargetGroupArn="$GREEN"
      - run: curl -fsS https://shop.example.com/health
      - if: failure()
        run: aws elbv2 modify-listener --listener-arn "$LISTENER" --default-actions Type=forward,TargetGroupArn="$BLUE"
```
"""  # noqa: E501 - the lines are what a reader would write

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Confidence, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.graph import Graph
from ghapp.pipeline.roles import production
from ghapp.pipeline.traffic import WORDS, is_restored, switches


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    graph = Graph(pipeline)
    for job in pipeline.jobs:
        for switch in switches(job):
            if switch.back or is_restored(switch, graph):
                continue
            message = (
                "All traffic moves to the new version, and no step, job or trap moves it back: if the version fails "
                "under traffic, users get errors until someone intervenes. Restore the old target on failure."
            )
            severity = Severity.FAILURE if production(job) else Severity.WARNING
            yield Finding(switch.command.place, message, severity, Confidence.MEDIUM)


RULE = Rule(
    page=__doc__,
    severity=Severity.WARNING,
    sources=("S2.6",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI),
    words=WORDS,
    detect=detect,
)
