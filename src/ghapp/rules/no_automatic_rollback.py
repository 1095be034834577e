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
from ghapp.rules._rollback import deploys_of, on_circleci, rolls_itself_back
from ghapp.rules._rollback_wanted import may_be_wanted, wishes
from ghapp.rules._service import restored_elsewhere


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    if not may_be_wanted(pipeline):
        return
    graph = Graph(pipeline)
    for job in deploys_of(pipeline, everywhere=pipeline.policy.rollback == "all"):
        wish = next(wishes(job, graph), None)
        if wish is None or rolls_itself_back(job, graph) or restored_elsewhere(pipeline):
            continue
        reason = f"If `{job.id}` fails half-way, nothing restores the version before: {wish.text}."
        place = wish.place or job.key.place
        evidence = (Evidence(job.key.place, "this deploy has no way back"),)
        read = not any(isinstance(item, Gap) for item in job.trail)
        confidence = Confidence.HIGH if wish.sure and read else Confidence.MEDIUM
        yield Finding(place, f"{reason} {_advice(pipeline, job.id)}", confidence=confidence, evidence=evidence)


def _advice(pipeline: Pipeline, deploy: str) -> str:
    if on_circleci(pipeline):
        return f"Roll back in a step with `when: on_fail`, or in a job that requires `{deploy}: [failed, canceled]`."
    return f"Roll back in a step with `if: failure()`, or in a job with `needs: {deploy}` and `if: failure()`."


RULE = Rule(
    page=__doc__,
    severity=Severity.WARNING,
    sources=("S1.10",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI),
    words=("deploy", "prod", "prd"),
    detect=detect,
)
