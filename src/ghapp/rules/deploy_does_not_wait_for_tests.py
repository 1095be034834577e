r"""A deploy starts beside the tests instead of after them.

Jobs that do not name each other run at the same time. A deploy that names neither the tests nor a job that waits for
them goes out while they still run, and stays out when they fail.

Bad:

```yaml
jobs:
  unit-tests:
    steps:
      - run: npm test
  deploy-production:  # <-
    runs-on: ubuntu-24.04
    steps:
      - run: kubectl apply -f k8s/
```

Good:

```yaml
jobs:
  unit-tests:
    steps:
      - run: npm test
  deploy-production:
    runs-on: ubuntu-24.04
    needs: [unit-tests]
    steps:
      - run: kubectl apply -f k8s/
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Confidence, Edit, Finding, Gap, Job, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.graph import Graph
from ghapp.pipeline.roles import plays, plays_surely
from ghapp.pipeline.rule import Evidence
from ghapp.rules._rollback import is_deploy_job
from ghapp.rules._stages import (
    Order,
    about_the_same,
    advice,
    beside,
    deploy_jobs,
    names_of,
    place_of,
    tests_itself,
    wait_for,
)

ROLES = ("test", "integration-test", "e2e-test")


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    graph = Graph(pipeline)
    untested = {job: tests for job in deploy_jobs(pipeline) if (tests := _beside(job, graph))}
    for job, tests in untested.items():
        if any(other in untested for other in graph.downstream(job)):  # one root cause, said where it matters most
            continue
        message = (
            f"`{job.id}` waits for no test: it can deploy before {names_of(tests[:3])} has ended, and a "
            f"failure there does not stop it. {advice(job, tests[:3])}"
        )
        evidence = tuple(Evidence(place_of(other), "runs beside the deploy") for other in tests[:3])
        seen = not any(isinstance(item, Gap) for item in job.trail)
        confidence = Confidence.HIGH if seen else Confidence.MEDIUM
        yield Finding(place_of(job), message, confidence=confidence, evidence=evidence, subject=Order(job, tests[:3]))


def _beside(job: Job, graph: Graph) -> list[Job]:
    """The test jobs that the deploy could have waited for; none if it has waited for some proof or tests itself."""
    if tests_itself(job):
        return []
    return [other for other in beside(job, graph, _proves) if _tests(other) and about_the_same(job, other)]


def _tests(job: Job) -> bool:
    return not is_deploy_job(job) and any(plays_surely(job, role) for role in ROLES)


def _proves(job: Job) -> bool:
    return any(plays(job, role) for role in (*ROLES, "security-scan"))


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    order = finding.subject
    return wait_for(order.job, order.others) if isinstance(order, Order) else None


RULE = Rule(
    page=__doc__,
    severity=Severity.WARNING,
    sources=("C3", "F2"),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI),
    words=("deploy test", "deploy spec", "release-to test", "rollout test", "apply test"),
    detect=detect,
    fix=fix,
    shows_order=True,
)
