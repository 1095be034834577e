r"""A deploy script has a rollback that nothing calls.

The function is there, but no command, no `||` and no `trap` leads to it: when the deploy fails, the script stops where
it is, and the service stays half changed. A trap on `ERR` calls it whichever command fails.

Bad:

```bash
set -euo pipefail
rollback() {  # <-
  kubectl rollout undo deployment/api
}
kubectl set image deployment/api api="$1"
kubectl rollout status deployment/api --timeout 5m
```

Good:

```bash
set -euo pipefail
rollback() {
  kubectl rollout undo deployment/api
}
trap rollback ERR
kubectl set image deployment/api api="$1"
kubectl rollout status deployment/api --timeout 5m
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from ghapp.pipeline import Command, Confidence, Evidence, Finding, Gap, Job, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.graph import Graph
from ghapp.pipeline.source import Place
from ghapp.rules._rollback import live_deploys, taken_back_behind

DEFINITION = re.compile(
    r"^[ \t]*+(?:function[ \t]++)?(\w*(?:roll_?back|revert|undo)\w*)[ \t]*+\([ \t]*+\)", re.MULTILINE
)
COMMENT = re.compile(r"(?<!\S)#.*")
MOST = 5
ELSEWHERE = "is called from elsewhere"


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    graph = Graph(pipeline)
    for job in pipeline.jobs:
        told: set[Place] = set()
        for deploy in live_deploys(job):
            unused = _unused(deploy) if isinstance(deploy, Command) else None
            if unused is None or taken_back_behind(job, graph) or _may_call(job, deploy.path):
                continue
            name, place = unused
            message = (
                f"Nothing calls `{name}`: if the deploy fails, the script stops and leaves the service half changed. "
                f"`trap {name} ERR` before the deploy calls it whichever command fails."
            )
            evidence = (Evidence(deploy.place, "the deploy that nothing takes back"),)
            sure = Confidence.MEDIUM if pipeline.platform is Platform.SHELL else Confidence.HIGH
            if place not in told:
                told.add(place)
                yield Finding(place, message, confidence=sure, evidence=evidence)


def _unused(deploy: Command) -> tuple[str, Place] | None:
    """Name and place of a function that rolls back, in the script of the deploy, and that nothing in there names."""
    if any(guard.kind == "function" for guard in deploy.guards):
        return None  # a library: others call its functions
    text = deploy.script.text
    bare = COMMENT.sub("", text.value)
    for found in islice(DEFINITION.finditer(text.value), MOST):
        name = found[1]
        if len(re.findall(rf"(?<![\w-]){name}(?![\w-])", bare)) == 1:
            return name, text.place(found.start(1), found.end())
    return None


def _may_call(job: Job, path: str) -> bool:
    """Whether the script does something that cannot be followed, and that may call the function."""
    gaps = (item for item in job.trail if isinstance(item, Gap) and item.place.path == path)
    return any(ELSEWHERE not in gap.reason for gap in gaps)


RULE = Rule(
    page=__doc__,
    severity=Severity.WARNING,
    sources=("S1.10",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI, Platform.SHELL),
    words=("rollback", "roll_back", "revert", "undo"),
    detect=detect,
)
