r"""A tool is installed into a directory where PATH does not lead, and called by its bare name.

The install scripts of many scanners put the program into `./bin` unless told otherwise, `go install` into GOPATH's
`bin`, pip of a virtual environment into that environment. None of these is on PATH by itself (`actions/setup-go` adds
GOPATH's), so the call ends with "command not found", status 127.

Bad:

```yaml
jobs:
  scan:
    runs-on: ubuntu-24.04
    steps:
      - run: curl -fsSL https://raw.githubusercontent.com/aquasecurity/trivy/main/contrib/install.sh | sh
      - run: trivy config --exit-code 1 --severity CRITICAL .  # <-
```

Good:

```yaml
jobs:
  scan:
    runs-on: ubuntu-24.04
    steps:
      - run: |
          curl -fsSL https://raw.githubusercontent.com/aquasecurity/trivy/main/contrib/install.sh | sh -s -- -b ./bin
          echo "$PWD/bin" >> "$GITHUB_PATH"
      - run: trivy config --exit-code 1 --severity CRITICAL .
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Confidence, Finding, Pipeline, Platform, Rule, Severity
from ghapp.rules._missing_tools import missing


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    how = "`$BASH_ENV`" if pipeline.platform is Platform.CIRCLECI else "`$GITHUB_PATH`"
    for job in pipeline.jobs:
        for call in missing(job):
            if call.left_in and call.lost is None:
                name = call.command.name
                message = (
                    f"`{name}` was put into `{call.left_in}`, which is not on PATH on `{call.machines[0].name}`: the "
                    f"shell says 'command not found' (exit code 127). Call it as `{call.left_in.rstrip('/')}/{name}`, "
                    "install it into /usr/local/bin, or add the directory to PATH for the steps that follow "
                    f"({how})."
                )
                sure = Confidence.HIGH if call.sure else Confidence.MEDIUM
                severity = Severity.WARNING if call.hidden or not call.sure else None
                yield Finding(call.command.place, message, severity=severity, confidence=sure, subject=call)


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S2.9",),
    eclipses=("S1.4", "S2.2", "S2.8"),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI),
    words=("go install", "venv pip", *(f"{name} install" for name in ("trivy", "grype", "syft", "golangci-lint"))),
    detect=detect,
)
