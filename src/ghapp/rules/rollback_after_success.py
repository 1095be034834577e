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
from typing import NamedTuple

from ghapp.pipeline import Edit, Finding, Job, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.conditions import words_of, written
from ghapp.pipeline.edits import add_entries, replace_item
from ghapp.pipeline.graph import Graph
from ghapp.pipeline.model import Need
from ghapp.pipeline.roles import is_other_environment
from ghapp.rules._rollback import is_deploy_job, on_circleci, rollback_jobs
from ghapp.rules._stages import place_of

ASKS = re.compile(r"\.result\b|\.outputs\b|inputs\.|status|conclusion|outcome", re.IGNORECASE)
BY_HAND = re.compile(r"roll-?back|approv|manual|confirm|gate", re.IGNORECASE)
ONLY_SUCCESS = (
    "`{job}` rolls back after each `{deploy}` that succeeds, and is skipped when one fails: that is what {what} means. "
    "{advice}"
)
ALWAYS = "`{job}` rolls back whether `{deploy}` failed or succeeded: `always()` lets both through. {advice}"


class Turn(NamedTuple):
    """A rollback, and the need by which it waits for the deploy."""

    job: Job
    deploy: Need


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    graph = Graph(pipeline)
    for job in rollback_jobs(pipeline):
        needs = graph.needs(job)
        deploy = next(
            (need for other, need in needs if is_deploy_job(other) and set(need.statuses) <= {"success"}), None
        )
        if deploy is None or _by_hand(job, [other for other, _ in needs]) or _only_tried(job, deploy):
            continue
        form, what, advice = ONLY_SUCCESS, "`needs` without a condition", f"Add `{_asked(deploy)}`."
        if on_circleci(pipeline):
            what, advice = "`requires` without a status", f"Write `{deploy.node.text}: [failed, canceled]`."
        elif job.condition:
            if written(words_of(job.condition)) != "always()" or ASKS.search(_written(job)):
                continue
            form = ALWAYS
        message = form.format(job=job.id, deploy=deploy.job, what=what, advice=advice)
        yield Finding(place_of(job), message, subject=Turn(job, deploy))


def _by_hand(job: Job, needed: list[Job]) -> bool:
    """Whether somebody has to say yes before it runs, as far as can be seen."""
    return any(each.kind == "approval" for each in needed) or bool(BY_HAND.search(job.environment or ""))


def _only_tried(job: Job, deploy: Need) -> bool:
    return is_other_environment(f"{job.id} {deploy.job}")


def _asked(deploy: Need) -> str:
    return f"if: failure() && needs.{deploy.node.text}.result == 'failure'"


def _written(job: Job) -> str:
    return job.pipeline.source.text[job.node.start : job.node.end]


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    turn = finding.subject
    return _turned(turn) if isinstance(turn, Turn) else None


def _turned(turn: Turn) -> Edit | None:
    if on_circleci(turn.job.pipeline):
        return replace_item(turn.deploy.node, f"{{{turn.deploy.node.text}: [failed, canceled]}}")
    return add_entries(turn.job.node, _asked(turn.deploy), after="needs")  # none where there is an `if`


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S1.10",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI),
    words=("rollback", "roll-back", "roll_back", "revert"),
    detect=detect,
    fix=fix,
)
