r"""Terraform changes infrastructure without selecting a workspace.

Where environments are workspaces, a job that selects none works on `default`: the plan shows the wrong environment, or
everything as new. A selection does not survive the job: it stands in `.terraform/environment` of that one machine.

Policy:

```yaml
terraform: {workspaces: true}
```

Bad:

```yaml
jobs:
  plan:
    runs-on: ubuntu-22.04
    steps:
      - uses: actions/checkout@v6
      - run: terraform init -input=false
      - run: terraform plan -input=false  # <-
```

Good:

```yaml
jobs:
  plan:
    runs-on: ubuntu-22.04
    steps:
      - uses: actions/checkout@v6
      - run: terraform init -input=false
      - run: terraform workspace select -or-create staging
      - run: terraform plan -input=false
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Command, Finding, Gap, Job, Pipeline, Platform, Rule, Severity, Step
from ghapp.pipeline.terraform import invocation

CHANGES = frozenset({"plan", "apply", "destroy", "import", "refresh"})
RESTORES = frozenset({"attach_workspace", "restore_cache"})
"""Builtins that may bring a `.terraform` with a selection."""


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    if not pipeline.policy.workspaces or "TF_WORKSPACE" in pipeline.source.text:
        return
    for job in pipeline.jobs:
        found = _unselected(job)
        if found is not None:
            message = (
                "No workspace is selected before this, so Terraform works on `default`. The policy has a workspace for "
                "each environment: `terraform workspace select -or-create ENVIRONMENT` belongs before it in this job."
            )
            evidence = pipeline.policy.evidence("terraform.workspaces", "the policy on Terraform's environments")
            yield Finding(found.place, message, evidence=evidence)


def _unselected(job: Job) -> Command | Step | None:
    """The first run of Terraform in a job before which nothing selects a workspace or may have done so."""
    for item in job.trail:
        if isinstance(item, Gap):
            return None
        if isinstance(item, Command):
            run = invocation(item)
            if "workspace" in item.raw or item.name == "terragrunt":
                return None
            if run is not None and run.subcommand in CHANGES and not _of_a_plan(item, run.subcommand):
                return item
        elif item.builtin in RESTORES or "workspace" in item.inputs or (item.uses and "cache" in item.uses.name):
            return None
        elif item.uses is not None and "terraform" in item.uses.name and item.uses.element in CHANGES:
            return item
    return None


def _of_a_plan(command: Command, subcommand: str) -> bool:
    """`terraform apply tfplan`: the plan knows its workspace."""
    return subcommand == "apply" and len(command.operands) > 1


RULE = Rule(
    page=__doc__,
    severity=Severity.NOTICE,
    sources=("C4",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI),
    words=("terraform", "tofu"),
    detect=detect,
)
