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
from ghapp.pipeline.edits import replace_in
from ghapp.pipeline.scans import Scan, scans

FLAGS = {"trivy": " --exit-code 1 --severity HIGH,CRITICAL --ignore-unfixed", "grype": " --fail-on high"}


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        found = list(scans(job))
        if any(scan.fails is not False or scan.read for scan in found):
            continue  # one that can fail, or whose result goes somewhere, is the gate
        for scan in found:
            remedy = "`--fail-on high`" if scan.tool == "grype" else "an exit code and the severities that must stop it"
            message = (
                f"`{scan.words}` ends with status 0 whatever it finds, and its result goes only to the log: "
                f"this never stops a build. Give it {remedy}."
            )
            yield Finding(scan.place, message, confidence=_confidence(scan), subject=scan)


def _confidence(scan: Scan) -> Confidence:
    """A job that calls itself a gate means to stop something; any other may be a report by intention."""
    names = f"{scan.step.job.id} {scan.step.job.name} {scan.step.name}".lower()
    return Confidence.HIGH if any(word in names for word in ("gate", "block", "enforce")) else Confidence.MEDIUM


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    scan = finding.subject
    if not isinstance(scan, Scan) or not isinstance(scan.item, Command) or scan.item.name != scan.tool:
        return None
    behind = scan.item.operands[0] if scan.tool == "trivy" else scan.item.words[0]
    return replace_in(scan.item.script.text, behind.end, behind.end, FLAGS[scan.tool])


RULE = Rule(
    page=__doc__,
    severity=Severity.WARNING,
    sources=("S2.8",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI, Platform.SHELL),
    words=("trivy", "grype"),
    detect=detect,
    fix=fix,
)
