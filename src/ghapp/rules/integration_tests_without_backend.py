r"""Integration tests need a database or a cache that nothing starts.

The job neither starts a service container nor reaches one through a proxy, so its tests fail to connect, or are
skipped and show green without having tested anything. The rule fires only where something shows that the tests need
one: the policy (`integration.needs`), variables that point to localhost, sibling jobs that start one, or a client in
the dependencies together with a compose file.

Bad:

```yaml
jobs:
  integration-tests:  # <-
    runs-on: ubuntu-24.04
    env:
      DATABASE_URL: postgres://postgres:test@localhost:5432/postgres
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
      postgres:
        image: postgres:17
        env: {POSTGRES_PASSWORD: test}
        ports: ['5432:5432']
        options: --health-cmd pg_isready --health-interval 5s --health-retries 10
    env:
      DATABASE_URL: postgres://postgres:test@localhost:5432/postgres
    steps:
      - uses: actions/checkout@v6
      - run: npx jest --testPathPattern=integration
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Confidence, Finding, Job, Pipeline, Platform, Rule, Severity
from ghapp.rules._backend_needs import FAMILY, Need, Weight, is_missing, needs
from ghapp.rules._integration import embedded, how, integration_jobs, remote, unseen, written
from ghapp.rules._started import Started, started

SEVERITIES = {
    Weight.POLICY: Severity.FAILURE,
    Weight.ENVIRONMENT: Severity.WARNING,
    Weight.LIKELY: Severity.NOTICE,
    Weight.HEADER: Severity.NOTICE,
}


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in integration_jobs(pipeline):
        wanted = needs(pipeline, job)
        if not wanted or remote(job, FAMILY) or written(job, FAMILY):
            continue
        running = started(pipeline, job)
        missing = [need for need in wanted if not running.hidden and is_missing(need, job, running)]
        inside = embedded(pipeline) if missing else True
        if inside is not True:
            weight = max(need.weight for need in missing)
            yield _finding(pipeline, job, [need for need in missing if need.weight is weight], running, inside)


def _finding(pipeline: Pipeline, job: Job, missing: list[Need], running: Started, inside: bool | None) -> Finding:
    weight = missing[0].weight
    titles = " and ".join(dict.fromkeys(need.title for need in missing))
    reasons = "; ".join(dict.fromkeys(need.why for need in missing))
    message = (
        f"`{job.id}` runs integration tests that need {titles} ({reasons}), but nothing in the job starts one"
        f"{unseen(running)}. They fail to connect, or are skipped. Add it {how(pipeline, job)}."
    )
    severity = SEVERITIES[weight]
    if running.compose is not None and weight is Weight.POLICY:
        severity = Severity.WARNING
    sure = Confidence.HIGH if weight is Weight.POLICY and running.compose is None else Confidence.MEDIUM
    confidence = Confidence.LOW if weight is Weight.HEADER or inside is None else sure
    return Finding(job.key.place, message, severity, confidence, tuple(e for need in missing for e in need.evidence))


RULE = Rule(
    page=__doc__,
    severity=Severity.WARNING,
    sources=("S1.1",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI),
    words=("integration", "int-test", "it-test", "component-test", "service-test", "db-test", "database-test"),
    detect=detect,
)
