r"""An image is pushed to ECR in a job that never logs in to it.

A login lives in the home directory of one machine: it does not come along from another job, from `docker buildx`, or
from AWS credentials alone. The registry answers "no basic auth credentials" and the job fails after the whole build.

Bad:

```yaml
jobs:
  build:
    runs-on: ubuntu-24.04
    permissions: {id-token: write, contents: read}
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
    permissions: {id-token: write, contents: read}
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

from collections.abc import Iterator
from typing import cast

from ghapp.pipeline import Edit, Evidence, Finding, Gap, Pipeline, Platform, Rule, Severity
from ghapp.rules._ecr import Transfer
from ghapp.rules._ecr_edits import log_in_before
from ghapp.rules._ecr_logins import confidence, is_token, logged_in, transfers_with_logins


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        for transfer, logins in transfers_with_logins(job):
            if logins:
                break
            message = (
                f"The {transfer.words} runs without an ECR login before it in this job: the registry answers 'no basic "
                "auth credentials' and the job fails. A login holds for one machine: log in here, before the "
                f"{transfer.verb}."
            )
            sure, evidence = confidence(transfer), tuple(_in_vain(transfer))
            yield Finding(transfer.place, message, confidence=sure, evidence=evidence, subject=transfer)
            break  # one login mends them all


def _in_vain(transfer: Transfer) -> Iterator[Evidence]:
    """What looks like a login and is none for this push."""
    for item in transfer.job.before(transfer.item):
        if not isinstance(item, Gap) and is_token(item):
            yield Evidence(item.place, "prints a token, but logs nobody in")
    for item in transfer.job.after(transfer.item):
        if not isinstance(item, Gap) and logged_in(item):
            yield Evidence(item.place, "logs in, but only after it")
            return


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    """None where a login stands further down: that one has to move up."""
    transfer = cast(Transfer, finding.subject)
    return None if finding.evidence else log_in_before(pipeline, transfer)


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S1.6",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI, Platform.SHELL),
    words=("ecr push", "ecr pull"),
    detect=detect,
    fix=fix,
)
