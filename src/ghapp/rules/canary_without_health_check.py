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
from ghapp.pipeline.circleci import definitions
from ghapp.pipeline.roles import production
from ghapp.pipeline.rule import Evidence
from ghapp.pipeline.source import Place
from ghapp.rules._canary_steps import MANAGED, Raise, raises
from ghapp.rules._rollback import without_comments


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    if MANAGED.search(without_comments(pipeline).lower()):
        return
    said: set[Place] = set()
    for jobs, run in ((pipeline.jobs, True), (definitions(pipeline), False)):
        for raised in raises(jobs):
            where = production(raised.job)
            if where and not raised.checked and not raised.unknown and raised.place not in said:
                said.add(raised.place)
                yield _finding(raised, where, run=run)


def _finding(raised: Raise, where: str, *, run: bool) -> Finding:
    sure = raised.resolved and run and not raised.approved
    message = (
        f"`{raised.job.id}` works on production ({where}) and goes {raised.path} without a check in between: a broken "
        "release reaches everybody. Let a health check that can fail the job run first."
    )
    if raised.approved:
        message += " A person is asked in between, but nothing shows how the canary does."
    if not raised.resolved:
        message += " (The scripts are not at hand: a check inside them could not be seen.)"
    if not run:
        message += " (No workflow takes this way yet.)"
    return Finding(
        raised.place,
        message,
        severity=None if sure else Severity.WARNING,
        confidence=Confidence.HIGH if sure else Confidence.MEDIUM,
        evidence=(Evidence(raised.before, "the share of traffic before"),),
    )


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S1.5",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI, Platform.SHELL),
    words=("canary", "traffic", "weight"),
    detect=detect,
    shows_order=True,
)
