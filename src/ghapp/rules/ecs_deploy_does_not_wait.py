r"""The job ends before ECS has started the new tasks.

Without `wait-for-service-stability` the action only asks ECS to deploy. The job is green at once, also when the new
tasks crash, and whatever comes after it works with the old version.

Bad:

```yaml
jobs:
  deploy:
    runs-on: ubuntu-24.04
    steps:
      - uses: aws-actions/amazon-ecs-deploy-task-definition@v2  # <-
        with:
          task-definition: ${{ steps.render.outputs.task-definition }}
          service: api
          cluster: prod
```

Good:

```yaml
jobs:
  deploy:
    runs-on: ubuntu-24.04
    steps:
      - uses: aws-actions/amazon-ecs-deploy-task-definition@v2
        with:
          task-definition: ${{ steps.render.outputs.task-definition }}
          service: api
          cluster: prod
          wait-for-service-stability: true
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Command, Edit, Finding, Gap, Job, Pipeline, Platform, Rule, Severity, Step
from ghapp.pipeline.ecs.templates import DEPLOY
from ghapp.pipeline.edits import set_key
from ghapp.pipeline.graph import Graph
from ghapp.pipeline.kept import kept
from ghapp.pipeline.roles import checks_health

_MESSAGE = (
    "The step ends as soon as ECS has taken the order: if the new tasks do not start, the job is green all the same. "
    "`wait-for-service-stability: true` waits for them."
)


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    graph = Graph(pipeline)
    for job in pipeline.jobs:
        for step in job.steps:
            if step.uses is None or step.uses.name != DEPLOY or not step.input("service"):
                continue
            given = step.input("wait-for-service-stability")
            looked_at = any(map(_asks, job.after(step))) or any(map(_job_asks, graph.downstream(job)))
            if given in (None, "", "false") and not looked_at:
                yield Finding(step.uses.node.place, _MESSAGE, subject=step)


def _asks(item: Command | Gap | Step) -> bool:
    """Whether this may look at how the new tasks do."""
    return isinstance(item, Gap) or checks_health(item)


@kept
def _job_asks(job: Job) -> bool:
    return any(map(_asks, job.trail))


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    node = finding.subject.node.get("with") if isinstance(finding.subject, Step) else None
    return set_key(node, "wait-for-service-stability", "true") if node is not None else None


RULE = Rule(
    page=__doc__,
    severity=Severity.NOTICE,
    sources=("S2.4",),
    platforms=(Platform.ACTIONS, Platform.ACTION),
    words=("amazon-ecs-deploy-task-definition",),
    detect=detect,
    fix=fix,
)
