r"""Integration tests talk to Cognito, and nothing stands in for it.

Neither a local user pool nor a mock is started, and no real pool is named: the tests of authentication call AWS and
fail, or are skipped and show green. The rule fires only where something shows that Cognito is meant: the policy
(`integration.needs`), variables that name a pool or an endpoint at localhost, or the SDK among the dependencies
together with tests of authentication.

Bad:

```yaml
jobs:
  integration-tests:  # <-
    runs-on: ubuntu-24.04
    env:
      COGNITO_USER_POOL_ID: local_pool
      COGNITO_ENDPOINT: http://localhost:9229
    steps:
      - uses: actions/checkout@v6
      - run: npx jest --testPathPattern=integration
```

Good:

```yaml
jobs:
  integration-tests:
    runs-on: ubuntu-24.04
    services:
      cognito:
        image: jagregory/cognito-local:5.0.0
        ports: ['9229:9229']
    env:
      COGNITO_USER_POOL_ID: local_pool
      COGNITO_ENDPOINT: http://localhost:9229
    steps:
      - uses: actions/checkout@v6
      - run: npx jest --testPathPattern=integration
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Confidence, Finding, Pipeline, Platform, Rule, Severity
from ghapp.rules._backend_needs import Weight
from ghapp.rules._cognito import FAMILY, STANDS_IN, WORDS, answered, reason
from ghapp.rules._integration import embedded, hinted, how, integration_jobs, remote, unseen
from ghapp.rules._started import started

SEVERITIES = {Weight.POLICY: Severity.FAILURE, Weight.ENVIRONMENT: Severity.WARNING}


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in integration_jobs(pipeline):
        found = reason(pipeline, job)
        if found is None or hinted(job, WORDS) or remote(job, FAMILY) or answered(job):
            continue
        weight, why = found
        running = started(pipeline, job)
        inside = embedded(pipeline, STANDS_IN)
        if running.hidden or inside or (running.compose is not None and weight not in (Weight.POLICY, Weight.HEADER)):
            continue
        message = (
            f"`{job.id}` tests what talks to Cognito ({why.text}), but nothing in the job stands in for it"
            f"{unseen(running)}. The tests of authentication call AWS, or are skipped. Add "
            f"`jagregory/cognito-local` {how(pipeline, job)}: it listens at port 9229."
        )
        severity = SEVERITIES.get(weight, Severity.NOTICE)
        if running.compose is not None and weight is Weight.POLICY:
            severity = Severity.WARNING
        low = weight is Weight.HEADER or inside is None
        yield Finding(job.key.place, message, severity, Confidence.LOW if low else Confidence.MEDIUM, (why,))


RULE = Rule(
    page=__doc__,
    severity=Severity.WARNING,
    sources=("S1.2",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI),
    words=("integration", "int-test", "it-test", "component-test", "service-test"),
    detect=detect,
)
