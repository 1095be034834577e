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
from typing import cast

from ghapp.pipeline import Confidence, Edit, Evidence, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.edits import run_before
from ghapp.pipeline.terraform import Invocation, Terraform, invocations, needs_download, terraform_of


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    terraform = terraform_of(pipeline)
    for job in pipeline.jobs:
        every = list(invocations(job))
        inits = {each.directory: each for each in every if each.is_init}
        changed = {each.directory for each in every if each.subcommand in ("plan", "apply", "destroy")}
        for run in _uninitialised([run for run, before in terraform.runs(job) if not before], terraform):
            message = (
                f"`{run.program} validate` {f'in `{run.directory}` ' if run.directory else ''}runs without "
                f"`{run.program} init` before it in this job: on a fresh runner it stops with 'Missing required "
                "provider' or 'Module not installed'."
            )
            late = inits.get(run.directory)
            evidence = (Evidence(late.command.place, "initialises, but only after it"),) if late is not None else ()
            sure = terraform.text(run.directory) is not None and pipeline.platform is not Platform.SHELL
            confidence = Confidence.HIGH if sure else Confidence.MEDIUM
            backend = "" if run.directory in changed and late is None else "-backend=false "
            yield Finding(run.command.place, message, None, confidence, evidence, subject=(run, backend))


def _uninitialised(candidates: list[Invocation], terraform: Terraform) -> Iterator[Invocation]:
    """The first `validate` of each directory that needs providers or modules."""
    seen: set[str | None] = set()
    for run in candidates:
        if run.subcommand == "validate" and run.directory not in seen and terraform.has(run.directory):
            seen.add(run.directory)
            text = terraform.text(run.directory)
            if text is None or needs_download(text):
                yield run


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    """An `init` right before, in the same directory; without the backend where nothing else in the job needs that."""
    run, backend = cast(tuple[Invocation, str], finding.subject)
    if run.directory is None:
        return None
    chdir = next((f"{word.raw} " for word in run.command.words if word.raw.startswith("-chdir")), "")
    return run_before(pipeline, run.command, f"{run.program} {chdir}init {backend}-input=false")


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S2.2",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI, Platform.SHELL),
    words=("terraform validate", "tofu validate"),
    detect=detect,
    fix=fix,
)
