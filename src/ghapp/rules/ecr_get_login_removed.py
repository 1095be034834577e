r"""`aws ecr get-login` is gone from the AWS CLI.

Version 2 of the AWS CLI, which GitHub's runners and CircleCI's images have, knows only `get-login-password`. The old
command ends with status 252 and prints nothing to log in with.

Bad:

```yaml
jobs:
  build:
    runs-on: ubuntu-24.04
    steps:
      - run: $(aws ecr get-login --no-include-email --region us-east-1)  # <-
```

Good:

```yaml
jobs:
  build:
    runs-on: ubuntu-24.04
    steps:
      - run: aws ecr get-login-password --region us-east-1 | docker login --username AWS --password-stdin "$REGISTRY"
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline import Command, Finding, Gap, Job, Pipeline, Platform, Rule, Severity, Step
from ghapp.pipeline.model import RunnerKind

AWS_CLI_2 = ("cimg/aws", "amazon/aws-cli")
"""Images with AWS CLI 2 alone: CircleCI-Public/cimg-aws, Dockerfile.template, read 2026-08; aws/aws-cli, docker/."""


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        if not _has_version_2(job):
            continue
        for item in job.trail:
            if _may_bring_aws(item):
                break  # perhaps version 1
            if isinstance(item, Command) and item.is_a("aws", "ecr", "get-login") and not item.guards:
                message = (
                    "The AWS CLI on this machine is version 2, which has no `ecr get-login`: it ends with status 252 "
                    "and nobody is logged in. Pipe `aws ecr get-login-password` into `docker login --username AWS "
                    "--password-stdin` with the registry's host."
                )
                yield Finding(item.place, message)


def _has_version_2(job: Job) -> bool:
    if job.runner.kind is RunnerKind.HOSTED:
        return True
    return job.runner.kind is RunnerKind.DOCKER and (job.runner.image or "").partition(":")[0] in AWS_CLI_2


def _may_bring_aws(item: Command | Gap | Step) -> bool:
    if isinstance(item, Command):
        return re.search(r"aws-?cli|pip3? install", item.raw) is not None
    return isinstance(item, Gap) or (item.uses is not None and "aws-cli" in item.uses.name)


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S1.6",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI),
    words=("ecr get-login",),
    detect=detect,
)
