r"""The job logs in to one ECR registry and pushes to another.

A login holds for one host, which names the account and the region. A push to another account's registry, or to the same
account's in another region, is answered with "no basic auth credentials", as if nobody had logged in.

Bad:

```yaml
jobs:
  build:
    runs-on: ubuntu-24.04
    steps:
      - run: |
          aws ecr get-login-password --region eu-west-1 | docker login --username AWS --password-stdin 111122223333.dkr.ecr.eu-west-1.amazonaws.com
          docker push 111122223333.dkr.ecr.us-east-1.amazonaws.com/api:1  # <-
```

Good:

```yaml
jobs:
  build:
    runs-on: ubuntu-24.04
    steps:
      - run: |
          aws ecr get-login-password --region us-east-1 | docker login --username AWS --password-stdin 111122223333.dkr.ecr.us-east-1.amazonaws.com
          docker push 111122223333.dkr.ecr.us-east-1.amazonaws.com/api:1
```
"""  # noqa: E501 - the lines are what a reader would write

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline import Command, Evidence, Finding, Gap, Pipeline, Platform, Rule, Severity
from ghapp.rules._ecr import Transfer, login_host, logs_in, transfers

LITERAL_HOST = re.compile(r"\d{12}\.dkr\.ecr(-fips)?\.[a-z0-9-]+\.amazonaws\.com(\.cn)?")


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        for transfer in transfers(job):
            logins = _logins(transfer) if LITERAL_HOST.fullmatch(transfer.host) else None
            if logins and transfer.host not in logins:
                host, login = next(iter(logins.items()))
                message = (
                    f"The job logs in to `{host}` but this {transfer.verb} goes {_to(transfer)} `{transfer.host}`: "
                    "the registry answers 'no basic auth credentials'. Log in to the registry of the image."
                )
                yield Finding(transfer.place, message, evidence=(Evidence(login.place, "logs in here"),))
                break


def _to(transfer: Transfer) -> str:
    return "to" if transfer.verb == "push" else "from"


def _logins(transfer: Transfer) -> dict[str, Command] | None:
    """The registries that the job has logged in to before, by host; None when one cannot be told."""
    found: dict[str, Command] = {}
    for item in transfer.job.before(transfer.item):
        if isinstance(item, Gap):
            return None
        host = login_host(item) if isinstance(item, Command) else None
        if host is not None and isinstance(item, Command):
            if not LITERAL_HOST.fullmatch(host) and logs_in(item, transfer):
                return None
            if LITERAL_HOST.fullmatch(host):
                found[host] = item
        elif not _part_of_login(item) and logs_in(item, transfer):
            return None
    return found


def _part_of_login(item: object) -> bool:
    """`aws ecr get-login-password |`, whose other half names the host."""
    return isinstance(item, Command) and item.piped_to is not None and login_host(item.piped_to) is not None


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S1.6",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI, Platform.SHELL),
    words=("dkr.ecr push login", "dkr.ecr pull login"),
    detect=detect,
)
