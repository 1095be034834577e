r"""A Trivy gate that writes SARIF fails on severities that it was told to leave out.

With `format: sarif` trivy-action reports every severity, whatever `severity` says, and the exit code follows the
report: the step fails on LOW too. `limit-severities-for-sarif: true` makes it keep to the list.

Bad:

```yaml
jobs:
  scan:
    steps:
      - uses: aquasecurity/trivy-action@v0.36.0
        with:
          format: sarif  # <-
          exit-code: '1'
          severity: HIGH,CRITICAL
```

Good:

```yaml
jobs:
  scan:
    steps:
      - uses: aquasecurity/trivy-action@v0.36.0
        with:
          format: sarif
          exit-code: '1'
          severity: HIGH,CRITICAL
          limit-severities-for-sarif: true
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Edit, Finding, Pipeline, Platform, Rule, Severity, Step
from ghapp.pipeline.edits import add_entries
from ghapp.pipeline.scans import scans


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        for scan in scans(job):
            step = scan.item
            if not (isinstance(step, Step) and scan.tool == "trivy" and scan.fails and scan.blocks and scan.severity):
                continue
            if step.input("format") == "sarif" and "limit-severities-for-sarif" not in step.inputs:
                message = (
                    f"With `format: sarif` trivy-action leaves `severity: {scan.severity}` out of account: this step "
                    "fails on findings of every severity. Set `limit-severities-for-sarif: true`."
                )
                yield Finding(step.inputs["format"].place, message, subject=step)


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    inputs = finding.subject.node.get("with") if isinstance(finding.subject, Step) else None
    after = "severity" if inputs is not None and inputs.get("severity") is not None else None
    return add_entries(inputs, "limit-severities-for-sarif: true", after=after) if inputs is not None else None


RULE = Rule(
    page=__doc__,
    severity=Severity.WARNING,
    sources=("S2.8",),
    platforms=(Platform.ACTIONS, Platform.ACTION),
    words=("aquasecurity/trivy-action",),
    detect=detect,
    fix=fix,
)
