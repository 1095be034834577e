r"""A production deploy can fail half-way, and only a person can take it back.

There is a rollback, but it waits for somebody to start it: an own workflow, a job behind an approval or
`workflow_dispatch`, a script that nothing calls. Until then the service stays as the failed deploy left it. The rule
fires only where the repository itself shows that a rollback is wanted.

Bad:

```yaml
on:
  push:
  workflow_dispatch:
jobs:
  deploy-production:
    steps:
      - run: kubectl set image deployment/api api=registry.example.com/api:${{ github.sha }}
      - run: kubectl rollout status deployment/api
  rollback:
    if: github.event_name == 'workflow_dispatch'  # <-
    steps:
      - run: kubectl rollout undo deployment/api
```

Good:

```yaml
on:
  push:
  workflow_dispatch:
jobs:
  deploy-production:
    steps:
      - run: kubectl set image deployment/api api=registry.example.com/api:${{ github.sha }}
      - run: kubectl rollout status deployment/api
      - if: failure()
        run: kubectl rollout undo deployment/api
  rollback:
    if: github.event_name == 'workflow_dispatch'
    steps:
      - run: kubectl rollout undo deployment/api
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Confidence, Finding, Gap, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.graph import Graph
from ghapp.pipeline.rule import Evidence
from ghapp.pipeline.source import Place
from ghapp.rules._manual_rollback import Manual, manual_rollbacks
from ghapp.rules._rollback import on_circleci, production_deploys, rolls_itself_back
from ghapp.rules._service import restored_elsewhere


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    graph = Graph(pipeline)
    for job in production_deploys(pipeline):
        if rolls_itself_back(job, graph) or restored_elsewhere(pipeline):
            continue
        manual = next(manual_rollbacks(job), None)
        if manual is not None:
            message = (
                f"If `{job.id}` fails half-way, nothing restores the version before: {manual.what} has to be started "
                f"by hand. {_advice(pipeline, job.id)}"
            )
            evidence = (Evidence(job.key.place, "this deploy has no way back"),)
            read = not any(isinstance(item, Gap) for item in job.trail)
            confidence = Confidence.HIGH if manual.sure and read else Confidence.MEDIUM
            yield Finding(_place(manual, job.key.place), message, confidence=confidence, evidence=evidence)


def _place(manual: Manual, otherwise: Place) -> Place:
    return manual.place or otherwise


def _advice(pipeline: Pipeline, deploy: str) -> str:
    if on_circleci(pipeline):
        return f"Run it in a step with `when: on_fail`, or in a job that requires `{deploy}: [failed, canceled]`."
    return f"Run it in a step with `if: failure()`, or in a job with `needs: {deploy}` and `if: failure()`."


RULE = Rule(
    page=__doc__,
    severity=Severity.WARNING,
    sources=("S1.10",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI),
    words=("prod", "prd"),
    detect=detect,
)
