r"""PATH is extended in one step, and the tool it leads to is called in another.

Every step is a shell of its own: what it exports ends with it. The next step has the PATH it would have had anyway, and
says "command not found" (status 127) for a tool that was installed a moment ago. GitHub Actions takes directories for
later steps from the file `$GITHUB_PATH`, CircleCI reads `$BASH_ENV` before every step.

Bad:

```yaml
jobs:
  lint:
    runs-on: ubuntu-24.04
    steps:
      - run: |
          curl -fsSL -o "$HOME/tools/tflint.zip" "$RELEASES/tflint_linux_amd64.zip"
          unzip -d "$HOME/tools/bin" "$HOME/tools/tflint.zip"
          export PATH="$HOME/tools/bin:$PATH"  # <-
      - run: tflint --recursive
```

Good:

```yaml
jobs:
  lint:
    runs-on: ubuntu-24.04
    steps:
      - run: |
          curl -fsSL -o "$HOME/tools/tflint.zip" "$RELEASES/tflint_linux_amd64.zip"
          unzip -d "$HOME/tools/bin" "$HOME/tools/tflint.zip"
          export PATH="$HOME/tools/bin:$PATH"
          echo "$HOME/tools/bin" >> "$GITHUB_PATH"
      - run: tflint --recursive
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline import Command, Confidence, Edit, Evidence, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.edits import run_after
from ghapp.rules._missing_tools import Missing, missing

_ABSOLUTE = re.compile(r"(?:/|\$HOME/|\$\{HOME\}/)[\w./-]+")


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    keeper = "`$BASH_ENV`" if pipeline.platform is Platform.CIRCLECI else "`$GITHUB_PATH`"
    for job in pipeline.jobs:
        for call in missing(job):
            if call.lost is not None:
                message = (
                    f"This PATH ends with its step. Where `{call.command.name}` is called, in a later step of "
                    f"`{job.id}`, `{call.left_in}` is not on PATH, and the shell says 'command not found' (exit code "
                    f"127). Write the directory to {keeper} for the steps that follow."
                )
                used = (Evidence(call.command.place, f"`{call.command.name}` is called here"),)
                sure = Confidence.HIGH if call.sure else Confidence.MEDIUM
                severity = Severity.WARNING if call.hidden or not call.sure else None
                yield Finding(call.lost.place, message, severity, sure, used, call)


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    call = finding.subject
    if not isinstance(call, Missing) or not isinstance(call.lost, Command) or not _ABSOLUTE.fullmatch(call.left_in):
        return None
    if pipeline.platform is Platform.CIRCLECI:
        return run_after(pipeline, call.lost, f"""echo 'export PATH="{call.left_in}:$PATH"' >> "$BASH_ENV\"""")
    return run_after(pipeline, call.lost, f'echo "{call.left_in}" >> "$GITHUB_PATH"')


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S2.9",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI),
    words=("path=",),
    detect=detect,
    fix=fix,
)
