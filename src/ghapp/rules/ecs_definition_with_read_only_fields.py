r"""A task definition is registered with the fields that only AWS may set.

`describe-task-definition` prints more than `register-task-definition` takes: ARN, revision, status and when it was
registered have to go, and the definition itself stands under `taskDefinition`. Otherwise the AWS CLI stops with
"Unknown parameter in input", and nothing is deployed.

Bad:

```bash
set -euo pipefail
current=$(aws ecs describe-task-definition --task-definition api --query taskDefinition --output json)
new=$(echo "$current" | jq --arg image "$1" '.containerDefinitions[0].image = $image')
aws ecs register-task-definition --cli-input-json "$new"  # <-
aws ecs update-service --cluster prod --service api --task-definition api
```

Good:

```bash
set -euo pipefail
current=$(aws ecs describe-task-definition --task-definition api --query taskDefinition --output json)
new=$(echo "$current" | jq --arg image "$1" '.containerDefinitions[0].image = $image
  | del(.taskDefinitionArn, .revision, .status, .requiresAttributes, .compatibilities, .registeredAt, .registeredBy)')
aws ecs register-task-definition --cli-input-json "$new"
aws ecs update-service --cluster prod --service api --task-definition api
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Confidence, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.ecs.definitions import Definitions, Registration
from ghapp.pipeline.ecs.jq import is_answer


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        for each in Definitions(job).registrations():
            yield Finding(each.command.word_place(each.word), _message(each), confidence=_confidence(each))


def _message(registration: Registration) -> str:
    if is_answer(registration.state):
        return (
            "This hands over the whole answer of `describe-task-definition`: the AWS CLI stops with 'Unknown parameter "
            'in input: "taskDefinition"\'. Take `.taskDefinition` of it, without the fields that only AWS may set.'
        )
    fields = registration.state.split()
    where = f"`{registration.path}` has" if registration.path else "What is registered still has"
    return (
        f"{where} `{'`, `'.join(fields)}`, which only AWS may set: the AWS CLI stops with 'Unknown parameter in input: "
        f'"{fields[0]}"\'. Remove {"it" if len(fields) == 1 else "them"}, with `del(…)` in jq.'
    )


def _confidence(registration: Registration) -> Confidence:
    """`requiresAttributes` alone may be missing in a simple definition."""
    return Confidence.MEDIUM if registration.state == "requiresAttributes" else Confidence.HIGH


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S2.4",),
    platforms=(Platform.ACTIONS, Platform.ACTION, Platform.CIRCLECI, Platform.SHELL),
    words=("ecs register-task-definition --cli-input-json",),
    detect=detect,
)
