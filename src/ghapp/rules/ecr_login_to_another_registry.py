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

from collections.abc import Iterator

from ghapp.pipeline import Evidence, Finding, Pipeline, Platform, Rule, Severity
from ghapp.rules._ecr_logins import confidence, transfers_with_logins


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        for transfer, found in transfers_with_logins(job):
            if found and all(login.registry.differs(transfer.registry) for login in found):
                hosts = " and ".join(dict.fromkeys(f"`{login.registry.host}`" for login in found))
                message = (
                    f"The job logs in to {hosts}, but this is a {transfer.words}: the registry answers 'no basic auth "
                    "credentials' and the job fails. Log in to the registry of the image."
                )
                evidence = tuple(Evidence(login.item.place, "logs in here") for login in found)
                yield Finding(transfer.place, message, confidence=confidence(transfer), evidence=evidence)
                break


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S1.6",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI, Platform.SHELL),
    words=("ecr push login", "ecr pull login"),
    detect=detect,
)
