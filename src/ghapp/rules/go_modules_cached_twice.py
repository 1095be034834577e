r"""The Go module cache is restored twice.

setup-go has cached modules by itself since v4. A second `actions/cache` of the same directory unpacks onto files that
are there already and that Go has made read-only: tar fails with `Cannot open: File exists` for each of them.

Repository:

```text
go.mod
go.sum
```

Bad:

```yaml
jobs:
  test:
    steps:
      - uses: actions/checkout@v6
      - uses: actions/setup-go@v6  # <-
        with:
          go-version-file: go.mod
      - uses: actions/cache@v5
        with:
          path: ~/go/pkg/mod
          key: go-${{ hashFiles('**/go.sum') }}
```

Good:

```yaml
jobs:
  test:
    steps:
      - uses: actions/checkout@v6
      - uses: actions/setup-go@v6
        with:
          go-version-file: go.mod
          cache: false
      - uses: actions/cache@v5
        with:
          path: ~/go/pkg/mod
          key: go-${{ hashFiles('**/go.sum') }}
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline import Edit, Evidence, Finding, Pipeline, Platform, Rule, Severity, Step
from ghapp.pipeline.caches import caches, hashed_files
from ghapp.pipeline.edits import set_key
from ghapp.rules._go import MOVED, caches_modules, keyed_by
from ghapp.rules._workspace import Workspace

MODULES = re.compile(r"(~|/home/runner|/root)/go(/pkg(/mod)?)?/?")


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    if MOVED.search(pipeline.source.text):
        return
    cached = {
        id(cache.step.job): cache for cache in reversed(caches(pipeline)) if any(map(MODULES.fullmatch, cache.paths))
    }
    for job in pipeline.jobs:
        for step, workspace in Workspace.walk(job) if id(job) in cached else ():
            if step.uses is not None and caches_modules(step) and workspace.made.ready and _finds(step):
                message = (
                    "setup-go restores the module cache by itself, and this job restores it again with `actions/cache`:"
                    " whichever comes second fails to unpack onto read-only files (`Cannot open: File exists`). "
                    "Switch one of them off, here with `cache: false`."
                )
                other = Evidence(cached[id(job)].key.node.place, "the other cache of the same directory")
                yield Finding(step.uses.node.place, message, evidence=(other,), subject=step)


def _finds(step: Step) -> bool:
    """Whether the file that its key is made of is there."""
    tree = step.job.pipeline.tree
    return tree.known and all(hashed_files(tree, (each,)) for each in keyed_by(step))


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    inputs = finding.subject.node.get("with") if isinstance(finding.subject, Step) else None
    return set_key(inputs, "cache", "false") if inputs is not None else None


RULE = Rule(
    page=__doc__,
    severity=Severity.NOTICE,
    sources=("S2.10",),
    platforms=(Platform.ACTIONS, Platform.ACTION),
    words=("actions/setup-go actions/cache",),
    detect=detect,
    fix=fix,
)
