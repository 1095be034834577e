r"""A vulnerability scan is told to fail, and its failure is thrown away.

An exit code says that findings stop the build; `|| true` or `continue-on-error` says that they do not, and the second
wins: the job is green with every vulnerability in it. A pipe does the same unseen: without `pipefail`, which GitHub
Actions sets only where `shell: bash` is written out, its status is that of its last program.

Bad:

```yaml
jobs:
  scan:
    steps:
      - run: trivy image --exit-code 1 --severity HIGH,CRITICAL "$IMAGE" || true  # <-
```

Bad, through a pipe:

```yaml
jobs:
  scan:
    steps:
      - run: |
          trivy image --exit-code 1 --severity HIGH,CRITICAL "$IMAGE" | tee report.txt  # <-
```

Good:

```yaml
jobs:
  scan:
    steps:
      - run: |
          set -o pipefail
          trivy image --exit-code 1 --severity HIGH,CRITICAL "$IMAGE" | tee report.txt
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Command, Confidence, Edit, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.edits import run_before
from ghapp.pipeline.scans import Loss, scans
from ghapp.rules._scanners import WORDS


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        for scan in scans(job):
            loss = scan.swallowed
            if not (scan.fails and loss and (scan.told or scan.gates)) or scan.excused:
                continue
            if loss is Loss.PIPE or not scan.read:
                advice = "Set `pipefail` before it." if loss is Loss.PIPE else "Keep one of the two."
                message = (
                    f"`{scan.words}` is told to fail on findings, but {loss} throws the failure away: "
                    f"the job stays green whatever is found. {advice}"
                )
                sure = scan.tool in ("trivy", "grype")  # the others fail by themselves, and `|| true` may be meant
                yield Finding(
                    scan.place, message, confidence=Confidence.HIGH if sure else Confidence.MEDIUM, subject=scan.item
                )


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    command = finding.subject
    if not isinstance(command, Command) or command.piped_to is None or command.script.shell != "bash":
        return None
    return run_before(pipeline, command, "set -o pipefail")


RULE = Rule(
    page=__doc__,
    severity=Severity.WARNING,
    sources=("S2.8",),
    platforms=(Platform.ACTIONS, Platform.ACTION, Platform.CIRCLECI, Platform.SHELL),
    words=WORDS,
    detect=detect,
    fix=fix,
)
