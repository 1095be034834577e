r"""A task definition is deployed from its file, which does not name the image that was just pushed.

What it names was committed once, or is a placeholder that no registry knows. The action that renders a definition
writes a new file and leaves this one as it is: deploy what it gives out.

Bad:

```yaml
jobs:
  deploy:
    runs-on: ubuntu-24.04
    steps:
      - run: docker build -t acme/api:$GITHUB_SHA . && docker push acme/api:$GITHUB_SHA
      - id: render
        uses: aws-actions/amazon-ecs-render-task-definition@v1
        with:
          task-definition: task-definition.json
          container-name: api
          image: acme/api:${{ github.sha }}
      - uses: aws-actions/amazon-ecs-deploy-task-definition@v2
        with:
          task-definition: task-definition.json  # <-
```

With `task-definition.json`:

```json
{"family": "api", "containerDefinitions": [{"name": "api", "image": "acme/api:v1"}]}
```

Good:

```yaml
jobs:
  deploy:
    runs-on: ubuntu-24.04
    steps:
      - run: docker build -t acme/api:$GITHUB_SHA . && docker push acme/api:$GITHUB_SHA
      - id: render
        uses: aws-actions/amazon-ecs-render-task-definition@v1
        with:
          task-definition: task-definition.json
          container-name: api
          image: acme/api:${{ github.sha }}
      - uses: aws-actions/amazon-ecs-deploy-task-definition@v2
        with:
          task-definition: ${{ steps.render.outputs.task-definition }}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Edit, Evidence, Finding, Pipeline, Platform, Rule, Severity, Step
from ghapp.pipeline.ecs.templates import Template, rendered, templates
from ghapp.pipeline.edits import replace_value
from ghapp.pipeline.graph import Graph
from ghapp.pipeline.images import pushes


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    graph = Graph(pipeline)
    for job in pipeline.jobs:
        for template in templates(job):
            if template.hole is not None:
                message = (
                    f"`{template.path}` names the image `{template.hole}`, and nothing in this job puts one in its "
                    "place: ECS registers the definition, and its tasks cannot pull that image."
                )
                yield Finding(template.place, message, subject=template)
            elif old := template.outdated([push for each in (job, *graph.upstream(job)) for push in pushes(each)]):
                message = (
                    f"`{template.path}` names the image `{old[0]}`, but the pipeline pushes `{old[1].image[-80:]}`: "
                    "the deployment runs the old image. Deploy a definition in which the new one has been put."
                )
                evidence = (Evidence(old[1].item.place, "pushed here, under a new tag"),)
                yield Finding(template.place, message, evidence=evidence, subject=template)


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    """The rendered file, where a step before renders this one."""
    template = finding.subject
    maker = rendered(template) if isinstance(template, Template) else None
    if not isinstance(template, Template) or maker is None or not isinstance(template.item, Step):
        return None
    node = template.item.inputs["task-definition"]
    return replace_value(node, f"${{{{ steps.{maker}.outputs.task-definition }}}}")


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S2.4",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI, Platform.SHELL),
    words=("amazon-ecs-deploy-task-definition .json", "ecs register-task-definition --cli-input-json .json"),
    detect=detect,
    fix=fix,
)
