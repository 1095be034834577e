r"""Steps look for a service by a name that nothing answers to.

On CircleCI the images behind the first one are reached at localhost, under a name of their own only with the key
`name`. On GitHub Actions the names of services are known in the job's `container` alone: steps on the runner itself
reach them at localhost, on a published port. Any other name ends in "could not translate host name".

Bad:

```yaml
version: 2.1
jobs:
  integration-tests:
    docker:
      - image: cimg/python:3.13
        environment:
          DATABASE_URL: postgres://postgres@postgres:5432/test  # <-
      - image: cimg/postgres:17.0
    steps:
      - checkout
      - run: dockerize -wait tcp://localhost:5432 -timeout 1m
      - run: pytest
workflows:
  main:
    jobs: [integration-tests]
```

Good:

```yaml
version: 2.1
jobs:
  integration-tests:
    docker:
      - image: cimg/python:3.13
        environment:
          DATABASE_URL: postgres://postgres@localhost:5432/test
      - image: cimg/postgres:17.0
    steps:
      - checkout
      - run: dockerize -wait tcp://localhost:5432 -timeout 1m
      - run: pytest
workflows:
  main:
    jobs: [integration-tests]
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from ghapp.pipeline import Edit, Finding, Job, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.edits import replace_in
from ghapp.pipeline.model import RunnerKind
from ghapp.rules._addresses import Address, addresses
from ghapp.rules._services import (
    Known,
    certainty,
    containers_may_look,
    has_servers_of_its_own,
    in_container,
    known_services,
    names,
    on_actions,
    ports_of,
)


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        by_name = in_container(job) if on_actions(pipeline) else job.runner.kind is not RunnerKind.DOCKER
        found = [] if by_name else list(known_services(job))
        if found and not has_servers_of_its_own(job) and not containers_may_look(job):
            yield from _by_name(pipeline, job, found)


def _by_name(pipeline: Pipeline, job: Job, found: list[Known]) -> Iterator[Finding]:
    taken = set[str]() if on_actions(pipeline) else {service.name for service in job.services}
    for address in addresses(job):
        meant = [known for known in found if known.meant_by(address) and address.host in names(known)]
        if len(meant) == 1 and address.host not in taken:
            message = f"{address.who} looks for {meant[0].title} at {address.shown}, {_why(pipeline, meant[0])}"
            subject = _port(pipeline, meant[0]), address
            yield Finding(address.place, message, None, certainty(job), subject=subject)


def _port(pipeline: Pipeline, known: Known) -> int | None:
    """The port at localhost under which the service is reached."""
    return ports_of(known.service).hosts.get(known.port) if on_actions(pipeline) else known.port


def _why(pipeline: Pipeline, known: Known) -> str:
    if on_actions(pipeline):
        return (
            "but the steps run on the runner, which knows no service by name: the host is not found. Publish "
            f"`{known.port}:{known.port}` and look at localhost."
        )
    return (
        f"but `{known.service.image}` has no `name`: the host is not found. Look at localhost, where every image of "
        "the job listens, or give it that `name`."
    )


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    port, address = cast(tuple[int | None, Address], finding.subject)
    if port is None or address.port not in (None, port):
        return None
    return replace_in(address.text, address.start, address.end, "localhost")


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S1.1",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI),
    words=("postgres", "mysql", "mariadb", "mongo", "redis", "memcached", "rabbitmq", "elasticsearch", "opensearch"),
    detect=detect,
    fix=fix,
)
