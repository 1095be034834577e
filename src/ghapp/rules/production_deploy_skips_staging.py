r"""Production gets a release that staging has not seen.

The workflow deploys to staging and to production, and neither waits for the other: both start at once, so staging
cannot stop what is broken. The production deploy has to need the staging deploy, or what is tested there.

Bad:

```yaml
jobs:
  deploy-staging:
    steps:
      - run: helm upgrade api charts/api --namespace staging
  deploy-production:  # <-
    steps:
      - run: helm upgrade api charts/api --namespace production
```

Good:

```yaml
jobs:
  deploy-staging:
    steps:
      - run: helm upgrade api charts/api --namespace staging
  deploy-production:
    needs: deploy-staging
    steps:
      - run: helm upgrade api charts/api --namespace production
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline import Finding, Job, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.roles import normal, production
from ghapp.pipeline.rule import Evidence
from ghapp.rules._rollback import is_deploy_job
from ghapp.rules._stages import names_of, part_of, place_of, skipped

STAGING = re.compile(r"(?:^|-)(?:stag(?:e|ing)|stg|pre-?prod(?:uction)?)(?:-|$)")


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job, others in skipped(pipeline, _staging, lambda job, other: part_of(job) == part_of(other)):
        message = (
            f"`{job.id}` deploys to production without waiting for {names_of(others)}: what breaks on staging is live "
            "at the same time. Let it need that."
        )
        evidence = tuple(Evidence(place_of(other), "the staging deploy") for other in others)
        yield Finding(place_of(job), message, evidence=evidence)


def _staging(job: Job) -> bool:
    names = (job.id, job.name, job.environment or "")
    return is_deploy_job(job) and not production(job) and any(STAGING.search(normal(name)) for name in names)


RULE = Rule(
    page=__doc__,
    severity=Severity.WARNING,
    sources=("C3",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI),
    words=("prod stag", "prod stg", "prod preprod", "prod pre-prod"),
    detect=detect,
)
