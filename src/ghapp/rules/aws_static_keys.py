r"""A job is handed AWS keys that are stored for good.

They are valid until somebody remembers to change them, for every job and every person that can read them. GitHub
Actions and CircleCI hand each job a signed token of who it is; AWS exchanges that for keys which end after an hour, and
nothing has to be stored. Where the policy says `oidc_only`, this is a failure.

Bad:

```yaml
jobs:
  deploy:
    runs-on: ubuntu-24.04
    steps:
      - uses: aws-actions/configure-aws-credentials@v6
        with:
          aws-access-key-id: ${{ secrets.AWS_ACCESS_KEY_ID }}  # <-
          aws-secret-access-key: ${{ secrets.AWS_SECRET_ACCESS_KEY }}  # <-
          aws-region: eu-west-1
```

Good:

```yaml
jobs:
  deploy:
    runs-on: ubuntu-24.04
    permissions:
      id-token: write
      contents: read
    steps:
      - uses: aws-actions/configure-aws-credentials@v6
        with:
          role-to-assume: ${{ vars.AWS_ROLE_ARN }}
          aws-region: eu-west-1
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Confidence, Finding, Pipeline, Platform, Rule, Severity
from ghapp.rules._aws_keys import stored_keys


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    demanded = pipeline.policy.oidc_only
    evidence = pipeline.policy.evidence("oidc_only", "the policy wants keys from OpenID Connect only")
    for key in stored_keys(pipeline):
        if not key.sure and not demanded:
            continue
        message = (
            f"A stored AWS key comes in through {key.how}: it is valid until somebody changes it, for whoever gets "
            f"hold of it. {_remedy(pipeline)}"
        )
        severity = Severity.FAILURE if demanded and key.sure else Severity.WARNING
        confidence = Confidence.HIGH if key.sure else Confidence.MEDIUM
        yield Finding(key.place, message, severity, confidence, evidence)


def _remedy(pipeline: Pipeline) -> str:
    if pipeline.platform is Platform.CIRCLECI:
        return (
            "Give `aws-cli/setup` a `role_arn`: it then exchanges the job's OpenID Connect token for keys of an hour."
        )
    return (
        "`role-to-assume` and `permissions: {id-token: write}` exchange the job's OpenID Connect token for keys of an "
        "hour."
    )


RULE = Rule(
    page=__doc__,
    severity=Severity.WARNING,
    sources=("C2",),
    platforms=tuple(Platform),
    words=(
        "aws-access-key-id",
        "aws_access_key_id",
        "aws-secret-access-key",
        "aws_secret_access_key",
        "docker/login-action ecr",
        "circleci/aws-cli",
    ),
    detect=detect,
)
