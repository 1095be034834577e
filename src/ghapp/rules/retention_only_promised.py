r"""A config on CircleCI promises a retention that nothing enforces.

A comment or the name of a step says for how many days results are kept, but CircleCI has no key for that: they are kept
as long as Plan, Usage Controls says, up to 30 days. Who relies on the comment keeps what should be gone.

Bad:

```yaml
version: 2.1
jobs:
  smoke-tests:
    docker: [{image: cimg/base:2026.08}]
    steps:
      - checkout
      - run: make smoke
      # Results are kept for 7 days.
      - store_artifacts:  # <-
          path: reports/smoke
workflows:
  main:
    jobs: [smoke-tests]
```

Good:

```yaml
version: 2.1
jobs:
  smoke-tests:
    docker: [{image: cimg/aws:2026.04}]
    steps:
      - checkout
      - run: make smoke
      # The bucket's lifecycle deletes what lies below 7d/ after 7 days.
      - run: aws s3 cp --recursive reports/smoke "s3://$REPORTS/7d/$CIRCLE_WORKFLOW_ID/"
workflows:
  main:
    jobs: [smoke-tests]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Finding, Job, Pipeline, Platform, Rule, Severity
from ghapp.rules._retention import promise
from ghapp.rules.retention_key_refused import STORES

COPIES = ("aws", "gsutil", "gcloud", "az", "s3cmd", "rclone", "mc")


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        for step in job.steps:
            said = promise(pipeline, step) if step.builtin in STORES else None
            if said is not None and not _copied(job):
                message = (
                    f"`{step.builtin}` keeps this as long as Plan, Usage Controls says, up to 30 days, not for "
                    f"{said.days} days: CircleCI has no key for that. For a time of its own, copy it to a bucket whose "
                    "lifecycle ends it."
                )
                yield Finding(step.place, message, evidence=(said.evidence,))


def _copied(job: Job) -> bool:
    """Whether the job also copies results to a bucket, or does what cannot be seen."""
    orbs = any(step.uses is not None and "s3" in step.uses.name for step in job.steps)
    return orbs or any(command.name in COPIES for command in job.commands)


RULE = Rule(
    page=__doc__,
    severity=Severity.NOTICE,
    sources=("S1.8",),
    platforms=(Platform.CIRCLECI,),
    words=("store_artifacts # days", "store_test_results # days", "store_artifacts days", "store_test_results days"),
    detect=detect,
)
