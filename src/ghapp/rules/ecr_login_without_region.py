r"""The ECR login does not know its region.

`aws ecr get-login-password` without a region stops with "You must specify a region", the login gets an empty password
and the push after it is refused. GitHub's runners set no region by themselves.

Bad:

```yaml
jobs:
  build:
    runs-on: ubuntu-24.04
    steps:
      - run: aws ecr get-login-password | docker login --username AWS --password-stdin "$REGISTRY"  # <-
```

Good:

```yaml
jobs:
  build:
    runs-on: ubuntu-24.04
    env:
      AWS_REGION: us-east-1
    steps:
      - run: aws ecr get-login-password | docker login --username AWS --password-stdin "$REGISTRY"
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline import Command, Finding, Gap, Pipeline, Platform, Rule, Severity, Step
from ghapp.pipeline.model import RunnerKind
from ghapp.rules._ecr_logins import is_token

NAMES = ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_CONFIG_FILE")
SETS_REGION = re.compile(r"aws configure|AWS_\w*(REGION|PROFILE|CONFIG)|(?<!\w)\.aws\b|_ENV\b")


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        if job.runner.kind is not RunnerKind.HOSTED:
            continue  # a machine of one's own may have ~/.aws/config
        for item in job.trail:
            if isinstance(item, Command) and is_token(item) and not _given(item):
                message = (
                    "No region is given here, in `env` or by an earlier step: the AWS CLI stops with 'You must specify "
                    "a region' and the login fails. Add `--region`, or set `AWS_REGION` for the job."
                )
                yield Finding(item.place, message)
            if _may_set_region(item):
                break


def _given(command: Command) -> bool:
    own = {*command.variables, *command.step.env, *command.job.env, *(each.name for each in command.assignments)}
    return command.has_option("--region", "--profile") or not own.isdisjoint(NAMES)


def _may_set_region(item: Command | Gap | Step) -> bool:
    if isinstance(item, Command):
        return SETS_REGION.search(item.raw) is not None
    return isinstance(item, Gap) or (item.uses is not None and not item.uses.name.startswith(("actions/", "docker/")))


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S1.6", "F19"),
    platforms=(Platform.ACTIONS,),
    words=("get-login-password",),
    detect=detect,
)
