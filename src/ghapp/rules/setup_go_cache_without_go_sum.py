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

import re
from collections.abc import Iterator

from ghapp.pipeline import Edit, Finding, Pipeline, Platform, Rule, Severity, Step
from ghapp.pipeline.edits import set_key
from ghapp.rules._lockfiles import siblings, some

WITHOUT_CACHE = re.compile(r"v?[123](\.|$)")
"""Releases before v4 cache only when asked (github.com/actions/setup-go, README of v4)."""


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    tree = pipeline.tree
    if not tree.known or tree.has("go.sum") or tree.has("go.mod") or tree.has("go.work"):
        return
    modules = siblings(tree, "go.sum")
    if not modules:
        return
    for job in pipeline.jobs:
        for step in job.steps:
            if _caches_by_itself(step) and not _moved(step):
                message = (
                    f"setup-go looks for `go.sum` or `go.mod` in the root, but they are in {some(modules)}: "
                    "nothing is cached and every run downloads all modules."
                )
                yield Finding(step.uses.node.place if step.uses else step.place, message, subject=step)


def _caches_by_itself(step: Step) -> bool:
    if step.uses is None or step.uses.name != "actions/setup-go":
        return False
    version = step.uses.comment if re.fullmatch(r"[0-9a-f]{40}", step.uses.ref) else step.uses.ref
    asked = (step.input("cache") or "true").lower()
    return asked == "true" and "cache-dependency-path" not in step.inputs and not WITHOUT_CACHE.match(version.strip())


def _moved(step: Step) -> bool:
    """Whether another place than the root of this repository may be the workspace."""
    checkouts = [each for each in step.job.steps if each.uses is not None and each.uses.name == "actions/checkout"]
    return not checkouts or any("path" in each.inputs or "repository" in each.inputs for each in checkouts)


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    step = finding.subject
    if not isinstance(step, Step):
        return None
    inputs = step.node.get("with")
    return set_key(inputs, "cache-dependency-path", "'**/go.sum'") if inputs is not None else None


RULE = Rule(
    page=__doc__,
    severity=Severity.NOTICE,
    sources=("S2.10",),
    platforms=(Platform.ACTIONS, Platform.ACTION),
    words=("actions/setup-go",),
    detect=detect,
    fix=fix,
)
