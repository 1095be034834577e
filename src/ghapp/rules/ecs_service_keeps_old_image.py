r"""A new image is pushed, and the ECS service is only told to start again.

`--force-new-deployment` starts new tasks of the task definition that the service already has. That definition names an
image with a tag; an image that was pushed under a new tag, such as the commit's, is in no definition, so the old one
runs on and the job is green. Register a revision that names the new image, and give it to `update-service`.

Bad:

```yaml
jobs:
  deploy:
    runs-on: ubuntu-24.04
    env:
      IMAGE: acme/api:${{ github.sha }}
    steps:
      - run: docker build -t "$IMAGE" . && docker push "$IMAGE"
      - run: aws ecs update-service --cluster prod --service api --force-new-deployment  # <-
```

Good:

```yaml
jobs:
  deploy:
    runs-on: ubuntu-24.04
    env:
      IMAGE: acme/api:${{ github.sha }}
    steps:
      - run: docker build -t "$IMAGE" . && docker push "$IMAGE"
      - id: render
        uses: aws-actions/amazon-ecs-render-task-definition@v1
        with:
          task-definition-family: api
          container-name: api
          image: ${{ env.IMAGE }}
      - uses: aws-actions/amazon-ecs-deploy-task-definition@v2
        with:
          task-definition: ${{ steps.render.outputs.task-definition }}
          cluster: prod
          service: api
          wait-for-service-stability: true
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Confidence, Evidence, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.ecs.services import Unit, Update, related, stale, units
from ghapp.pipeline.graph import Graph


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for unit in units(Graph(pipeline), pipeline.jobs):
        if unit.gaps or unit.defines or any(update.definition for update in unit.updates):
            continue
        for update in unit.updates:
            if update.forced and stale(unit, update):
                yield _finding(unit, update)


def _finding(unit: Unit, update: Update) -> Finding:
    mine = related(unit, update)
    service = f"`{update.service}`" if update.service and "$" not in update.service else "the service"
    message = (
        f"The pipeline pushes `{mine[-1].image[-80:]}` but only starts {service} again: its task definition still "
        "names the image of before, so the new build never runs. Register a revision with the new image and give it "
        "to `--task-definition`."
    )
    evidence = (Evidence(mine[-1].item.place, "pushed here, under a new tag"),)
    alone = len(mine) < len(unit.pushes) or len({each.repository for each in unit.pushes}) == 1
    if not alone:
        return Finding(update.command.place, message, Severity.WARNING, Confidence.MEDIUM, evidence)
    sure = Confidence.MEDIUM if unit.job.pipeline.platform is Platform.SHELL else Confidence.HIGH
    return Finding(update.command.place, message, confidence=sure, evidence=evidence)


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S2.4",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI, Platform.SHELL),
    words=("ecs update-service --force-new-deployment",),
    detect=detect,
)
