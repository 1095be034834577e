r"""The approval for production does not hold the production deploy.

An approval job holds only those jobs that require it, directly or through others. A deploy beside it does not wait:
somebody is asked, and production has changed before they answer.

Bad:

```yaml
version: 2.1
jobs:
  deploy-production:
    docker: [{image: cimg/aws:2026.04}]
    steps:
      - run: kubectl apply -f k8s/
workflows:
  release:
    jobs:
      - approve-production:
          type: approval
      - deploy-production:  # <-
          context: aws-prod
```

Good:

```yaml
version: 2.1
jobs:
  deploy-production:
    docker: [{image: cimg/aws:2026.04}]
    steps:
      - run: kubectl apply -f k8s/
workflows:
  release:
    jobs:
      - approve-production:
          type: approval
      - deploy-production:
          context: aws-prod
          requires: [approve-production]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Edit, Finding, Job, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.roles import is_production
from ghapp.pipeline.rule import Evidence
from ghapp.rules._stages import Order, names_of, place_of, skipped, wait_for


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job, others in skipped(pipeline, _approves):
        message = (
            f"`{job.id}` does not require {names_of(others)}: it deploys to production while somebody is still asked "
            f"whether it may. Add `requires: [{others[0].id}]`."
        )
        evidence = tuple(Evidence(place_of(other), "the approval") for other in others)
        yield Finding(place_of(job), message, evidence=evidence, subject=Order(job, others))


def _approves(job: Job) -> bool:
    return job.kind == "approval" and is_production(job.id)


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    order = finding.subject
    return wait_for(order.job, order.others) if isinstance(order, Order) else None


RULE = Rule(
    page=__doc__,
    severity=Severity.WARNING,
    sources=("C3", "F32"),
    platforms=(Platform.CIRCLECI,),
    words=("approval prod", "approval prd"),
    detect=detect,
    fix=fix,
    shows_order=True,
)
