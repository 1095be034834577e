r"""A vulnerability scan fails the build on findings of every severity.

With an exit code but no severity, Trivy fails the job on each LOW and UNKNOWN finding, most of which have no fix. Such
a gate is red for reasons that nobody can mend, and is soon switched off. Let it fail on what must stop a release.

Bad:

```yaml
jobs:
  image-scan:
    steps:
      - run: trivy image --exit-code 1 "$IMAGE"  # <-
```

Good:

```yaml
jobs:
  image-scan:
    steps:
      - run: trivy image --exit-code 1 --severity HIGH,CRITICAL --ignore-unfixed "$IMAGE"
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Confidence, Edit, Finding, Pipeline, Platform, Rule, Severity, Step
from ghapp.pipeline.scans import Scan, scans
from ghapp.pipeline.source import Place
from ghapp.rules._scanners import REMEDIES, WORDS, gating, too_strict


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        for scan in scans(job):
            if too_strict(scan) and scan.blocks:
                confidence = Confidence.HIGH if scan.told and scan.sure else Confidence.MEDIUM
                yield Finding(_cause(scan), _message(scan), confidence=confidence, subject=scan)


def _message(scan: Scan) -> str:
    if scan.tool == "trivy":
        return (
            f"`{scan.words}` has an exit code but no severity: every LOW and UNKNOWN finding fails the build. "
            "Name the severities that must, such as HIGH,CRITICAL."
        )
    if scan.severity:
        return (
            f"`{scan.words}` fails the build from severity `{scan.severity}` on, so nearly every finding "
            "does. `high` stops what must be stopped."
        )
    remedy = REMEDIES[scan.tool] if not isinstance(scan.item, Step) else "a severity threshold, such as `high`"
    return (
        f"`{scan.words}` has no threshold: every finding fails the build, down to the lowest severity and with no fix "
        f"to be had. Give it {remedy}."
    )


def _cause(scan: Scan) -> Place:
    """Where an action is told so; a command is its own cause."""
    if isinstance(scan.item, Step):
        for name in ("exit-code", "severity-cutoff", "severity-threshold"):
            if name in scan.item.inputs:
                return scan.item.inputs[name].place
    return scan.place


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    return gating(finding.subject) if isinstance(finding.subject, Scan) else None


RULE = Rule(
    page=__doc__,
    severity=Severity.WARNING,
    sources=("S2.8",),
    platforms=(Platform.ACTIONS, Platform.ACTION, Platform.CIRCLECI, Platform.SHELL),
    words=WORDS,
    detect=detect,
    fix=fix,
)
