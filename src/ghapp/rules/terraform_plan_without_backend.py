r"""`terraform plan` runs after `terraform init -backend=false`.

`-backend=false` is for validation alone: it leaves the backend uninitialised. `plan`, `apply` and everything else that
reads the state then stop with "Backend initialization required".

Repository:

```text
infra/main.tf
```

Bad:

```yaml
jobs:
  preview:
    steps:
      - run: terraform -chdir=infra init -backend=false -input=false
      - run: terraform -chdir=infra plan -input=false  # <-
```

Good:

```yaml
jobs:
  preview:
    steps:
      - run: terraform -chdir=infra init -input=false
      - run: terraform -chdir=infra plan -input=false
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Confidence, Evidence, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.terraform import has_backend, terraform_of

READS_STATE = frozenset({"plan", "apply", "destroy", "output", "state", "import", "refresh", "workspace"})


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    terraform = terraform_of(pipeline)
    for job in pipeline.jobs:
        for run, inits in terraform.runs(job):
            if run.subcommand not in READS_STATE or not inits or any(each.backend for each in inits):
                continue
            text = terraform.text(run.directory)
            if text is None or has_backend(text):
                message = (
                    f"`{run.program} {run.subcommand}` needs the backend, but the only `init` before it in this job "
                    "has `-backend=false`: it stops with 'Backend initialization required'. Initialise without that "
                    "option before it."
                )
                evidence = Evidence(inits[-1].command.place, "initialised without the backend here")
                sure = Confidence.MEDIUM if text is None else Confidence.HIGH
                yield Finding(run.command.place, message, confidence=sure, evidence=(evidence,))


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S2.2",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI, Platform.SHELL),
    words=("-backend=false",),
    detect=detect,
)
