r"""What the policy wants explained has no comment.

Where a login by OpenID Connect gets its rights, what a context supplies, who approves and what a rollback takes back
cannot be read from the file. A comment beside it or up to three lines above counts, so does a header that names it, and
the name of a step that says more than two words. Where several of one kind are open, a header is the place for them.

Policy:

```yaml
docs: {require: [oidc, context, approval]}
```

Bad:

```yaml
version: 2.1
orbs:
  aws-cli: circleci/aws-cli@5.4.1
jobs:
  deploy:
    docker: [{image: cimg/aws:2026.04}]
    steps:
      - checkout
      - aws-cli/setup:  # <-
          role_arn: $AWS_ROLE_ARN
      - run: aws s3 sync dist s3://site
workflows:
  main:
    jobs:
      - deploy:
          context: aws-prod  # <-
```

Good:

```yaml
version: 2.1
orbs:
  aws-cli: circleci/aws-cli@5.4.1
jobs:
  deploy:
    docker: [{image: cimg/aws:2026.04}]
    steps:
      - checkout
      # OIDC: the role trusts this project's main branch only.
      - aws-cli/setup:
          role_arn: $AWS_ROLE_ARN
      - run: aws s3 sync dist s3://site
workflows:
  main:
    jobs:
      - deploy:
          # Supplies AWS_ROLE_ARN; the release group may use it.
          context: aws-prod
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Finding, Pipeline, Platform, Rule, Severity
from ghapp.rules._constructs import constructs
from ghapp.rules._explained import Comments, listed, places, top

SEVERAL = 3


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    required = pipeline.policy.docs_require
    if not required:
        return
    comments = Comments(pipeline)
    demand = pipeline.policy.evidence("docs.require", "the policy on what CI files must explain")
    open_ones = [each for each in constructs(pipeline) if each.kind in required and not comments.explain(each)]
    for kind in required:
        alike = [each for each in open_ones if each.kind == kind]
        if len(alike) >= SEVERAL:
            message = (
                f"The policy wants a comment for each of these: {listed(alike)}. One header here can have them all."
            )
            yield Finding(top(pipeline), message, evidence=(*demand, *places(alike)))
        else:
            for each in alike:
                message = f"The policy wants a comment for {each.what}: what it is for, and who may change it."
                yield Finding(each.places[0].place, message, evidence=demand)


RULE = Rule(
    page=__doc__,
    severity=Severity.NOTICE,
    sources=("S1.9",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI),
    words=("jobs:",),
    detect=detect,
)
