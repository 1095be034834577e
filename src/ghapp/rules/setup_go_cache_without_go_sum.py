r"""setup-go looks for its lockfile where there is none.

setup-go caches by itself since v4, with the hash of `go.sum` in the root (of `go.mod` since v6.3). In a repository
whose modules lie in folders it finds neither: it warns "Dependencies file is not found" and every run downloads all.

Repository:

```text
services/a/go.mod
services/a/go.sum
```

Bad:

```yaml
jobs:
  test:
    steps:
      - uses: actions/checkout@v6
      - uses: actions/setup-go@v6  # <-
        with:
          go-version: '1.26'
```

Good:

```yaml
jobs:
  test:
    steps:
      - uses: actions/checkout@v6
      - uses: actions/setup-go@v6
        with:
          go-version: '1.26'
          cache-dependency-path: '**/go.sum'
```
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from ghapp.pipeline import Edit, Finding, Job, Pipeline, Platform, Rule, Severity, Step
from ghapp.pipeline.edits import add_entries
from ghapp.rules._go import caches_by_itself, looks_for
from ghapp.rules._lockfiles import named, some
from ghapp.rules._workspace import is_checkout


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    tree = pipeline.tree
    modules = named(tree, "go.sum") if tree.known else []
    if not modules:
        return
    for job in pipeline.jobs:
        for step in job.steps if _in_the_root(job) else ():
            wanted = looks_for(step)
            if caches_by_itself(step) and step.uses and not any(map(tree.has, wanted)):
                names = " or ".join(f"`{each}`" for each in wanted)
                message = (
                    f"setup-go looks for {names} in the root, where there is none: nothing is cached, and every run "
                    f"downloads all modules of {some(modules)} anew."
                )
                yield Finding(step.uses.node.place, message, subject=step)


def _in_the_root(job: Job) -> bool:
    """Whether the root of this repository is the workspace."""
    checkouts = [each for each in job.steps if is_checkout(each)]
    return bool(checkouts) and not any("path" in each.inputs or "repository" in each.inputs for each in checkouts)


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    return _told(pipeline, finding.subject) if isinstance(finding.subject, Step) else None


def _told(pipeline: Pipeline, step: Step) -> Edit | None:
    """The step gets the go.sum beside the go.mod that it names, or all of them."""
    beside = posixpath.join(posixpath.dirname(step.input("go-version-file") or ""), "go.sum")
    entry = "cache-dependency-path: " + (beside if pipeline.tree.has(beside) else "'**/go.sum'")
    inputs = step.node.get("with")
    return add_entries(step.node, f"with:\n  {entry}") if inputs is None else add_entries(inputs, entry)


RULE = Rule(
    page=__doc__,
    severity=Severity.NOTICE,
    sources=("S2.10",),
    platforms=(Platform.ACTIONS, Platform.ACTION),
    words=("actions/setup-go",),
    detect=detect,
    fix=fix,
)
