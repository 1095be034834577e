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

from ghapp.pipeline import Command, Edit, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.ecs.network import configuration
from ghapp.pipeline.ecs.shorthand import Flaw, bracketed, flaw
from ghapp.pipeline.edits import replace_in


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for command in pipeline.commands():
        word = configuration(command)
        found = flaw(command, word) if word is not None else None
        if word is not None and found is not None:
            message = f"`--network-configuration`: {found[0].value.format(found[1])}."
            yield Finding(command.word_place(word), message, subject=command)


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    """Quotes, or brackets, where the ids stand there."""
    command = finding.subject
    word = configuration(command) if isinstance(command, Command) else None
    found = flaw(command, word) if isinstance(command, Command) and word is not None else None
    if not isinstance(command, Command) or word is None or found is None:
        return None
    new = bracketed(word.raw) if found[0] is Flaw.NO_BRACKETS else word.raw
    if found[0] is Flaw.EXPANDED and not set(new) & set("\"'\\`"):
        new = f'"{new}"'
    return replace_in(command.script.text, word.start, word.end, new) if new != word.raw else None


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S2.3",),
    platforms=(Platform.ACTIONS, Platform.ACTION, Platform.CIRCLECI, Platform.SHELL),
    words=("ecs --network-configuration awsvpcconfiguration",),
    detect=detect,
    fix=fix,
)
