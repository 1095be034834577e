r"""`terraform validate` runs before `terraform init`.

Validation reads the providers and modules that `init` downloads. A fresh runner has neither, so the job fails on every
run with "Missing required provider" or "Module not installed". `-backend=false` keeps the mend harmless: it reads no
state and needs no credentials.

Repository:

```text
main.tf
```

Bad:

```yaml
jobs:
  validate:
    steps:
      - run: terraform validate  # <-
```

Good:

```yaml
jobs:
  validate:
    steps:
      - run: terraform init -backend=false -input=false && terraform validate
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Command, Confidence, Edit, Finding, Pipeline, Platform, Rule, Severity, Step
from ghapp.pipeline.edits import run_before
from ghapp.pipeline.terraform import (
    Invocation,
    configuration,
    has_configuration,
    inits_before,
    invocation,
    invocations,
    needs_download,
)


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        for run in invocations(job):
            if run.subcommand == "validate" and _uninitialised(pipeline, run):
                where = f"in `{run.directory}` " if run.directory else ""
                message = (
                    f"`{run.program} validate` {where}runs without `{run.program} init` in this job: on a fresh runner "
                    "it stops with 'Missing required provider' or 'Module not installed'."
                )
                sure = Confidence.HIGH if pipeline.platform is not Platform.SHELL else Confidence.MEDIUM
                yield Finding(run.command.place, message, confidence=sure, subject=run.command)
        yield from _orb(job.steps)


def _orb(steps: tuple[Step, ...]) -> Iterator[Finding]:
    """The orb's command `validate` does not initialise; its commands init, plan, apply and destroy do."""
    for at, step in enumerate(steps):
        if _element(step) == "validate" and not any(
            _element(each) in ("init", "plan", "apply", "destroy") or each.gap or each.text for each in steps[:at]
        ):
            message = (
                "The orb's `validate` command does not run `terraform init`, and nothing in this job does: it stops "
                "with 'Missing required provider'. Put the orb's `init` command before it."
            )
            yield Finding(step.place, message, subject=step)


def _element(step: Step) -> str:
    return step.uses.element if step.uses is not None and step.uses.name == "circleci/terraform" else ""


def _uninitialised(pipeline: Pipeline, run: Invocation) -> bool:
    if pipeline.platform is Platform.ACTION or run.directory is None or inits_before(run) != []:
        return False
    if not has_configuration(pipeline, run.directory):
        return False
    text = configuration(pipeline, run.directory)
    return text is None or needs_download(text)


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    command = finding.subject
    run = invocation(command) if isinstance(command, Command) else None
    if run is None:
        return None
    chdir = next((f"{word.raw} " for word in run.command.words if word.raw.startswith("-chdir")), "")
    later = {each.subcommand for each in invocations(run.command.job) if each.directory == run.directory}
    backend = "" if later & {"plan", "apply", "destroy"} else "-backend=false "
    return run_before(pipeline, finding, f"{run.program} {chdir}init {backend}-input=false")


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S2.2",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI, Platform.SHELL),
    words=("terraform validate", "tofu validate"),
    detect=detect,
    fix=fix,
)
