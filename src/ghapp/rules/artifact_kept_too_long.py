r"""An artifact is kept longer than it should be.

Without `retention-days`, or with 0, GitHub keeps an artifact for as long as the repository says: 90 days by default.
This is said where something asks for less: the policy, a comment or a name at the step, or the other uploads of smoke
tests in the file.

Bad:

```yaml
jobs:
  smoke-tests:
    runs-on: ubuntu-24.04
    steps:
      - run: make smoke
      # The results are kept for 7 days.
      - uses: actions/upload-artifact@v5
        with:  # <-
          name: smoke
          path: reports/smoke
```

Good:

```yaml
jobs:
  smoke-tests:
    runs-on: ubuntu-24.04
    steps:
      - run: make smoke
      # The results are kept for 7 days.
      - uses: actions/upload-artifact@v5
        with:
          name: smoke
          path: reports/smoke
          retention-days: 7
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

from ghapp.pipeline import Edit, Finding, Pipeline, Platform, Rule, Severity, Step
from ghapp.pipeline.edits import set_key
from ghapp.rules._uploads import Limit, days, is_upload, limit, passed_on

KEY = "retention-days"


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        for step in job.steps:
            if not is_upload(step):
                continue
            kept = days(step)
            wanted = limit(pipeline, step) if kept is not None else None
            if wanted is None or 0 < (kept or 0) <= wanted.days or (not wanted.policy and passed_on(pipeline, step)):
                continue
            yield _finding(step, kept or 0, wanted)


def _finding(step: Step, kept: int, wanted: Limit) -> Finding:
    name = step.input("name")
    what = f"The artifact `{name}`" if name and not re.search(r"\s", name) else "This artifact"
    is_kept = f"for {kept} days" if kept else f"for as long as the repository says, 90 days by default: no `{KEY}`"
    message = f"{what} is kept {is_kept}; {wanted.why} {wanted.days} days."
    inputs = step.node.get("with")
    given = step.inputs.get(KEY) or (inputs.key if inputs is not None else None)
    severity = Severity.WARNING if wanted.policy else Severity.NOTICE
    return Finding((given or step.node).place, message, severity, evidence=wanted.evidence, subject=(step, wanted.days))


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    step, wanted = cast("tuple[Step, int]", finding.subject)
    inputs = step.node.get("with")
    return set_key(inputs, KEY, str(wanted)) if inputs is not None and step.path == finding.place.path else None


RULE = Rule(
    page=__doc__,
    severity=Severity.NOTICE,
    sources=("S1.8",),
    platforms=(Platform.ACTIONS, Platform.ACTION),
    words=("actions/upload-artifact", "actions/upload-pages-artifact"),
    detect=detect,
    fix=fix,
)
