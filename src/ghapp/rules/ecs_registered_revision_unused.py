r"""A revision of the task definition is registered, and the ECS service is not told to use it.

Registering changes no service. `update-service` without `--task-definition` keeps the revision that the service has,
and `--force-new-deployment` starts that one again, so whatever the new revision says never runs.

Bad:

```bash
set -euo pipefail
aws ecs register-task-definition --cli-input-json file://td.json
aws ecs update-service --cluster prod --service api --force-new-deployment  # <-
```

Good:

```bash
set -euo pipefail
aws ecs register-task-definition --cli-input-json file://td.json
aws ecs update-service --cluster prod --service api --force-new-deployment --task-definition api
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Evidence, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.ecs.services import units
from ghapp.pipeline.graph import Graph


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for unit in units(Graph(pipeline), pipeline.jobs):
        if unit.gaps or unit.used or not unit.registrations:
            continue
        for update in unit.updates:
            if update.forced:
                message = (
                    "A revision is registered, but without `--task-definition` the service keeps the one it has, and "
                    "only that is started again. Give it the family, or the ARN that the registration prints."
                )
                evidence = (Evidence(unit.registrations[-1].place, "registered here, and used by nothing"),)
                yield Finding(update.command.place, message, evidence=evidence)


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S2.4",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI, Platform.SHELL),
    words=("ecs register-task-definition update-service --force-new-deployment",),
    detect=detect,
)
