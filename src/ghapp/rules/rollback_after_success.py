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

from collections.abc import Iterator
from typing import NamedTuple

from ghapp.pipeline import Edit, Finding, Job, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.conditions import words_of, written
from ghapp.pipeline.edits import add_entries, replace_item
from ghapp.pipeline.graph import Graph
from ghapp.pipeline.model import Need
from ghapp.pipeline.roles import is_other_environment
from ghapp.rules._rollback import asks_for_a_result, is_deploy_job, on_circleci, rollback_jobs, waits_for_a_person
from ghapp.rules._stages import place_of

MEANS = (
    "`{job}` rolls back after each `{deploy}` that succeeds, and is skipped when one fails: that is what {what} means."
)
ALWAYS = "`{job}` rolls back whether `{deploy}` failed or succeeded: `always()` lets both through."


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
        if deploy is None or is_other_environment(f"{job.id} {deploy.job}"):
            continue
        circleci, always = on_circleci(pipeline), written(words_of(job.condition or "")) == "always()"
        conditional = not circleci and bool(job.condition) and (not always or asks_for_a_result(job))
        if conditional or waits_for_a_person(job, [other for other, _ in needs]):
            continue
        form = ALWAYS if always and not circleci else MEANS
        what = "`requires` without a status" if circleci else "`needs` without a condition"
        advice = f"Write `{deploy.node.text}: [failed, canceled]`." if circleci else f"Add `{_condition(deploy)}`."
        message = f"{form.format(job=job.id, deploy=deploy.job, what=what)} {advice}"
        yield Finding(place_of(job), message, subject=Turn(job, deploy))


def _condition(deploy: Need) -> str:
    return f"if: failure() && needs.{deploy.node.text}.result == 'failure'"


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    turn = finding.subject
    return _turned(turn) if isinstance(turn, Turn) else None


def _turned(turn: Turn) -> Edit | None:
    if on_circleci(turn.job.pipeline):
        return replace_item(turn.deploy.node, f"{{{turn.deploy.node.text}: [failed, canceled]}}")
    return add_entries(turn.job.node, _condition(turn.deploy), after="needs")  # none where there is an `if`


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S1.10",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI),
    words=("rollback", "roll-back", "roll_back", "revert"),
    detect=detect,
    fix=fix,
    shows_order=True,
)
