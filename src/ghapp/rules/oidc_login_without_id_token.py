r"""A job logs in by OpenID Connect without the permission to get a token.

The login exchanges a token that GitHub signs for the job. GitHub signs one only for a job with `id-token: write`, which
no default includes, and `permissions` of a job replace those of the workflow. Without it the step stops before it has
asked the cloud.

Bad:

```yaml
on: push
jobs:
  deploy:
    runs-on: ubuntu-24.04
    permissions:
      contents: read
    steps:
      - uses: actions/checkout@v5
      - uses: aws-actions/configure-aws-credentials@v6
        with:
          role-to-assume: ${{ vars.AWS_ROLE_ARN }}  # <-
          aws-region: eu-west-1
```

Good:

```yaml
on: push
jobs:
  deploy:
    runs-on: ubuntu-24.04
    permissions:
      contents: read
      id-token: write
    steps:
      - uses: actions/checkout@v5
      - uses: aws-actions/configure-aws-credentials@v6
        with:
          role-to-assume: ${{ vars.AWS_ROLE_ARN }}
          aws-region: eu-west-1
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from ghapp.pipeline import Confidence, Edit, Evidence, Finding, Job, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.edits import add_entries, set_key
from ghapp.pipeline.yaml import Node
from ghapp.rules._oidc import SCOPE, Login, logins, may_be_called, permissions


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        if (job.permissions or {}).get(SCOPE) == "write":
            continue
        given = permissions(job)
        if given is None and job.permissions is None and may_be_called(pipeline):
            continue  # its callers say
        if given is not None and ((given.kind != "map" and given.text != "read-all") or _asks(given)):
            continue  # not readable, or asked for and not granted, which `called-workflow-asks-for-more` says
        for login in logins(job):
            yield _finding(job, login, caller=given is None and bool(job.calls))


def _asks(given: Node) -> bool:
    level = given.folded().get(SCOPE)
    return level is not None and level.text == "write"


def _finding(job: Job, login: Login, *, caller: bool) -> Finding:
    """`caller`: it is the calling workflow that would have to give the permission."""
    given = permissions(job)
    name = login.step.uses.name if login.step.uses is not None else ""
    if caller:
        why = "the workflow that is called here leaves its permissions to the caller, which does not give"
    else:
        why = "its `permissions` do not have" if given is not None else "neither it nor its workflow has"
    message = (
        f"`{name}` {login.asks} by OpenID Connect, but its job gets no token for that: {why} `id-token: write`. The "
        f"step stops with '{login.error}'."
    )
    evidence = (Evidence(login.node.place, "the step that logs in"),) if caller else ()
    if given is not None:
        evidence = (Evidence(given.place, "the permissions that count for the job"),)
    sure = Confidence.HIGH if login.step.condition is None else Confidence.MEDIUM
    severity = Severity.WARNING if login.step.tolerated else None
    return Finding(job.calls[-1] if caller else login.node.place, message, severity, sure, evidence, subject=job)


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    """Into the job's own map, or into the workflow's where that is for one job only."""
    given = permissions(job := cast(Job, finding.subject))
    if given is None or given.kind != "map" or (given.parent is not job.node and len(pipeline.jobs) > 1):
        return None
    return set_key(given, SCOPE, "write") if given.get(SCOPE) else add_entries(given, f"{SCOPE}: write")


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("C2", "F13"),
    platforms=(Platform.ACTIONS,),
    words=("role-to-assume", "workload_identity_provider", "azure/login"),
    detect=detect,
    fix=fix,
)
