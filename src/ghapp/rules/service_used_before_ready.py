r"""A database is used as soon as its container runs, before it answers.

A container counts as started when its program begins; a database needs seconds more until it accepts connections. On
GitHub Actions the steps wait for a service only if it has a health check, and the images of databases bring none. On
CircleCI nothing waits at all. Until then tests fail now and then, and pass when somebody runs them again.

Bad:

```yaml
jobs:
  integration-tests:
    runs-on: ubuntu-24.04
    services:
      postgres:  # <-
        image: postgres:17
        env: {POSTGRES_PASSWORD: test}
        ports: ['5432:5432']
    steps:
      - uses: actions/checkout@v6
      - run: pytest
```

Good:

```yaml
jobs:
  integration-tests:
    runs-on: ubuntu-24.04
    services:
      postgres:
        image: postgres:17
        options: --health-cmd pg_isready --health-interval 5s --health-retries 10
        env: {POSTGRES_PASSWORD: test}
        ports: ['5432:5432']
    steps:
      - uses: actions/checkout@v6
      - run: pytest
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from ghapp.pipeline import Command, Edit, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.backends import last_name
from ghapp.pipeline.edits import add_entries, insert_before
from ghapp.rules._readiness import first_user, is_checked
from ghapp.rules._services import Known, known_services, on_actions

CHECKS = {
    "postgres": "pg_isready",
    "mysql": '"mysqladmin ping"',
    "mongodb": None,
    "rabbitmq": '"rabbitmq-diagnostics -q ping"',
    "elasticsearch": None,
}
"""Those that take seconds to start, and what their images have on them to ask whether they answer."""


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        slow = [known for known in known_services(job) if known.backend in CHECKS and not is_checked(known)]
        user = first_user(job) if slow else None
        if user is None:
            continue
        said = " ".join(user.raw.split())[:60]
        for known in slow:
            message = f"`{said}` may run before {known.title} answers: nothing waits for it, and it fails by chance."
            yield Finding(known.place, f"{message} {_advice(pipeline, known)}", subject=(known, user))


def _advice(pipeline: Pipeline, known: Known) -> str:
    if on_actions(pipeline):
        return "Give the service a health check (`options: --health-cmd …`): the steps then begin when it passes."
    return f"Wait first: `dockerize -wait tcp://localhost:{known.port} -timeout 1m`."


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    known, user = cast(tuple[Known, Command], finding.subject)
    check = CHECKS[known.backend]
    if not on_actions(pipeline):
        wait = f"- run: dockerize -wait tcp://localhost:{known.port} -timeout 1m"
        has_it = (user.job.runner.image or "").startswith("cimg/")
        return insert_before(user.step.node, wait) if has_it and not user.step.calls else None
    own = last_name(known.service.image or "").startswith(known.backend)
    if check is None or not own or known.service.node.get("options", ignore_case=True) is not None:
        return None
    options = f"options: --health-cmd {check} --health-interval 5s --health-retries 10"
    return add_entries(known.service.node, options, after="image")


RULE = Rule(
    page=__doc__,
    severity=Severity.NOTICE,
    sources=("S1.1",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI),
    words=("postgres", "postgis", "mysql", "mariadb", "mongo", "rabbitmq", "elasticsearch", "opensearch"),
    detect=detect,
    fix=fix,
)
