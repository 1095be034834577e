r"""A job runs `if: failure()` but needs no other job.

`failure()` asks whether a job that this one needs has failed. Without `needs` there is none to ask: the job is decided
on at once, together with the first jobs of the workflow, and is always skipped. A rollback written so never happens.

Bad:

```yaml
jobs:
  deploy-production:
    runs-on: ubuntu-24.04
    steps:
      - run: ./deploy.sh
  rollback-production:  # <-
    runs-on: ubuntu-24.04
    if: failure()
    steps:
      - run: ./rollback.sh
```

Good:

```yaml
jobs:
  deploy-production:
    runs-on: ubuntu-24.04
    steps:
      - run: ./deploy.sh
  rollback-production:
    runs-on: ubuntu-24.04
    needs: deploy-production
    if: failure()
    steps:
      - run: ./rollback.sh
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Edit, Finding, Job, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.conditions import conjuncts, words_of, written
from ghapp.pipeline.edits import add_entries
from ghapp.pipeline.roles import plays


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    root = pipeline.root
    triggers = root.get("on", ignore_case=True) if root is not None else None
    if triggers is not None and (triggers.text == "workflow_call" or triggers.get("workflow_call") is not None):
        return
    for job in pipeline.jobs:
        if (
            job.calls
            or job.needs
            or not any(written(part) == "failure()" for part in conjuncts(words_of(job.condition or "")))
        ):
            continue
        deploy = _deploy(job)
        message = (
            f"`{job.id}` needs no job, so `failure()` asks about none: the job is decided on when the workflow starts, "
            "and is always skipped."
        )
        if deploy is not None:
            message += f" It has to need `{deploy.id}`."
        yield Finding(job.key.place, message, subject=(job, deploy))


def _deploy(job: Job) -> Job | None:
    """The one job whose failure is meant: the only deploy, for a rollback."""
    deploys = [each for each in job.pipeline.jobs if plays(each, "deploy") and not plays(each, "rollback")]
    return deploys[0] if plays(job, "rollback") and len(deploys) == 1 else None


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    match finding.subject:
        case (Job() as job, Job() as deploy) if not deploy.calls:
            names = [key.value for key, _ in job.node.pairs]
            before = names.index("if") if "if" in names else 0
            return add_entries(job.node, f"needs: {deploy.id}", after=names[before - 1] if before else None)
        case _:
            return None


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S1.10",),
    platforms=(Platform.ACTIONS,),
    words=("failure()",),
    detect=detect,
    fix=fix,
    shows_order=True,
)
