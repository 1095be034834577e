r"""A task's network configuration is not what the AWS CLI reads.

In `awsvpcConfiguration={subnets=[a,b],securityGroups=[c]}` each list needs its brackets, its ids are separated by
commas, and the whole has to be quoted, because bash expands bare braces. Otherwise the call stops with a syntax error,
or asks for a subnet that does not exist, and no task is placed.

Bad:

```yaml
jobs:
  migrate:
    steps:
      - run: |
          aws ecs run-task --cluster prod --task-definition migrate --launch-type FARGATE \
            --network-configuration "awsvpcConfiguration={subnets=subnet-1,subnet-2,securityGroups=[sg-1]}"  # <-
```

Good:

```yaml
jobs:
  migrate:
    steps:
      - run: |
          aws ecs run-task --cluster prod --task-definition migrate --launch-type FARGATE \
            --network-configuration "awsvpcConfiguration={subnets=[subnet-1,subnet-2],securityGroups=[sg-1]}"
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Edit, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.ecs.shorthand import Malformed, malformed
from ghapp.pipeline.edits import replace_in


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for command in pipeline.commands():
        found = malformed(command)
        if found is not None:
            yield Finding(command.word_place(found.word), found.message, subject=found)


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    """Quotes, or brackets, where the ids stand there."""
    found = finding.subject
    new = found.mended if isinstance(found, Malformed) else None
    if not isinstance(found, Malformed) or new is None:
        return None
    return replace_in(found.command.script.text, found.word.start, found.word.end, new)


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S2.3",),
    platforms=(Platform.ACTIONS, Platform.ACTION, Platform.CIRCLECI, Platform.SHELL),
    words=("ecs --network-configuration awsvpcconfiguration",),
    detect=detect,
    fix=fix,
)
