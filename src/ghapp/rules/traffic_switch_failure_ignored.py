r"""The switch of traffic to the new version may fail without anybody noticing.

With `|| true` or `continue-on-error` the job goes on as if the users were on the new version. They are not, and the
next steps, which often take the old version away, leave them with nothing.

Bad:

```bash
set -euo pipefail
trap './lib/scripts/switch-back.sh' ERR
aws elbv2 wait target-in-service --target-group-arn "$GREEN"
aws elbv2 modify-listener --listener-arn "$L" --default-actions "Type=forward,TargetGroupArn=$GREEN" || true  # <-
aws ecs update-service --cluster prod --service blue --desired-count 0
```

Good:

```bash
set -euo pipefail
trap './lib/scripts/switch-back.sh' ERR
aws elbv2 wait target-in-service --target-group-arn "$GREEN"
aws elbv2 modify-listener --listener-arn "$L" --default-actions "Type=forward,TargetGroupArn=$GREEN"
aws ecs update-service --cluster prod --service blue --desired-count 0
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Finding, Mask, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.traffic import WORDS, switches


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        for switch in switches(job):
            if switch.ignored and not switch.back:
                by = "`||`" if Mask.OR in switch.command.masks else "`continue-on-error`"
                message = (
                    f"{by} throws away a failure of this switch: the job goes on, and is green, with all users on the "
                    "old version. Let the failure stop the job."
                )
                yield Finding(switch.command.place, message)


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S2.6",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI, Platform.SHELL),
    words=WORDS,
    detect=detect,
)
