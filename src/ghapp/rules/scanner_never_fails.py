r"""A vulnerability scan cannot fail, and nobody reads its result.

`trivy` and `grype` end with status 0 whatever they find, unless an exit code or a severity to fail on is given. A scan
that only prints a table into the log of a green job stops nothing.

Bad:

```yaml
jobs:
  security-gate:
    steps:
      - run: trivy image "$IMAGE"  # <-
```

Good:

```yaml
jobs:
  security-gate:
    steps:
      - run: trivy image --exit-code 1 --severity HIGH,CRITICAL --ignore-unfixed "$IMAGE"
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Command, Confidence, Edit, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.scans import Scan, scans
from ghapp.rules._scanners import REMEDIES, gating


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    jobs = [list(scans(job)) for job in pipeline.jobs]
    gates = {scan.tool for found in jobs for scan in found if scan.fails is not False}
    for found in jobs:
        if any(scan.fails is not False or scan.read for scan in found):
            continue  # one that can fail, or whose result goes somewhere, is the gate
        for scan in found:
            if scan.gates or not (scan.told or scan.advises or scan.tool in gates):
                where = f"nothing reads `{scan.report}`" if scan.report else "its result goes only to the log"
                message = (
                    f"`{scan.words}` ends with status 0 whatever it finds, and {where}: "
                    f"this never stops a build. {_remedy(scan)}"
                )
                confidence = Confidence.HIGH if scan.gates and scan.sure else Confidence.MEDIUM
                yield Finding(scan.place, message, confidence=confidence, subject=scan)


def _remedy(scan: Scan) -> str:
    if isinstance(scan.item, Command):
        return f"Give it {REMEDIES[scan.tool]}."
    return "Give it an `exit-code` and the severities that must stop it."


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    scan = finding.subject
    return gating(scan) if isinstance(scan, Scan) and isinstance(scan.item, Command) and not scan.told else None


RULE = Rule(
    page=__doc__,
    severity=Severity.WARNING,
    sources=("S2.8",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI, Platform.SHELL),
    words=("trivy", "grype", "semgrep"),
    detect=detect,
    fix=fix,
)
