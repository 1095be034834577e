r"""The deploy waits for a Prowler check that cannot fail.

Prowler ends with status 3 when a requirement is not met. With `|| true`, `continue-on-error` or `-z` that status is
thrown away, and the official action throws it away unless `fail-on-findings` is set. A deploy that needs the job then
goes ahead whatever Prowler finds.

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

from ghapp.pipeline import Command, Evidence, Finding, Gap, Job, Pipeline, Platform, Rule, Severity, Step
from ghapp.pipeline.graph import Graph
from ghapp.rules._prowler import scans

GATE = re.compile(r"check(?!out)|gate|complian", re.IGNORECASE)
DEPLOY = re.compile(r"deploy|promote|(?<![a-z])(release(?!-notes)|prod(uction)?)(?![a-z])", re.IGNORECASE)
FINDINGS = re.compile(r"prowler|complian|securityhub|report|finding", re.IGNORECASE)
JUDGES = ("jq", "grep", "exit", "false", "test", "[", "[[")
STORES = ("aws", "cat", "cp", "echo", "ls", "mkdir", "mv", "printf", "tar", "tee", "zip")
KEEPS = ("actions/", "github/codeql-action/")
"""Actions that store a report and judge nothing."""


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    found = [scan for scan in scans(pipeline) if scan.ignored]
    graph = Graph(pipeline)
    for scan in found:
        mates = [each.item for each in found]
        judged = any(_looks(item) for item in scan.job.after(scan.item) if item not in mates)
        if judged or not GATE.search(f"{scan.job.id} {scan.job.name}"):
            continue
        waiting = [each for each in graph.downstream(scan.job) if DEPLOY.search(each.id) and _after_success(each)]
        if waiting and not any(map(_asks, waiting)):
            message = (
                f"`{waiting[0].id}` waits for this check, but {scan.ignored}: a requirement that is not met stops "
                "nothing. Let the status through, or read the report and fail on what must not ship."
            )
            evidence = Evidence(waiting[0].key.place, "goes ahead whatever Prowler finds")
            yield Finding(scan.start, message, evidence=(evidence,))


def _after_success(job: Job) -> bool:
    """Not so: a CircleCI job that starts on a failure too (`requires: [{check: [success, failed]}]`)."""
    return all(need.statuses in ((), ("success",)) for need in job.needs)


def _looks(item: Command | Gap | Step) -> bool:
    """Whether this may look at what was found."""
    if isinstance(item, Command):
        return item.name in JUDGES or (item.name not in STORES and bool(FINDINGS.search(item.raw)))
    return isinstance(item, Gap) or (item.uses is not None and not item.uses.name.startswith(KEEPS))


def _asks(job: Job) -> bool:
    """Whether the deploy decides by itself, by an output of the check or by its report."""
    commands = (item.raw for item in job.commands)
    return "outputs" in (job.condition or "") or any(map(FINDINGS.search, commands))


RULE = Rule(
    page=__doc__,
    severity=Severity.WARNING,
    sources=("S1.4",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI),
    words=("prowler",),
    detect=detect,
)
