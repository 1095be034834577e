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

import re
from collections.abc import Iterator

from ghapp.pipeline import Confidence, Finding, Job, Pipeline, Platform, Rule, Severity
from ghapp.rules._backend_needs import Need, Weight, needs
from ghapp.rules._integration import embedded, hinted, how, integration_jobs, remote, written
from ghapp.rules._started import Started, started

_FAMILY = re.compile(r"DATABASE|(?:^|_)DB_|^PG|(?:^|_)PG_|POSTGRES|MYSQL|MONGO|REDIS|CACHE|MEMCACHE")
SEVERITIES = {
    Weight.POLICY: Severity.FAILURE,
    Weight.ENVIRONMENT: Severity.WARNING,
    Weight.LIKELY: Severity.NOTICE,
    Weight.HEADER: Severity.NOTICE,
}


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in integration_jobs(pipeline):
        wanted = needs(pipeline, job)
        running = started(pipeline, job) if wanted else None
        if running is None or running.hidden or remote(job, _FAMILY) or written(job, _FAMILY):
            continue
        missing = [need for need in wanted if not need.met_by(running.backends) and _is_missing(need, job, running)]
        inside = embedded(pipeline) if missing else True
        if inside is not True:
            weight = max(need.weight for need in missing)
            yield _finding(pipeline, job, [need for need in missing if need.weight is weight], running, inside)


def _is_missing(need: Need, job: Job, running: Started) -> bool:
    """Whether nothing gives it, also nothing that cannot be seen; what is only likely to be needed gives way sooner."""
    if need.weight is Weight.POLICY:
        return not hinted(job, need.words)
    if need.weight is Weight.ENVIRONMENT:
        return running.compose is None
    if need.weight is Weight.HEADER:
        return not running.images and not hinted(job, need.words)
    return not running.images and running.compose is None and not job.contexts


def _finding(pipeline: Pipeline, job: Job, missing: list[Need], running: Started, inside: bool | None) -> Finding:
    weight = missing[0].weight
    titles = " and ".join(dict.fromkeys(need.title for need in missing))
    reasons = "; ".join(dict.fromkeys(need.why for need in missing))
    message = (
        f"`{job.id}` runs integration tests that need {titles} ({reasons}), but the job starts neither a container nor "
        f"a proxy for it{_unseen(running)}: the tests fail to connect, or are skipped. Start it under {how(pipeline)}."
    )
    severity = SEVERITIES[weight]
    if running.compose is not None and weight is Weight.POLICY:
        severity = Severity.WARNING
    sure = Confidence.HIGH if weight is Weight.POLICY and running.compose is None else Confidence.MEDIUM
    confidence = Confidence.LOW if weight is Weight.HEADER or inside is None else sure
    return Finding(job.key.place, message, severity, confidence, tuple(e for need in missing for e in need.evidence))


def _unseen(running: Started) -> str:
    """What it does start cannot be looked into."""
    return f" by name; what `{running.compose.raw[:60]}` starts is not at hand" if running.compose is not None else ""


RULE = Rule(
    page=__doc__,
    severity=Severity.WARNING,
    sources=("S1.1",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI),
    words=("integration", "int-test", "it-test", "component-test", "service-test", "db-test", "database-test"),
    detect=detect,
)
