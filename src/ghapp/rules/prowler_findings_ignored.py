r"""The deploy waits for a Prowler check that cannot fail.

Prowler ends with status 3 when a requirement is not met. With `|| true`, `continue-on-error` or `-z` that status is
thrown away; a deploy that needs the job goes ahead whatever Prowler finds.

Bad:

```yaml
jobs:
  compliance-gate:
    steps:
      - run: prowler aws --compliance pci_4.0_aws || true  # <-
  deploy-production:
    needs: compliance-gate
    steps:
      - run: ./deploy.sh
```

Good:

```yaml
jobs:
  compliance-gate:
    steps:
      - run: prowler aws --compliance pci_4.0_aws
  deploy-production:
    needs: compliance-gate
    steps:
      - run: ./deploy.sh
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline import Command, Finding, Job, Mask, Pipeline, Platform, Rule, Severity
from ghapp.rules._prowler import Scan, scans

GATE = re.compile(r"check|gate|complian|audit", re.IGNORECASE)
DEPLOY = re.compile(r"deploy|release|promote|prod", re.IGNORECASE)
READS = re.compile(r"\bjq\b|prowler|securityhub|report|grep", re.IGNORECASE)


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for scan in scans(pipeline):
        job, how = scan.command.job, _ignored(scan)
        waiting = [each.id for each in pipeline.jobs if DEPLOY.search(each.id) and _needs(each, job)]
        if how and waiting and GATE.search(f"{job.id} {job.name}") and not _read(scan):
            message = (
                f"`{waiting[0]}` waits for this check, but {how} throws its status away: a requirement that is not met "
                "stops nothing."
            )
            yield Finding(scan.command.place, message)


def _ignored(scan: Scan) -> str:
    if Mask.OR in scan.command.masks:
        return "`||`"
    if Mask.TOLERATED in scan.command.masks:
        return "`continue-on-error`"
    return "`-z`" if {word.raw for word in scan.words} & {"-z", "--ignore-exit-code-3"} else ""


def _needs(job: Job, other: Job) -> bool:
    return any(need.job == other.id for need in job.needs)


def _read(scan: Scan) -> bool:
    """Whether something later in the job looks at what was found."""
    later = scan.command.job.after(scan.command)
    return any(isinstance(item, Command) and READS.search(item.raw) for item in later)


RULE = Rule(
    page=__doc__,
    severity=Severity.WARNING,
    sources=("S1.4",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI),
    words=("prowler",),
    detect=detect,
)
