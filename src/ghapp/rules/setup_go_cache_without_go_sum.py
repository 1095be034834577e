r"""setup-go looks for its lockfile where there is none.

setup-go caches by itself since v4, with the hash of `go.sum` in the root (of `go.mod` since v6.3). Where the modules
lie in folders, or before the checkout, it finds neither: it warns, caches nothing, and every run downloads all.

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
from ghapp.pipeline.caches import caches, hashed_files
from ghapp.pipeline.edits import add_entries
from ghapp.rules._go import caches_modules, holds_modules, keyed_by
from ghapp.rules._lockfiles import named, some
from ghapp.rules._workspace import Workspace, is_checkout


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    modules = named(pipeline.tree, "go.sum") if pipeline.tree.known else []
    apart = {id(cache.step.job) for cache in caches(pipeline) if any(map(holds_modules, cache.paths))}
    for job in (job for job in pipeline.jobs if modules and id(job) not in apart):
        cached = [step for step in job.steps if caches_modules(step)]
        for step, workspace in Workspace.walk(job) if cached and _in_the_root(job) else ():
            wanted = keyed_by(step) if step in cached else ()
            why = _why(wanted, workspace, tracked=bool(hashed_files(pipeline.tree, wanted)))
            if step.uses is not None and why and not any("$" in each for each in wanted):
                where = "" if "cache-dependency-path" in step.inputs else " in the root"
                message = (
                    f"setup-go looks for {some(wanted)}{where}, but {why}: nothing is cached, and every run downloads "
                    f"anew what it needs of {some(modules)}."
                )
                yield Finding(step.uses.node.place, message, subject=step)


def _why(wanted: tuple[str, ...], workspace: Workspace, *, tracked: bool) -> str:
    """Why no file is there to make a key of; empty when there is one, or may be."""
    return workspace.lacks(wanted, tracked=True) if tracked else "the repository has no such file" if wanted else ""


def _in_the_root(job: Job) -> bool:
    """Whether the root of this repository is the workspace."""
    checkouts = [each for each in job.steps if is_checkout(each)]
    return bool(checkouts) and not any("path" in each.inputs or "repository" in each.inputs for each in checkouts)


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    absent = isinstance(finding.subject, Step) and "no such file" in finding.message
    return _told(pipeline, finding.subject) if absent and isinstance(finding.subject, Step) else None


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
