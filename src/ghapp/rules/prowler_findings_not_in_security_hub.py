r"""What Prowler finds does not reach AWS Security Hub.

The report ends as a file of this job. Security Hub, where the policy wants findings to be, shows the account as if it
had not been looked at. Prowler sends them itself with `--security-hub` (`-S`); `aws securityhub batch-import-findings`
does it from the report.

Policy:

```yaml
security_hub: true
```

Bad:

```yaml
jobs:
  compliance:
    steps:
      - run: pipx install 'prowler==5.46.0'
      - run: prowler aws --compliance pci_4.0_aws  # <-
```

Good:

```yaml
jobs:
  compliance:
    steps:
      - run: pipx install 'prowler==5.46.0'
      - run: prowler aws --compliance pci_4.0_aws --security-hub
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline import Command, Finding, Gap, Job, Pipeline, Platform, Rule, Severity, Step
from ghapp.pipeline.graph import Graph
from ghapp.rules._prowler import Scan, scans

IMPORTS = re.compile(r"security-?_?hub", re.IGNORECASE)


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    if not pipeline.policy.security_hub:
        return
    graph = Graph(pipeline)
    for scan in scans(pipeline):
        if scan.provider in ("aws", "") and not scan.option("-S", "--security-hub") and not _sent(scan, graph):
            message = (
                "What this finds reaches nobody in Security Hub, where the policy wants it: neither `--security-hub` "
                "nor a later `aws securityhub batch-import-findings` sends it there."
            )
            evidence = pipeline.policy.evidence("security_hub", "the policy on what Prowler finds")
            yield Finding(scan.start, message, evidence=evidence)


def _sent(scan: Scan, graph: Graph) -> bool:
    """Whether something behind the scan sends the report there, or cannot be read and may."""
    later: list[Job] = graph.downstream(scan.job)
    items = [*scan.job.after(scan.item), *(item for job in later for item in job.trail)]
    return any(map(_may_send, items))


def _may_send(item: Command | Gap | Step) -> bool:
    if isinstance(item, Gap):
        return True
    return bool(IMPORTS.search(item.raw if isinstance(item, Command) else item.uses.name if item.uses else ""))


RULE = Rule(
    page=__doc__,
    severity=Severity.NOTICE,
    sources=("C5",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI, Platform.SHELL),
    words=("prowler",),
    detect=detect,
)
