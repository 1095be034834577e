r"""`terraform plan` or `apply` runs in a job that never initialises.

`terraform init` works in one directory of one machine: what another job has initialised does not come along, not with
a plan file either. Terraform stops with "Backend initialization required" or "Missing required provider".

Repository:

```text
infra/main.tf
```

Bad:

```yaml
jobs:
  apply:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v6
      - uses: hashicorp/setup-terraform@v3
      - run: terraform -chdir=infra apply -auto-approve  # <-
```

With `infra/main.tf`:

```hcl
terraform {
  backend "s3" {}
}
```

Good:

```yaml
jobs:
  apply:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v6
      - uses: hashicorp/setup-terraform@v3
      - run: terraform -chdir=infra init -input=false
      - run: terraform -chdir=infra apply -auto-approve
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Confidence, Evidence, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.terraform import Invocation, has_backend, invocations, needs_download, terraform_of

NEEDS_PROVIDERS = frozenset({"plan", "apply", "destroy", "import", "refresh", "test"})
READS_STATE = frozenset({"output", "state", "workspace"})


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    terraform = terraform_of(pipeline)
    inits = {each.directory: each for job in pipeline.jobs for each in invocations(job) if each.is_init}
    for job in pipeline.jobs:
        for run, before in terraform.runs(job):
            text = terraform.text(run.directory)
            if before or text is None or not _needs_init(run, text):
                continue
            message = (
                f"`{run.program} {run.subcommand}` in `{run.directory or '.'}` runs without `{run.program} init` "
                "before it in this job: on a fresh runner it stops with 'Backend initialization required' or 'Missing "
                "required provider'. What another job has initialised does not come along."
            )
            found = inits.get(run.directory)
            evidence = (Evidence(found.command.place, "initialised here, where it does not help"),) if found else ()
            yield Finding(run.command.place, message, confidence=Confidence.MEDIUM, evidence=evidence)
            break  # one init mends the job


def _needs_init(run: Invocation, text: str) -> bool:
    if run.subcommand in NEEDS_PROVIDERS:
        return needs_download(text) or has_backend(text)
    shows = [word.literal for word in run.command.operands[:2]] == ["workspace", "show"]  # reads a local file
    return run.subcommand in READS_STATE and not shows and has_backend(text)


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S2.2",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI),
    words=("terraform", "tofu"),
    detect=detect,
)
