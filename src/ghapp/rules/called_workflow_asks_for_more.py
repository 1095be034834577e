r"""A called workflow asks for more than its caller may give.

A called workflow's jobs can only have less than the job that calls it. Where the caller's `permissions` lack what a
called job asks for, GitHub refuses the whole workflow before any job starts: "The nested job is requesting …, but is
only allowed …". A caller without `permissions` is not refused for that.

Bad:

```yaml
on: push
permissions:
  contents: read
jobs:
  deploy:
    uses: ./.github/workflows/deploy.yml  # <-
```

With `.github/workflows/deploy.yml`:

```yaml
on: workflow_call
jobs:
  deploy:
    runs-on: ubuntu-24.04
    permissions:
      contents: read
      id-token: write
    steps:
      - run: make deploy
```

Good:

```yaml
on: push
permissions:
  contents: read
jobs:
  deploy:
    permissions:
      contents: read
      id-token: write
    uses: ./.github/workflows/deploy.yml
```

With `.github/workflows/deploy.yml`:

```yaml
on: workflow_call
jobs:
  deploy:
    runs-on: ubuntu-24.04
    permissions:
      contents: read
      id-token: write
    steps:
      - run: make deploy
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Evidence, Finding, Pipeline, Platform, Rule, Severity
from ghapp.rules._oidc import granted_by_caller, permissions, rank


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    if pipeline.root is None:
        return
    said: set[tuple[object, str]] = set()
    for job in pipeline.jobs:
        granted, asked = granted_by_caller(pipeline.root, job), permissions(job)
        if granted is None or asked is None or granted.kind != "map" or asked.kind != "map":
            continue
        for key, level in asked.entries():
            have = granted.folded().get(key.deref().value)
            allowed = (have.text or "") if have is not None else "none"
            if rank(level.text or "") > rank(allowed) and (job.calls[-1], key.deref().value) not in said:
                said.add((job.calls[-1], key.deref().value))
                message = (
                    f"The job `{job.key.deref().value}` of the called workflow asks for `{key.deref().value}: "
                    f"{level.text}`, but its caller has `{key.deref().value}: {allowed}`: GitHub refuses the workflow, "
                    "and no job starts."
                )
                evidence = (
                    Evidence(granted.place, "what the caller may give"),
                    Evidence(key.place, "what the called job asks for"),
                )
                yield Finding(job.calls[-1], message, evidence=evidence)


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("C2", "F13"),
    platforms=(Platform.ACTIONS,),
    words=("permissions ./.github/workflows/",),
    detect=detect,
)
