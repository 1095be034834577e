r"""A script on ECS is called without the subnets and security groups that it needs.

A script sees only what its step, job or workflow set. One that asks for `${SUBNET_IDS:?}` stops at once where they are
forgotten; one that does not ask starts tasks that cannot be placed, or that land in the default security group.

Repository:

```text
lib/scripts/deploy-ecs.sh
```

Bad:

```yaml
jobs:
  deploy-staging:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v7
      - run: lib/scripts/deploy-ecs.sh staging  # <-
```

With `lib/scripts/deploy-ecs.sh`:

```bash
set -euo pipefail
: "${SUBNET_IDS:?}" "${SECURITY_GROUPS:?}"
aws ecs create-service --cluster "$1" --service-name api --task-definition api --launch-type FARGATE \
  --network-configuration "awsvpcConfiguration={subnets=[${SUBNET_IDS}],securityGroups=[${SECURITY_GROUPS}]}"
```

Good:

```yaml
jobs:
  deploy-staging:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v7
      - run: lib/scripts/deploy-ecs.sh staging
        env:
          SUBNET_IDS: ${{ vars.STAGING_SUBNET_IDS }}
          SECURITY_GROUPS: ${{ vars.STAGING_SECURITY_GROUPS }}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Confidence, Evidence, Finding, Pipeline, Platform, Rule, Severity, Step
from ghapp.pipeline.ecs.passing import demands, ecs_script, ecs_scripts, given, may_be_given, withheld
from ghapp.pipeline.model import RunnerKind


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    others = ecs_scripts(pipeline)
    certain = pipeline.platform is Platform.ACTIONS  # CircleCI's projects and contexts set variables, too
    for job in pipeline.jobs:
        for step in job.steps:
            if step.text is not None and not step.calls and not (job.contexts or given(step)):
                alone = certain and job.runner.kind is RunnerKind.HOSTED
                yield from (_demanded(step) if alone else []) or _unlike(step, others)


def _demanded(step: Step) -> list[Finding]:
    asked = demands(step)
    if not asked or may_be_given(step):
        return []
    message = (
        f"The script stops without `{'` and `'.join(asked)}`, which neither the step nor its job or workflow sets. "
        "Hand over the subnets and security groups under `env:`."
    )
    first = next(iter(asked.values()))
    return [Finding((*first.calls, first.place)[0], message, evidence=(Evidence(first.place, "asked for here"),))]


def _unlike(step: Step, others: list[Step]) -> list[Finding]:
    """Steps of other jobs hand the variables to such a script; this one, given the same else, does not."""
    names, alike = withheld(step, others) if step in others and not may_be_given(step) else ([], [])
    if not names or step.text is None:
        return []
    message = (
        f"`{ecs_script(step)}` is not given `{'` and `'.join(names)}`, which "
        f"`{'`, `'.join(dict.fromkeys(each.job.id for each in alike))}` hand to their ECS scripts: tasks cannot be "
        "placed without subnets, or run in the default security group."
    )
    evidence = (Evidence(alike[0].place, "handed over here"),)
    return [Finding(step.text.place(0, len(step.text.value)), message, Severity.WARNING, Confidence.MEDIUM, evidence)]


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S2.3",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI),
    words=("ecs subnet",),
    detect=detect,
)
