r"""An image is pushed to ECR in a job that never logs in to it.

A login lives in the home directory of one machine: it does not come along from another job, from `docker buildx`, or
from AWS credentials alone. The registry answers "no basic auth credentials" and the job fails after the whole build.

Bad:

```yaml
jobs:
  build:
    runs-on: ubuntu-24.04
    steps:
      - uses: aws-actions/configure-aws-credentials@v6
        with:
          role-to-assume: ${{ vars.AWS_ROLE_ARN }}
          aws-region: us-east-1
      - run: docker build -t 123456789012.dkr.ecr.us-east-1.amazonaws.com/api:1 .
      - run: docker push 123456789012.dkr.ecr.us-east-1.amazonaws.com/api:1  # <-
```

Good:

```yaml
jobs:
  build:
    runs-on: ubuntu-24.04
    steps:
      - uses: aws-actions/configure-aws-credentials@v6
        with:
          role-to-assume: ${{ vars.AWS_ROLE_ARN }}
          aws-region: us-east-1
      - run: docker build -t 123456789012.dkr.ecr.us-east-1.amazonaws.com/api:1 .
      - uses: aws-actions/amazon-ecr-login@v2
      - run: docker push 123456789012.dkr.ecr.us-east-1.amazonaws.com/api:1
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline import Command, Confidence, Edit, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.edits import insert_before, run_before
from ghapp.rules._ecr import Transfer, may_be_logged_in, transfers

ECR_LOGIN = (
    "v2",
    "03f1aad4c6c7ffd436567f42f9384779290529bd # v2.1.7",
)  # github.com/aws-actions/amazon-ecr-login, 2026-08-19
_SHA = re.compile(r"[0-9a-f]{40}")
_PLAIN_HOST = re.compile(r"[\w.${}-]+")


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        for transfer in transfers(job):
            if may_be_logged_in(transfer):
                continue
            message = (
                f"The {transfer.verb} {'to' if transfer.verb == 'push' else 'from'} `{transfer.host}` runs without an "
                "ECR login in this job: the registry answers 'no basic auth credentials'."
            )
            sure = Confidence.MEDIUM if pipeline.platform is Platform.SHELL else Confidence.HIGH
            yield Finding(transfer.place, message, confidence=sure, subject=transfer)
            break  # one login mends them all


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    transfer = finding.subject
    if not isinstance(transfer, Transfer):
        return None
    if pipeline.platform is Platform.ACTIONS:
        return _login_step(transfer)
    return _login_command(pipeline, transfer)


def _login_step(transfer: Transfer) -> Edit | None:
    """The action's step, where the job has AWS credentials already; pinned as the file pins its actions."""
    step = transfer.item.step if isinstance(transfer.item, Command) else transfer.item
    before = [each.uses for each in step.job.steps[: step.index] if each.uses is not None]
    if step.calls or not any(uses.name == "aws-actions/configure-aws-credentials" for uses in before):
        return None
    pinned = sum(bool(_SHA.fullmatch(uses.ref)) for uses in before) * 5 >= len(before) * 4
    return insert_before(step.node, f"- uses: aws-actions/amazon-ecr-login@{ECR_LOGIN[pinned]}\n")


def _login_command(pipeline: Pipeline, transfer: Transfer) -> Edit | None:
    """The two-command pipe, where `aws` is on the machine and host and region stand in the push itself."""
    command, region = transfer.item, transfer.region
    if not isinstance(command, Command) or region is None or not _PLAIN_HOST.fullmatch(transfer.host):
        return None
    uses = [step.uses.name for step in command.job.steps if step.uses is not None]
    if "cimg/aws" not in (command.job.runner.image or "") and "circleci/aws-cli" not in uses:
        return None
    host = f'"{transfer.host}"' if "$" in transfer.host else transfer.host
    where = f'"{region}"' if "$" in region else region
    password = f"aws ecr get-login-password --region {where}"
    return run_before(pipeline, command, f"{password} | docker login --username AWS --password-stdin {host}")


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S1.6",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI, Platform.SHELL),
    words=("ecr push", "ecr pull"),
    detect=detect,
    fix=fix,
)
