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
from typing import cast

from ghapp.pipeline import Edit, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.conditions import words_of, written
from ghapp.pipeline.edits import add_entries, replace_item
from ghapp.pipeline.graph import Graph
from ghapp.rules._rollback import Turn, asks_for_a_result, on_circleci, rollbacks_behind_deploys, waits_for_a_person
from ghapp.rules._stages import place_of

MEANS = (
    "`{job}` rolls back after each `{deploy}` that succeeds, and is skipped when one fails: that is what {what} means."
)
ALWAYS = "`{job}` rolls back whether `{deploy}` failed or succeeded: `always()` lets both through."


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    graph = Graph(pipeline)
    for turn in rollbacks_behind_deploys(pipeline, graph):
        job, deploy = turn.job, turn.deploy.job
        circleci, always = on_circleci(pipeline), written(words_of(job.condition or "")) == "always()"
        conditional = not circleci and bool(job.condition) and (not always or asks_for_a_result(job))
        if conditional or waits_for_a_person(job, [other for other, _ in graph.needs(job)]):
            continue
        form = ALWAYS if always and not circleci else MEANS
        what = "`requires` without a status" if circleci else "`needs` without a condition"
        advice = f"Write `{turn.name}: [failed, canceled]`." if circleci else f"Add `{_condition(turn)}`."
        message = f"{form.format(job=job.id, deploy=deploy, what=what)} {advice}"
        yield Finding(place_of(job), message, subject=turn)


def _condition(turn: Turn) -> str:
    return f"if: failure() && needs.{turn.name}.result == 'failure'"


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    turn = cast(Turn, finding.subject)
    if on_circleci(pipeline):
        return replace_item(turn.deploy.node, f"{{{turn.name}: [failed, canceled]}}")
    return add_entries(turn.job.node, _condition(turn), after="needs")  # none where there is an `if`


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
