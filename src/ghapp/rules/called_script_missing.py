r"""A script, action or workflow that is called is not in the repository.

The script was moved, renamed, or never committed. The shell ends the step with exit code 127 ("No such file or
directory"), `chmod` and `source` with 1, and a missing local action fails its job. In a job that deploys, that is after
half of the work has been done; in a rollback, when it is needed most.

Repository:

```text
lib/scripts/rollback.sh
```

Bad:

```yaml
jobs:
  rollback:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
      - run: ./scripts/rollback.sh production  # <-
```

Good:

```yaml
jobs:
  rollback:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
      - run: ./lib/scripts/rollback.sh production
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Command, Edit, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.missing import Missing, missing
from ghapp.pipeline.operands import Kind
from ghapp.rules._paths import finding, nothing_made, place, repair


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        if pipeline.tree.known and job.uses is not None and job.uses.local:
            path = job.uses.name[len("./") :]
            if not pipeline.tree.has(path):
                message = f"The repository has no workflow `{path}`: GitHub refuses this whole file, and no job runs."
                yield Finding(job.uses.node.place, message)
        for each in missing(job):
            lack = each.lack
            if lack.kind is Kind.SCRIPT:
                yield finding(each, _script(each))
            elif lack.operand is None and lack.node is None:
                yield finding(each, f"`{lack.text}` has no action.yml, action.yaml or Dockerfile: the job fails here.")


def _script(missing: Missing) -> str:
    lack = missing.lack
    name = lack.item.name if isinstance(lack.item, Command) else ""
    code = "1" if name in ("chmod", "source", ".") else "127"
    return (
        f"`{lack.text}`{place(lack)} is not in the repository, and {nothing_made(missing)}: the shell stops here with "
        f"exit code {code}."
    )


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    return repair(finding.subject) if isinstance(finding.subject, Missing) else None


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S2.1",),
    platforms=(Platform.ACTIONS, Platform.ACTION, Platform.CIRCLECI, Platform.SHELL),
    words=(".sh", ".bash", "./", "$/", "bash", "source", "chmod", "script", "bin/"),
    detect=detect,
    fix=fix,
)
