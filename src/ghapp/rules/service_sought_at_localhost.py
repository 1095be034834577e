r"""A job in a container looks for a service at localhost.

With `container`, the steps run in a container of their own: `localhost` is that container, where no database listens.
A service is reached under its name, on its own port; `ports` are not needed.

Bad:

```yaml
jobs:
  integration-tests:
    runs-on: ubuntu-24.04
    container: node:24
    services:
      postgres:
        image: postgres:17
        env: {POSTGRES_PASSWORD: test}
        options: --health-cmd pg_isready --health-interval 5s --health-retries 10
    env:
      DATABASE_URL: postgres://postgres:test@localhost:5432/postgres  # <-
    steps:
      - uses: actions/checkout@v6
      - run: npm run migrate
```

Good:

```yaml
jobs:
  integration-tests:
    runs-on: ubuntu-24.04
    container: node:24
    services:
      postgres:
        image: postgres:17
        env: {POSTGRES_PASSWORD: test}
        options: --health-cmd pg_isready --health-interval 5s --health-retries 10
    env:
      DATABASE_URL: postgres://postgres:test@postgres:5432/postgres
    steps:
      - uses: actions/checkout@v6
      - run: npm run migrate
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from ghapp.pipeline import Edit, Finding, Job, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.edits import replace_in
from ghapp.pipeline.yaml import Node
from ghapp.rules._addresses import Address, addresses
from ghapp.rules._services import Known, certainty, has_servers_of_its_own, in_container, known_services, ports_of


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        found = list(known_services(job)) if in_container(job) and not _on_the_host(job) else []
        if found and not has_servers_of_its_own(job):
            yield from _at_localhost(job, found)


def _on_the_host(job: Job) -> bool:
    """Whether the container may share the runner's network."""
    container = cast(Node, job.node.get("container", ignore_case=True))
    return container.get("options", ignore_case=True) is not None


def _at_localhost(job: Job, found: list[Known]) -> Iterator[Finding]:
    for address in addresses(job):
        meant = [known for known in found if known.meant_by(address)] if address.local else []
        if len(meant) == 1 and address.port in (None, meant[0].port, *ports_of(meant[0].service).hosts.values()):
            known = meant[0]
            message = (
                f"{address.who} looks for {known.title} at {address.shown}, but the steps run in a container of their "
                f"own, where nothing listens: the connection is refused. The service is `{known.service.name}:"
                f"{known.port}` from there."
            )
            yield Finding(address.place, message, None, certainty(job), subject=(known, address))


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    known, address = cast(tuple[Known, Address], finding.subject)
    if address.port not in (None, known.port):
        return None
    return replace_in(address.text, address.start, address.end, known.service.name)


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S1.1",),
    platforms=(Platform.ACTIONS,),
    words=("services: container: localhost", "services: container: 127.0.0.1"),
    detect=detect,
    fix=fix,
)
