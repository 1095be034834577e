r"""The rollback runs after every deploy that succeeded, and not after one that failed.

A job that only names the deploy among its `needs` or `requires` starts when the deploy has succeeded, and is skipped
when it has failed. So each good deploy is taken back, and each bad one stays. `if: always()` alone rolls back both.

Bad:

```yaml
jobs:
  deploy-production:
    steps:
      - run: ./deploy.sh
  rollback-production:  # <-
    needs: deploy-production
    steps:
      - run: ./rollback.sh
```

Good:

```yaml
jobs:
  deploy-production:
    steps:
      - run: ./deploy.sh
  rollback-production:
    needs: deploy-production
    if: failure() && needs.deploy-production.result == 'failure'
    steps:
      - run: ./rollback.sh
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline import Edit, Finding, Job, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.conditions import words_of, written
from ghapp.pipeline.edits import add_entries
from ghapp.pipeline.graph import Graph
from ghapp.pipeline.roles import is_other_environment
from ghapp.pipeline.source import Place
from ghapp.rules._rollback import is_deploy_job, on_circleci, rollback_jobs

ASKS = re.compile(r"\.result\b|\.outputs\b|inputs\.|status|conclusion|outcome", re.IGNORECASE)
BY_HAND = re.compile(r"roll-?back|approv|manual|confirm|gate", re.IGNORECASE)


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    graph = Graph(pipeline)
    for job in rollback_jobs(pipeline):
        needs = graph.needs(job)
        deploys = [other for other, need in needs if is_deploy_job(other) and set(need.statuses) <= {"success"}]
        if (
            not deploys
            or _by_hand(job, [other for other, _ in needs])
            or is_other_environment(f"{job.id} {deploys[0].id}")
        ):
            continue
        deploy = deploys[0].id
        if on_circleci(pipeline):
            what = (
                f"`requires` without a status waits for `{deploy}` to succeed: write `- {deploy}: [failed, canceled]`."
            )
        elif not job.condition:
            what = f"Without a condition it waits for `{deploy}` to succeed."
        elif written(words_of(job.condition)) == "always()" and not ASKS.search(_written(job)):
            what = "`always()` lets it run whether the deploy failed or succeeded, and nothing in it asks which."
        else:
            continue
        after = "each deploy" if job.condition and not on_circleci(pipeline) else f"each `{deploy}` that succeeds"
        missed = "" if after == "each deploy" else ", and is skipped when one fails"
        message = f"`{job.id}` rolls back after {after}{missed}. {what}"
        yield Finding(_place(job), message, subject=(job, deploy if len(needs) == 1 else ""))


def _by_hand(job: Job, needed: list[Job]) -> bool:
    """Whether somebody has to say yes before it runs, as far as can be seen."""
    return any(each.kind == "approval" for each in needed) or bool(BY_HAND.search(job.environment or ""))


def _written(job: Job) -> str:
    return job.pipeline.source.text[job.node.start : job.node.end]


def _place(job: Job) -> Place:
    return job.key.place if job.invocation is None else job.invocation.place


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    match finding.subject:
        case (Job() as job, str() as deploy) if (
            deploy and not job.condition and not job.calls and not on_circleci(pipeline)
        ):
            return add_entries(job.node, f"if: failure() && needs.{deploy}.result == 'failure'", after="needs")
        case _:
            return None


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S1.10",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI),
    words=("rollback", "roll-back", "roll_back", "revert"),
    detect=detect,
    fix=fix,
)
