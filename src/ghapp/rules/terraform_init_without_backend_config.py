r"""`terraform init` is not told where the state is.

A backend may leave out its bucket and key, for one configuration to serve several environments. They must then be
given to `init` with `-backend-config`. Without them it asks for the values, and where nobody can answer it stops with
"Missing Required Value" or "Error asking for input".

Repository:

```text
infra/main.tf
```

Bad:

```yaml
jobs:
  plan:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v6
      - uses: hashicorp/setup-terraform@v3
      - run: terraform -chdir=infra init -input=false  # <-
      - run: terraform -chdir=infra plan -input=false
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
  plan:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v6
      - uses: hashicorp/setup-terraform@v3
      - run: terraform -chdir=infra init -input=false -backend-config=staging.s3.tfbackend
      - run: terraform -chdir=infra plan -input=false
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline import Command, Confidence, Finding, Gap, Job, Pipeline, Platform, Rule, Severity, Step
from ghapp.pipeline.terraform import PROGRAMS, Invocation, invocation, lacking_backend, terraform_of

CLI_ARGS = ("TF_CLI_ARGS", "TF_CLI_ARGS_init")
MAY_WRITE = re.compile(
    r"^(?!(?:actions|hashicorp|opentofu|aws-actions|google-github-actions|azure|docker)/).*(?:terra|tofu|tf|backend|env|var"
    r"|config|secret|vault|templat|render|subst|replace|generat|write|file|copy|artifact|download|cache|script|setup)"
)
"""Actions that may write Terraform's files or set options for it, by their names."""
WRITES = re.compile(
    r"TF_CLI_ARGS|\.tf\b|\.tofu\b|backend|GITHUB_ENV|BASH_ENV|\bgit\s+(?:clone|checkout|pull)|unzip|\btar\b"
)


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        for init in _inits(job):
            found = lacking_backend(terraform_of(pipeline).text(init.directory) or "")
            if found is not None and not _overridden(pipeline, init.directory or ""):
                backend, missing = found
                message = (
                    f'`backend "{backend}"` in `{init.directory or "."}` does not say its '
                    f"{' and '.join(f'`{each}`' for each in missing)}, and this `init` is not given them with "
                    "`-backend-config`: it asks for them, nobody answers, and it stops."
                )
                sure = Confidence.HIGH if pipeline.platform is Platform.ACTIONS else Confidence.MEDIUM
                yield Finding(init.command.place, message, confidence=sure)


def _inits(job: Job) -> Iterator[Invocation]:
    """The `init`s that take the backend from the files, as long as these are the repository's own."""
    for item in job.trail if job.running(*PROGRAMS) else ():
        if isinstance(item, Gap) or (isinstance(item, Step) and item.uses and MAY_WRITE.match(item.uses.name.lower())):
            return
        if isinstance(item, Command):
            run = invocation(item)
            if run is not None and run.is_init and _bare(item):
                yield run
            if WRITES.search(item.raw):
                return


def _bare(command: Command) -> bool:
    words = [word.literal for word in command.words]
    options = any(command.step.scope.variable(name) is not None for name in CLI_ARGS)
    return (
        None not in words and not any("-backend" in (word or "") for word in words) and not (command.masks or options)
    )


def _overridden(pipeline: Pipeline, directory: str) -> bool:
    names = (path.rpartition("/")[2] for path in pipeline.tree.paths or () if path.rpartition("/")[0] == directory)
    return any(name.endswith("override.tf") for name in names)


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S2.2",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI),
    words=("terraform init", "tofu init", "terraform -chdir", "tofu -chdir"),
    detect=detect,
)
