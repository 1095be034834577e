r"""An AWS access key stands in the file.

Whoever can read the repository, or any fork or clone of it, has the key, and taking the line away does not take it out
of the history. It has to be made invalid in IAM first. A job gets credentials for an hour through OpenID Connect
instead, with nothing stored anywhere.

Bad:

```yaml
jobs:
  deploy:
    runs-on: ubuntu-24.04
    env:
      AWS_ACCESS_KEY_ID: AKIA4XQ7ZP2M5TLKW3HB  # <-
    steps:
      - run: aws s3 sync site s3://site
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
      - run: aws s3 sync site s3://site
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline import Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.source import Source
from ghapp.rules._aws_keys import key_ids

_SECRET_ELSEWHERE = re.compile(r"aws[_-]secret[_-]access[_-]key\W{1,4}(?:\$|<<)", re.IGNORECASE)
"""The id alone opens nothing: where the other half is kept as a secret, `aws-static-keys` has its say."""


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for source in _sources(pipeline):
        if _SECRET_ELSEWHERE.search(source.text):
            continue
        for key in key_ids(source.text):
            message = (
                f"This is the id of an AWS access key (`AKIA…{key[0][-3:]}`), open to everybody who can read the "
                "repository and its history. Make the key invalid in IAM, then let the job log in by OpenID Connect."
            )
            yield Finding(source.place(*key.span()), message)


def _sources(pipeline: Pipeline) -> Iterator[Source]:
    """The pipeline's file and those that it calls."""
    yield pipeline.source
    called = map(pipeline.tree.source, sorted(pipeline.called - {pipeline.path}))
    yield from (source for source in called if source is not None)


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("C2",),
    platforms=tuple(Platform),
    words=("akia",),
    detect=detect,
)
