r"""ECS takes a failed deployment back, and the job takes that for success.

With the circuit breaker's `rollback=true` ECS returns to the revision before when new tasks keep failing. The service
is stable then, so `aws ecs wait services-stable` succeeds: the job is green, and the old version runs. Ask afterwards
which revision the service has.

Bad:

```bash
set -euo pipefail
aws ecs update-service --cluster prod --service api --task-definition api \
  --deployment-configuration 'deploymentCircuitBreaker={enable=true,rollback=true}'
aws ecs wait services-stable --cluster prod --services api  # <-
```

Good:

```bash
set -euo pipefail
new=$(aws ecs update-service --cluster prod --service api --task-definition api --query service.taskDefinition \
  --deployment-configuration 'deploymentCircuitBreaker={enable=true,rollback=true}' --output text)
aws ecs wait services-stable --cluster prod --services api
running=$(aws ecs describe-services --cluster prod --services api --query 'services[0].taskDefinition' --output text)
[ "$running" = "$new" ]
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline import Command, Evidence, Finding, Gap, Job, Pipeline, Platform, Rule, Severity, Step
from ghapp.pipeline.ecs.commands import text, verb
from ghapp.pipeline.graph import Graph
from ghapp.pipeline.kept import kept
from ghapp.pipeline.roles import checks_health

_ROLLS_BACK = re.compile(r"deploymentCircuitBreaker.*rollback\W{1,3}true", re.DOTALL)
_ASKS = ("describe-services", "describe-tasks", "list-service-deployments", "describe-service-deployments")


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    graph = Graph(pipeline)
    for job in pipeline.jobs:
        deploy: Command | None = None
        for command in job.commands:
            if verb(command) in ("update-service", "create-service"):
                broken = _ROLLS_BACK.search(text(command, "--deployment-configuration"))
                deploy = command if broken and command.has_option("--task-definition") else None
            elif deploy is not None and command.is_a("aws", "ecs", "wait", "services-stable"):
                if not _looked_at(job, command, graph):
                    message = (
                        "This wait also succeeds when the circuit breaker has taken the deployment back: the job is "
                        "green and the old version runs. Compare the service's `taskDefinition` with the new one."
                    )
                    evidence = (Evidence(deploy.place, "rolls back by itself"),)
                    yield Finding(command.place, message, evidence=evidence)
                deploy = None


def _looked_at(job: Job, wait: Command, graph: Graph) -> bool:
    return any(map(_asks, job.after(wait))) or any(map(_job_asks, graph.downstream(job)))


def _asks(item: Command | Gap | Step) -> bool:
    """Whether this may find out which version runs."""
    if isinstance(item, Gap) or checks_health(item):
        return True
    return isinstance(item, Command) and (verb(item) in _ASKS or item.name in ("curl", "wget"))


@kept
def _job_asks(job: Job) -> bool:
    return any(map(_asks, job.trail))


RULE = Rule(
    page=__doc__,
    severity=Severity.WARNING,
    sources=("S2.4",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI, Platform.SHELL),
    words=("ecs services-stable deploymentcircuitbreaker",),
    detect=detect,
)
