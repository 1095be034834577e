r"""A script in a CI file is longer than the house allows.

What stands in a `run` block can neither be linted, nor tested, nor run on one's own machine. Longer logic belongs into
a script of its own that begins with `set -euo pipefail`; expressions `${{ … }}` reach it through `env`. This is said
where the policy has `run_block`, or where the file keeps to it almost everywhere; else only of very long ones.

Policy:

```yaml
run_block: {max_lines: 5, script_dir: lib/scripts}
```

Bad:

```yaml
jobs:
  report:
    runs-on: ubuntu-24.04
    steps:
      - run: |
          total=0
          for file in reports/*.txt; do
            count=$(wc -l < "$file")
            total=$((total + count))
          done
          echo "total=$total" >> "$GITHUB_OUTPUT"  # <-
```

Good:

```yaml
jobs:
  report:
    runs-on: ubuntu-24.04
    steps:
      - run: lib/scripts/count.sh reports
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from textwrap import shorten

from ghapp.pipeline import Confidence, Evidence, Finding, Pipeline, Platform, Rule, Severity, Step
from ghapp.rules._run_blocks import Limit, blocks, lines_beyond, longest_allowed, may_be_long


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    if not may_be_long(pipeline):
        return
    found = [(step, text) for job in pipeline.jobs for step, text in blocks(job)]
    limit = longest_allowed(pipeline, [text for _, text in found])
    for step, text in found:
        if limit.languages and step.shell not in limit.languages:
            continue
        beyond = lines_beyond(text.value, limit)
        if beyond is not None:
            start, end, count = beyond
            where = f"`{limit.script_dir}/{_name(step)}.sh`" if limit.script_dir else "a script of its own"
            message = f"This script has {count} lines; {limit.why}. Move it to {where} and call that."
            yield Finding(
                text.place(start, end),
                message,
                Severity.WARNING if limit.policy else None,
                Confidence.HIGH if limit.firm else Confidence.LOW,
                _evidence(pipeline, limit),
            )


def _evidence(pipeline: Pipeline, limit: Limit) -> tuple[Evidence, ...]:
    return pipeline.policy.evidence("run_block", "the policy on scripts in CI files") if limit.policy else ()


def _name(step: Step) -> str:
    """A name for the script, from those of the job and the step."""
    words = re.findall(r"[a-z0-9]+", f"{step.job.key.text} {step.name}".lower())
    return shorten(" ".join(words), 40, placeholder="").replace(" ", "-") or "script"


RULE = Rule(
    page=__doc__,
    severity=Severity.NOTICE,
    sources=("C1",),
    platforms=(Platform.ACTIONS, Platform.ACTION, Platform.CIRCLECI),
    words=("run:", "command:"),
    detect=detect,
)
