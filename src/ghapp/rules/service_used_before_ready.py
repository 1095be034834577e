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

import re
from collections.abc import Iterator
from typing import cast

from ghapp.pipeline import Command, Edit, Finding, Gap, Job, Pipeline, Platform, Rule, Severity, Step
from ghapp.pipeline.backends import last_name
from ghapp.pipeline.edits import add_entries, insert_before
from ghapp.rules._services import Known, known_services, on_actions

CHECKS = {
    "postgres": "pg_isready",
    "mysql": '"mysqladmin ping"',
    "mongodb": None,
    "rabbitmq": '"rabbitmq-diagnostics -q ping"',
    "elasticsearch": None,
}
"""Those that take seconds to start, and what their images have on them to ask whether they answer."""
_USES = re.compile(
    r"\b(psql|mysql|mongosh|createdb|migrat\w*|db:\w+|pytest|jest|vitest|mocha|rspec|phpunit|go test|cargo test"
    r"|mvn|gradlew?|tox|nox|dotnet test|mix test|(npm|yarn|pnpm) (run )?test|manage\.py test)\b"
)
_WAITS = re.compile(
    r"wait|isready|ping|sleep|dockerize|retry|health|until |while |\bnc |timeout|/dev/tcp|ready", re.IGNORECASE
)


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        slow = [known for known in known_services(job) if known.backend in CHECKS and not _checked(known)]
        user = _first_user(job) if slow else None
        for known in slow if user is not None else ():
            place = known.service.node.key.place if known.service.node.key is not None else known.service.node.place
            message = (
                f"`{_said(user)}` may run before {known.title} answers: nothing waits for it, it fails by chance. "
                f"{_advice(pipeline, known)}"
            )
            yield Finding(place, message, subject=(known, user))


def _checked(known: Known) -> bool:
    """Whether it has a health check, or may have one."""
    options = known.service.node.get("options", ignore_case=True)
    return options is not None and ("health" in (options.text or "") or "${{" in (options.text or "${{"))


def _first_user(job: Job) -> Command | None:
    """The first command that speaks to a database, if nothing before it waits or cannot be read."""
    for item in job.trail:
        if isinstance(item, Gap) or _WAITS.search(item.step.name if isinstance(item, Command) else item.name):
            return None
        if isinstance(item, Step):
            if item.uses is not None and _WAITS.search(item.uses.name):
                return None
        elif _WAITS.search(item.raw) or item.guards:
            return None
        elif _USES.search(item.raw):
            return item
    return None


def _said(command: Command | None) -> str:
    return " ".join(cast(Command, command).raw.split())[:60]


def _advice(pipeline: Pipeline, known: Known) -> str:
    if on_actions(pipeline):
        return "Give the service a health check (`options: --health-cmd …`): the steps then begin when it passes."
    return f"Wait first: `dockerize -wait tcp://localhost:{known.port} -timeout 1m`."


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    known, user = cast(tuple[Known, Command], finding.subject)
    check = CHECKS[known.backend]
    if not on_actions(pipeline):
        plain = (user.job.runner.image or "").startswith("cimg/") and not user.calls and user.job is user.step.job
        wait = f"- run: dockerize -wait tcp://localhost:{known.port} -timeout 1m"
        return insert_before(user.step.node, wait) if plain else None
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
