r"""Every job of a matrix uploads an artifact of the same name.

Since v4 of actions/upload-artifact a run has each name once: the first job of the matrix gets it, in all others the
step fails. A value of the matrix in the name keeps them apart; `pattern` of actions/download-artifact finds them again.

Bad:

```yaml
jobs:
  test:
    runs-on: ubuntu-24.04
    strategy: {matrix: {python: ["3.13", "3.14"]}}
    steps:
      - run: make test PYTHON=${{ matrix.python }}
      - uses: actions/upload-artifact@v7
        with:
          name: coverage  # <-
          path: coverage.xml
```

Good:

```yaml
jobs:
  test:
    runs-on: ubuntu-24.04
    strategy: {matrix: {python: ["3.13", "3.14"]}}
    steps:
      - run: make test PYTHON=${{ matrix.python }}
      - uses: actions/upload-artifact@v7
        with:
          name: coverage-${{ matrix.python }}
          path: coverage.xml
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline import Evidence, Finding, Job, Pipeline, Platform, Rule, Severity, Step
from ghapp.pipeline.conditions import words_of, written
from ghapp.pipeline.yaml import Node

UPLOAD = "actions/upload-artifact"
ONE_NAME_ONCE = re.compile(r"v([4-9]|\d\d)(\.\d+)*")
SAME_FOR_ALL = re.compile(r"\$\{\{\s*github\.(sha|run_id|run_number|ref_name|workflow|repository)\s*\}\}")
OF_SHELL = re.compile(r"\$\w")  # no shell reads it: there is no such file, and so no artifact
EVERY_TIME = ("", "always()", "success()", "success()||always()", "!cancelled()")


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        matrix = _several(job) if not job.calls else None
        for step in job.steps if matrix is not None else ():
            name = _taken(step)
            if matrix is not None and name is not None:
                message = (
                    f"Every job of this matrix uploads `{step.input('name') or 'artifact'}`: the first gets the name, "
                    "and in all others this step fails with 'an artifact with this name already exists on the workflow "
                    "run'. Put a value of the matrix into the name."
                )
                evidence = (Evidence(matrix.place, "the matrix, which makes several jobs of this"),)
                yield Finding(name.place, message, evidence=evidence)


def _several(job: Job) -> Node | None:
    """The matrix, when one of its own lists surely makes several jobs."""
    strategy = job.node.folded().get("strategy")
    matrix = strategy.folded().get("matrix") if strategy is not None else None
    if matrix is None or "exclude" in matrix.folded():
        return None
    lists = [value for key, value in matrix.entries() if key.text != "include"] or [
        value for _, value in matrix.entries()
    ]
    return matrix if any(len(each.elements()) > 1 for each in lists) else None


def _taken(step: Step) -> Node | None:
    """Where the name stands, when the step uploads on every run, and under one name for all jobs."""
    if step.uses is None or step.uses.name != UPLOAD or step.tolerated or step.calls or "archive" in step.inputs:
        return None
    pinned = re.fullmatch("[0-9a-f]{40}", step.uses.ref)
    version = step.uses.comment.strip().split(" ")[0] if pinned else step.uses.ref
    said = step.input("name")
    asks = written(words_of(step.condition or ""))
    if not ONE_NAME_ONCE.fullmatch(version) or asks not in EVERY_TIME or step.input("overwrite") not in (None, "false"):
        return None
    if "${{" in SAME_FOR_ALL.sub("", said or "") or OF_SHELL.search(step.input("path") or ""):
        return None
    return step.inputs.get("name", step.uses.node)


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("F14",),
    platforms=(Platform.ACTIONS,),
    words=("actions/upload-artifact matrix",),
    detect=detect,
)
