r"""A command is called that is neither on the runner nor installed by the job.

GitHub's runners and CircleCI's images bring many tools along, and most scanners, linters and load testers are not among
them; some that were have been taken out, such as Terraform after ubuntu-22.04. What another job installs stays on that
job's machine, and what `npm ci` installs is found through `npx` only. The shell ends with "command not found", status
127.

Repository:

```text
infra/main.tf
```

Bad:

```yaml
jobs:
  lint:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v7.0.1
      - run: tflint --chdir=infra  # <-
```

Good:

```yaml
jobs:
  lint:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v7.0.1
      - uses: terraform-linters/setup-tflint@v6.3.0
        with:
          tflint_version: v0.64.0
      - run: tflint --chdir=infra
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Confidence, Edit, Evidence, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.edits import insert_before, replace_in
from ghapp.rules._installs import advice, install_step, through_npx
from ghapp.rules._missing_tools import Missing, calls_by_tool
from ghapp.rules._tools import COMPOSE, WORDS


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        for call, *later in calls_by_tool(job):
            if call.tool.name != COMPOSE and not call.left_in:
                yield Finding(
                    call.command.place,
                    _message(call),
                    severity=None if call.sure and not call.hidden else Severity.WARNING,
                    confidence=Confidence.HIGH if call.sure else Confidence.MEDIUM,
                    evidence=(
                        *(Evidence(place, "called from here") for place in call.command.calls[:1]),
                        *(Evidence(each.command.place, "fails in the same way") for each in later[:10]),
                    ),
                    subject=call,
                )


def _message(call: Missing) -> str:
    name = call.command.name
    end = f"; {call.hidden} hides that, and it never runs" if call.hidden else " and the step fails"
    parts = [
        f"`{name}` is not installed on {call.where}, and nothing before this in `{call.job.id}` installs it: "
        f"the shell says 'command not found' (exit code 127){end}."
    ]
    if call.contained:
        parts.append(f"`{call.contained}` ran it in a container of its own, which leaves nothing on PATH.")
    return " ".join([*parts, advice(call)])


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    call = finding.subject
    if not isinstance(call, Missing) or call.command.path != pipeline.path or call.command.step.calls:
        return None
    if through_npx(call):
        return replace_in(call.command.script.text, call.command.words[0].start, call.command.words[0].start, "npx ")
    text = install_step(call)
    return insert_before(call.command.step.node, text) if text is not None else None


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S2.9",),
    eclipses=("S1.4", "S2.2", "S2.8"),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI),
    words=WORDS,
    detect=detect,
    fix=fix,
)
