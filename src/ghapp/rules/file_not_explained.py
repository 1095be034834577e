r"""A long CI file hardly explains anything.

It has more than 150 lines, logins, contexts, environments or approvals among them, and next to no comment. Whoever has
to mend it in a hurry must first find out what each of these is for. Once the policy has `docs`, it is said at each.

Bad, shortened from 200 lines:

```yaml
version: 2.1  # <-
orbs:
  aws-cli: circleci/aws-cli@5.4.1
jobs:
  deploy:
    docker: [{image: cimg/aws:2026.04}]
    steps:
      - checkout
      - aws-cli/setup:
          role_arn: $AWS_ROLE_ARN
      - run: aws s3 sync dist s3://site
workflows:
  main:
    jobs:
      - approve:
          type: approval
      - deploy:
          context: [aws-prod, signing, chat]
          requires: [approve]
```

Good, shortened from 200 lines:

```yaml
# Context aws-prod: the role of the release group. It needs OIDC; its trust policy names this project.
# Context signing: the key for images. Context chat: where the release is announced.
# approve: anybody of the release group, after a look at staging.
version: 2.1
orbs:
  aws-cli: circleci/aws-cli@5.4.1
jobs:
  deploy:
    docker: [{image: cimg/aws:2026.04}]
    steps:
      - checkout
      - aws-cli/setup:
          role_arn: $AWS_ROLE_ARN
      - run: aws s3 sync dist s3://site
workflows:
  main:
    jobs:
      - approve:
          type: approval
      - deploy:
          context: [aws-prod, signing, chat]
          requires: [approve]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Confidence, Finding, Pipeline, Platform, Rule, Severity
from ghapp.rules._constructs import constructs
from ghapp.rules._explained import Comments, listed, places, top

LONG = 150
"""Lines from which on nobody has the whole file in mind."""
FEW = 0.02
"""So small a share of the lines explains anything."""
MUCH = 0.06
"""So large a share of comment lines, even headings and code, is a file that somebody cares for."""
MANY = 5


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    lines = pipeline.source.lines
    if len(lines) <= LONG or pipeline.policy.docs_require:
        return
    comments = Comments(pipeline)
    if len(comments.by_line) >= FEW * len(lines):
        return
    if sum(line.lstrip().startswith("#") for line in lines) >= MUCH * len(lines):
        return
    found = [each for each in constructs(pipeline) if each.kind != "secrets" and not comments.explain(each)]
    if len(found) >= MANY and not comments.generated:
        message = (
            f"{len(lines)} lines, and hardly a comment that says why. Nothing explains {listed(found)}. Whoever has to "
            "change this next must find it out alone; a header that says what each is for is enough."
        )
        yield Finding(top(pipeline), message, confidence=Confidence.LOW, evidence=places(found))


RULE = Rule(
    page=__doc__,
    severity=Severity.NOTICE,
    sources=("S1.9",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI),
    words=("context:", "id-token:", "approval", "environment:", "rollback", "role-to-assume:", "role_arn", "role-arn"),
    detect=detect,
)
