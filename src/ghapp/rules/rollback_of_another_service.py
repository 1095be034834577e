r"""The rollback takes back another service than the one that was deployed.

The deploy changes one service, the rollback names another: after a failure the broken one stays, and a healthy one may
be put back to an old version. Service names drift apart when one of two places is edited.

Bad:

```yaml
jobs:
  deploy-production:
    steps:
      - run: kubectl set image deployment/api-blue api=registry.example.com/api:${{ github.sha }}
      - if: failure()
        run: kubectl rollout undo deployment/api  # <-
```

Good:

```yaml
jobs:
  deploy-production:
    steps:
      - run: kubectl set image deployment/api-blue api=registry.example.com/api:${{ github.sha }}
      - if: failure()
        run: kubectl rollout undo deployment/api-blue
```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ghapp.pipeline import Command, Finding, Gap, Job, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.conditions import may_follow_failure
from ghapp.pipeline.graph import Graph
from ghapp.pipeline.rule import Evidence
from ghapp.rules._rollback import rollback_jobs
from ghapp.rules._targets import Target, targets

MESSAGE = (
    "This takes back {what} `{name}`, but the deploy changes {others}: after a failure that one stays as it is, and "
    "`{name}` may go back to an old version."
)


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    graph = Graph(pipeline)
    rollbacks = rollback_jobs(pipeline)
    for job in rollbacks:
        deploys = [other for other in graph.upstream(job) if other not in rollbacks]
        yield from _strays(targets(job.commands), targets(_commands(deploys)), (job, *deploys))
    for job in pipeline.jobs:
        if job not in rollbacks:
            late = [command for step in job.steps if may_follow_failure(step) for command in step.commands]
            first = [command for command in job.commands if command not in late]
            yield from _strays(targets(late), targets(first), (job,))


def _commands(jobs: Iterable[Job]) -> list[Command]:
    return [command for job in jobs for command in job.commands]


def _strays(back: list[Target], there: list[Target], jobs: Iterable[Job]) -> Iterator[Finding]:
    """What is taken back of a kind of which only others were deployed, as far as all names are known."""
    if any(isinstance(item, Gap) for job in jobs for item in job.trail):
        return
    for kind in dict.fromkeys(target.kind for target in back):
        mine = [target for target in back if target.kind == kind and target.undoes]
        others = [target for target in there if target.kind == kind and not target.undoes]
        names = {target.name for target in others}
        if not mine or not names or None in names | {target.name for target in mine} or names & {t.name for t in mine}:
            continue
        listed = ", ".join(f"`{name}`" for name in sorted(filter(None, names)))
        for target in mine:
            evidence = (Evidence(others[0].command.place, "what is deployed"),)
            message = MESSAGE.format(what=kind, name=target.name, others=listed)
            yield Finding(target.command.place, message, evidence=evidence)


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S1.10",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI),
    words=("update-service", "kubectl undo", "helm rollback"),
    detect=detect,
)
