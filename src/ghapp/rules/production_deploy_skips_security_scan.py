r"""A production deploy does not wait for the security scan beside it.

The scan runs in the same workflow, and nothing connects the two: the release is live before the scan has ended, and a
finding that fails the scan stops nobody.

Bad:

```yaml
jobs:
  build:
    steps:
      - run: make image
  image-scan:
    needs: build
    steps:
      - run: trivy image --exit-code 1 --severity HIGH,CRITICAL registry.example.com/api
  deploy-production:  # <-
    needs: build
    steps:
      - run: kubectl apply -f k8s/
```

Good:

```yaml
jobs:
  build:
    steps:
      - run: make image
  image-scan:
    needs: build
    steps:
      - run: trivy image --exit-code 1 --severity HIGH,CRITICAL registry.example.com/api
  deploy-production:
    needs: [build, image-scan]
    steps:
      - run: kubectl apply -f k8s/
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Edit, Finding, Job, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.roles import plays, plays_surely
from ghapp.pipeline.rule import Evidence
from ghapp.rules._rollback import is_deploy_job
from ghapp.rules._stages import Order, advice, names_of, place_of, skipped, wait_for


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job, others in skipped(pipeline, _scans):
        if plays(job, "security-scan"):
            continue
        message = (
            f"`{job.id}` deploys to production without waiting for {names_of(others)}: the release is live before "
            f"the scan has ended, and its findings stop nobody. {advice(job, others)}"
        )
        evidence = tuple(Evidence(place_of(other), "the scan") for other in others)
        yield Finding(place_of(job), message, evidence=evidence, subject=Order(job, others))


def _scans(job: Job) -> bool:
    return plays_surely(job, "security-scan") and not is_deploy_job(job)


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    order = finding.subject
    return wait_for(order.job, order.others) if isinstance(order, Order) else None


RULE = Rule(
    page=__doc__,
    severity=Severity.WARNING,
    sources=("C3",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI),
    words=("prod scan", "prod security", "prod trivy", "prod snyk", "prod audit"),
    detect=detect,
    fix=fix,
    shows_order=True,
)
