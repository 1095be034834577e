r"""Production gets a release that staging has not seen.

The workflow tries the release out on staging and deploys to production, and neither waits for the other: both start
at once, so staging cannot stop what is broken. The production deploy has to need the staging deploy, or what is tested
there.

Bad:

```yaml
jobs:
  deploy-staging:
    steps:
      - run: helm upgrade api charts/api --namespace staging
      - run: curl -fsS https://staging.example.com/health
  deploy-production:  # <-
    runs-on: ubuntu-24.04
    steps:
      - run: helm upgrade api charts/api --namespace production
```

Good:

```yaml
jobs:
  deploy-staging:
    steps:
      - run: helm upgrade api charts/api --namespace staging
      - run: curl -fsS https://staging.example.com/health
  deploy-production:
    runs-on: ubuntu-24.04
    needs: [deploy-staging]
    steps:
      - run: helm upgrade api charts/api --namespace production
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline import Edit, Finding, Gap, Job, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.graph import Graph
from ghapp.pipeline.roles import checks_health, normal, production
from ghapp.pipeline.rule import Evidence
from ghapp.rules._rollback import is_deploy_job
from ghapp.rules._stages import Order, advice, names_of, part_of, place_of, skipped, wait_for

STAGING = re.compile(r"(?:^|-)(?:stag(?:e|ing)|stg|pre-?prod(?:uction)?)(?:-|$)")


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    graph = Graph(pipeline)
    for job, others in skipped(pipeline, _staging, lambda job, other: part_of(job) == part_of(other)):
        proving = [other for other in others if graph.dependants(other) or _checked(other)]
        if proving:
            message = (
                f"`{job.id}` deploys to production without waiting for {names_of(proving)}, where the release is tried "
                f"out: what breaks there is live at the same time. {advice(job, proving)}"
            )
            evidence = tuple(Evidence(place_of(other), "the staging deploy") for other in proving)
            yield Finding(place_of(job), message, evidence=evidence, subject=Order(job, proving))


def _checked(job: Job) -> bool:
    """Whether the job looks at what it has deployed."""
    return any(checks_health(item) for item in job.trail if not isinstance(item, Gap))


def _staging(job: Job) -> bool:
    names = (job.id, job.name, job.environment or "")
    return is_deploy_job(job) and not production(job) and any(STAGING.search(normal(name)) for name in names)


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    order = finding.subject
    return wait_for(order.job, order.others) if isinstance(order, Order) else None


RULE = Rule(
    page=__doc__,
    severity=Severity.WARNING,
    sources=("C3",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI),
    words=("prod stag", "prod stg", "prod preprod", "prod pre-prod"),
    detect=detect,
    fix=fix,
    shows_order=True,
)
