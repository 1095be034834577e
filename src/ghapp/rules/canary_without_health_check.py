r"""A canary gets more traffic without a look at how it does.

A canary is worth its name only if something between the steps can stop it: a health check, an alarm, an error rate that
fails the job. With a pause alone a broken release reaches everybody, only some minutes later.

Bad:

```yaml
jobs:
  deploy-production:
    steps:
      - run: ./shift-traffic.sh 10
      - run: sleep 300
      - run: ./shift-traffic.sh 100  # <-
```

Good:

```yaml
jobs:
  deploy-production:
    steps:
      - run: ./shift-traffic.sh 10
      - run: sleep 300
      - run: ./verify-canary.sh 10
      - run: ./shift-traffic.sh 100
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Confidence, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.roles import production
from ghapp.pipeline.rule import Evidence
from ghapp.rules._canary_steps import MANAGED, Raise, raises
from ghapp.rules._rollback import without_comments
from ghapp.rules._untaken import jobs_as_written


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    if MANAGED.search(without_comments(pipeline)):
        return
    for raised in raises(jobs_as_written(pipeline)):
        job = raised.job
        where = production(job)
        if where and not raised.checked and not raised.unknown:
            yield _finding(raised, where)


def _finding(raised: Raise, where: str) -> Finding:
    sure = raised.resolved and not raised.approved
    human = " A person is asked, but nothing shows them how the canary does." if raised.approved else ""
    unread = "" if raised.resolved else " (The scripts are not at hand; a check inside them could not be seen.)"
    message = (
        f"`{raised.job.id}` works on production ({where}) and goes {raised.path} without a check in between: a broken "
        f"release reaches everybody. Let a health check that can fail the job run first.{human}{unread}"
    )
    return Finding(
        raised.place,
        message,
        severity=None if sure else Severity.WARNING,
        confidence=Confidence.HIGH if sure else Confidence.MEDIUM,
        evidence=(Evidence(raised.before, "the step before"),),
    )


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S1.5",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI, Platform.SHELL),
    words=("canary", "traffic", "weight"),
    detect=detect,
)
