r"""An ECS service is deployed by pushing its tag anew and starting it again.

This runs the new image, but under a name that meant another image an hour ago: nothing says which build is running, and
there is no revision to go back to when it fails. A task definition that names the commit's tag, or the digest, can be
rolled back.

Bad:

```yaml
jobs:
  deploy:
    runs-on: ubuntu-24.04
    env:
      IMAGE: acme/api
    steps:
      - run: docker build -t "$IMAGE:latest" . && docker push "$IMAGE:latest"
      - run: aws ecs update-service --cluster prod --service api --force-new-deployment  # <-
```

Good:

```yaml
jobs:
  deploy:
    runs-on: ubuntu-24.04
    env:
      IMAGE: acme/api
    steps:
      - run: docker build -t "$IMAGE:$GITHUB_SHA" . && docker push "$IMAGE:$GITHUB_SHA"
      - run: lib/scripts/register-and-deploy.sh prod api "$IMAGE:$GITHUB_SHA"
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Evidence, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.ecs.services import related, units
from ghapp.pipeline.graph import Graph
from ghapp.pipeline.images import Tag


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for unit in units(Graph(pipeline), pipeline.jobs):
        if unit.gaps or unit.defines or any(update.definition for update in unit.updates):
            continue
        for update in unit.updates:
            moved = next((push for push in related(unit, update) if push.tag is Tag.MOVING), None)
            if update.forced and moved is not None:
                message = (
                    f"The service runs whatever `{moved.image[-80:]}` is when its tasks start: there is no revision to "
                    "roll back to. Register a task definition that names the commit's tag or the digest."
                )
                yield Finding(update.command.place, message, evidence=(Evidence(moved.item.place, "pushed here"),))


RULE = Rule(
    page=__doc__,
    severity=Severity.NOTICE,
    sources=("S2.4",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI, Platform.SHELL),
    words=("ecs update-service --force-new-deployment",),
    detect=detect,
)
