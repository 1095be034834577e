r"""A vulnerability scan is told to fail, and its failure is thrown away.

An exit code says that findings stop the build; `|| true` or `continue-on-error` says that they do not. The second wins:
the job is green with every vulnerability in it.

Bad:

```yaml
jobs:
  scan:
    steps:
      - run: trivy image --exit-code 1 --severity HIGH,CRITICAL "$IMAGE" || true  # <-
```

Good:

```yaml
jobs:
  scan:
    steps:
      - run: trivy image --exit-code 1 --severity HIGH,CRITICAL "$IMAGE"
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.scans import Scan, scans


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        for scan in scans(job):
            if scan.fails and scan.ignored and not scan.read and not _looked_at(pipeline, scan):
                message = (
                    f"`{scan.words}` is told to fail on findings, but {scan.ignored} throws the failure away: "
                    "the job stays green whatever is found. Keep one of the two."
                )
                yield Finding(scan.place, message)


def _looked_at(pipeline: Pipeline, scan: Scan) -> bool:
    """Whether a later step asks how the scan ended."""
    return bool(scan.step.id) and f"steps.{scan.step.id}." in pipeline.source.text


RULE = Rule(
    page=__doc__,
    severity=Severity.WARNING,
    sources=("S2.8",),
    platforms=(Platform.ACTIONS, Platform.ACTION, Platform.CIRCLECI, Platform.SHELL),
    words=("trivy", "grype", "anchore/scan-action"),
    detect=detect,
)
