r"""Tests or a deploy are piped into `tee`, which always succeeds.

The status of a pipe is that of its last command. The default shell of a step on GitHub Actions is `bash -e`, without
`pipefail`: whatever fails on the left of `| tee` leaves the step green. `shell: bash` turns it on for the step, and
`set -o pipefail` in any script of bash.

Bad:

```yaml
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - run: |
          go test ./... 2>&1 | tee test.log  # <-
```

Good:

```yaml
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - run: |
          set -o pipefail
          go test ./... 2>&1 | tee test.log
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import cast

from ghapp.pipeline import Command, Edit, Finding, Mask, Pipeline, Platform, Rule, Severity, Step
from ghapp.pipeline.edits import run_before
from ghapp.rules._gates import GATES, is_gate

MOST = 20
ASKS = re.compile(r"PIPESTATUS|pipefail|pipestatus")
FAILS = re.compile(r"setFailed|process\.exit|throw\b")


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for command in islice(_silenced(pipeline), MOST):
        said = " ".join(word.raw for word in command.words[:2])
        message = (
            f"If `{said}` fails, nobody notices: the status of the pipe is that of `tee`, and `tee` succeeds. "
            "`set -o pipefail` before it, or `shell: bash` for the whole step, lets the failure through."
        )
        if not _read(command):
            yield Finding(command.place, message, subject=command)


def _silenced(pipeline: Pipeline) -> Iterator[Command]:
    """What is run for its failure, and loses it to `tee` only."""
    for command in pipeline.commands():
        tee = command.piped_to
        if tee is None or tee.name != "tee" or tee.piped_to is not None or command.masks != (Mask.PIPE,):
            continue
        if is_gate(command) and not ASKS.search(command.script.text.value):
            yield command


def _read(command: Command) -> bool:
    """Whether something in the pipeline may look into the file that `tee` writes, and fail by what it finds."""
    operands = command.piped_to.operands if command.piped_to is not None else ()
    names = [command.expand(word).rpartition("/")[2] for word in operands]
    items = (item for job in command.job.pipeline.jobs for item in job.trail)
    return any(name and _may_judge(item, name) for item in items for name in names)


def _may_judge(item: object, name: str) -> bool:
    if isinstance(item, Command):
        return item.name != "tee" and name in item.raw
    if not isinstance(item, Step) or item.uses is None or "upload" in item.uses.name:
        return False
    said = item.node.source.text[item.node.start : item.node.end]
    return name in said and ("github-script" not in item.uses.name or bool(FAILS.search(said)))


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    """Only where no other pipe of the step would get another meaning, and the shell is bash."""
    command = cast(Command, finding.subject)
    others = [each for each in command.step.commands if each.piped_to is not None and each is not command]
    return run_before(pipeline, command, "set -o pipefail") if not others and command.script.shell == "bash" else None


RULE = Rule(
    page=__doc__,
    severity=Severity.WARNING,
    sources=("F11",),
    platforms=(Platform.ACTIONS, Platform.ACTION, Platform.CIRCLECI, Platform.SHELL),
    words=tuple(f"tee {word}" for word in GATES),
    detect=detect,
    fix=fix,
)
