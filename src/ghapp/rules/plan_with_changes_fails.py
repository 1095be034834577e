r"""A Terraform plan that finds changes ends the job before they are applied.

With `-detailed-exitcode` a plan ends with 0 when there is nothing to do, with 2 when there are changes, and with 1 on
an error. The shell of a step stops at 2 as it does at 1, so what applies the changes runs only when there are none.

Bad:

```yaml
jobs:
  apply:
    runs-on: ubuntu-22.04
    steps:
      - run: terraform init -input=false
      - run: terraform plan -detailed-exitcode -out=tfplan  # <-
      - run: terraform apply tfplan
```

Good:

```yaml
jobs:
  apply:
    runs-on: ubuntu-22.04
    steps:
      - run: terraform init -input=false
      - run: |
          rc=0
          terraform plan -detailed-exitcode -out=tfplan || rc=$?
          [ "$rc" -ne 1 ]
      - run: terraform apply tfplan
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Command, Evidence, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.conditions import may_follow_failure
from ghapp.pipeline.terraform import invocation

OPTION = ("-detailed-exitcode", "--detailed-exitcode")


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        for command in job.commands:
            run = invocation(command)
            if run is None or run.subcommand != "plan" or not command.has_option(*OPTION) or not _stops(command):
                continue
            later = next((each for each in job.after(command) if isinstance(each, Command) and _applies(each)), None)
            if later is not None:
                message = (
                    "With `-detailed-exitcode` this ends with 2 when there are changes, and the step stops as at "
                    f"an error: the `{run.program} apply` behind it runs only when there is nothing to apply. Take the "
                    "status aside with `|| rc=$?`, and fail on 1."
                )
                yield Finding(command.place, message, evidence=(Evidence(later.place, "is not reached with changes"),))


def _stops(command: Command) -> bool:
    """Whether the status of the command is the step's."""
    return command.errexit and not (command.masks or command.guards or command.substituted or command.step.tolerated)


def _applies(command: Command) -> bool:
    """Whether it applies, in a step that runs only as long as nothing has failed."""
    run = invocation(command)
    return run is not None and run.subcommand == "apply" and not may_follow_failure(command.step)


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("F21",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI, Platform.SHELL),
    words=("terraform plan -detailed-exitcode", "tofu plan -detailed-exitcode"),
    detect=detect,
)
