r"""Steps look for a service at localhost, but it publishes no port there.

Steps that run on the runner itself, not in a `container`, reach a service container through the ports that it
publishes. Without `ports` it listens in a network of its own, and `localhost` refuses the connection; a port without
one of the runner's before the colon (`5432` alone) gets one by lot.

Bad:

```yaml
jobs:
  integration-tests:
    runs-on: ubuntu-24.04
    services:
      postgres:  # <-
        image: postgres:17
        env: {POSTGRES_PASSWORD: test}
        options: --health-cmd pg_isready --health-interval 5s --health-retries 10
    env:
      DATABASE_URL: postgres://postgres:test@localhost:5432/postgres
    steps:
      - uses: actions/checkout@v6
      - run: npm run migrate
```

Good:

```yaml
jobs:
  integration-tests:
    runs-on: ubuntu-24.04
    services:
      postgres:
        image: postgres:17
        ports: ['5432:5432']
        env: {POSTGRES_PASSWORD: test}
        options: --health-cmd pg_isready --health-interval 5s --health-retries 10
    env:
      DATABASE_URL: postgres://postgres:test@localhost:5432/postgres
    steps:
      - uses: actions/checkout@v6
      - run: npm run migrate
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from ghapp.pipeline import Edit, Evidence, Finding, Job, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.edits import add_entries
from ghapp.rules._addresses import Address, addresses
from ghapp.rules._services import Known, certainty, has_servers_of_its_own, in_container, known_services, ports_of


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        found = [] if in_container(job) else list(known_services(job))
        if found and not has_servers_of_its_own(job):
            yield from _unpublished(job, found)


def _unpublished(job: Job, found: list[Known]) -> Iterator[Finding]:
    published = [ports_of(service) for service in job.services]
    sought = [each for each in addresses(job) if each.local] if all(ports.sure for ports in published) else []
    open_ports = {host for ports in published for host in ports.hosts.values()}
    for known in found:
        address = next((each for each in sought if known.meant_by(each) and each.port in (None, known.port)), None)
        if address is not None and known.port not in open_ports:
            evidence = (Evidence(address.place, f"{address.who} looks for it at localhost"),)
            yield Finding(known.place, _message(known, address), None, certainty(job), evidence, subject=known)


def _message(known: Known, address: Address) -> str:
    name, port = known.service.name, known.port
    begin = f"{address.who} looks for {known.title} at {address.shown}, but the service `{name}`"
    host = ports_of(known.service).hosts.get(port)
    if host is None:
        why = "has no `ports`: on the runner nothing listens there, and the connection is refused"
    elif host == 0:
        why = f"publishes its port {port} under one drawn by lot: on the runner nothing listens at {port}"
    else:
        why = f"is published at {host}: the connection is refused"
    return f"{begin} {why}. Publish it as `{port}:{port}`."


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    known = cast(Known, finding.subject)
    return add_entries(known.service.node, f"ports: ['{known.port}:{known.port}']", after="image")


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S1.1",),
    platforms=(Platform.ACTIONS,),
    words=("services: localhost", "services: 127.0.0.1", "services: 0.0.0.0"),
    detect=detect,
    fix=fix,
)
