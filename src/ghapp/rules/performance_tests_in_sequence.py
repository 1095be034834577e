r"""Performance scenarios run one after another while the other tests of the file are shared out.

The job takes as long as all its scenarios together, and the pipeline waits for it, although the file shares out its
other tests. Scenarios that do not depend on each other can run in a job each. The rule fires only where at least two
other test jobs of the file run in parallel.

Bad:

```yaml
jobs:
  unit-tests:
    runs-on: ubuntu-24.04
    strategy:
      matrix: {shard: [1, 2, 3]}
    steps:
      - uses: actions/checkout@v6
      - run: npx jest --shard=${{ matrix.shard }}/3
  e2e-tests:
    runs-on: ubuntu-24.04
    strategy:
      matrix: {shard: [1, 2]}
    steps:
      - uses: actions/checkout@v6
      - run: npx playwright test --shard=${{ matrix.shard }}/2
  performance-tests:  # <-
    runs-on: ubuntu-24.04
    container: grafana/k6:2.2.0
    steps:
      - uses: actions/checkout@v6
      - run: k6 run login.js
      - run: k6 run search.js
      - run: k6 run checkout.js
```

Good:

```yaml
jobs:
  unit-tests:
    runs-on: ubuntu-24.04
    strategy:
      matrix: {shard: [1, 2, 3]}
    steps:
      - uses: actions/checkout@v6
      - run: npx jest --shard=${{ matrix.shard }}/3
  e2e-tests:
    runs-on: ubuntu-24.04
    strategy:
      matrix: {shard: [1, 2]}
    steps:
      - uses: actions/checkout@v6
      - run: npx playwright test --shard=${{ matrix.shard }}/2
  performance-tests:
    runs-on: ubuntu-24.04
    container: grafana/k6:2.2.0
    strategy:
      fail-fast: false
      matrix: {scenario: [login, search, checkout]}
    steps:
      - uses: actions/checkout@v6
      - run: k6 run "${{ matrix.scenario }}.js"
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Confidence, Evidence, Finding, Job, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.roles import plays
from ghapp.rules._load import in_sequence, load_runs, on_purpose, shared_out

SIBLINGS = 2


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    shared = {job.key.place: job for job in pipeline.jobs if _is_test(job) and shared_out(job)}
    jobs = {job.key.place: job for job in pipeline.jobs} if len(shared) >= SIBLINGS else {}
    for place, job in jobs.items():
        if place in shared or job.matrix is not None or shared_out(job) or on_purpose(job):
            continue
        if pipeline.platform is Platform.CIRCLECI and job.concurrency is not None:
            continue
        count = in_sequence(pipeline, list(load_runs(job)))
        if count > 1:
            named = " and ".join(f"`{other.id}`" for other in list(shared.values())[:SIBLINGS])
            message = (
                f"`{job.id}` runs {count} load tests one after another while {named} are shared out among several "
                f"runners: it takes as long as all of them together. {_advice(pipeline)}"
            )
            evidence = tuple(Evidence(each, "this one is shared out") for each in shared)
            yield Finding(place, message, None, Confidence.MEDIUM, evidence)


def _is_test(job: Job) -> bool:
    return plays(job, "test") or plays(job, "e2e-test")


def _advice(pipeline: Pipeline) -> str:
    if pipeline.platform is Platform.CIRCLECI:
        return "Give it `parallelism` and hand out the files with `circleci tests split`."
    return "Make the scenario a dimension of its `matrix`."


RULE = Rule(
    page=__doc__,
    severity=Severity.NOTICE,
    sources=("S1.3",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI),
    words=("k6", "artillery", "jmeter", "locust", "gatling", "vegeta"),
    detect=detect,
)
