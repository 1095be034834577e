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

from ghapp.pipeline import Command, Edit, Finding, Pipeline, Platform, Rule, Severity, Step
from ghapp.pipeline.edits import add_entries, replace_in
from ghapp.pipeline.scans import Scan, scans
from ghapp.pipeline.source import Place

LOWEST = ("negligible", "low")


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        for scan in scans(job):
            if not scan.fails or scan.ignored or scan.secrets:
                continue
            if scan.tool == "trivy" and not scan.severity:
                message = (
                    f"`{scan.words}` has an exit code but no severity: every LOW and UNKNOWN finding fails the build. "
                    "Name the severities that must, such as HIGH,CRITICAL."
                )
                yield Finding(_cause(scan, "exit-code"), message, subject=scan)
            elif scan.tool == "grype" and scan.severity.lower() in LOWEST:
                message = (
                    f"`{scan.words}` fails the build from severity `{scan.severity}` on, so nearly every finding "
                    "does. `high` stops what must be stopped."
                )
                yield Finding(_cause(scan, "severity-cutoff"), message, subject=scan)


def _cause(scan: Scan, name: str) -> Place:
    """Where an action is told so; a command is its own cause."""
    node = scan.item.inputs.get(name) if isinstance(scan.item, Step) else None
    return node.place if node is not None else scan.place


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    scan = finding.subject
    if not isinstance(scan, Scan) or scan.tool != "trivy":
        return None
    if isinstance(scan.item, Command):
        code = scan.item.option("--exit-code")
        flags = "--severity HIGH,CRITICAL" + ("" if "--ignore-unfixed" in scan.item.raw else " --ignore-unfixed")
        return replace_in(scan.item.script.text, code.end, code.end, f" {flags}") if code is not None else None
    inputs = scan.item.node.get("with")
    return add_entries(inputs, "severity: HIGH,CRITICAL", after="exit-code") if inputs is not None else None


RULE = Rule(
    page=__doc__,
    severity=Severity.WARNING,
    sources=("S2.8",),
    platforms=(Platform.ACTIONS, Platform.ACTION, Platform.CIRCLECI, Platform.SHELL),
    words=("trivy", "grype", "anchore/scan-action"),
    detect=detect,
    fix=fix,
)
