r"""sqlmap runs with techniques that add statements to the target's queries or keep its database waiting.

Left to itself, sqlmap uses all its techniques. Stacked queries (`S`) end the application's statement and put further
ones behind it; time-based ones (`T`) make the database sleep, each for seconds, while it holds its connections and
locks. The boolean, error and union techniques (`B`, `E`, `U`) only read.

Bad:

```bash
set -euo pipefail
sqlmap -u "$STAGING_URL/items?id=1" --batch  # <-
```

Good:

```bash
set -euo pipefail
sqlmap --technique=B -u "$STAGING_URL/items?id=1" --batch
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline import Edit, Finding, Pipeline, Rule, Severity
from ghapp.rules._sqlmap import PLATFORMS, Run, runs

_TECHNIQUES = re.compile("[BEUSTQ]+", re.IGNORECASE)
_MEANS = {"S": "stacked queries (`S`) can change rows", "T": "time-based ones (`T`) block its connections"}


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for run in runs(pipeline):
        given = run.value("--technique")
        if given is None and (run.opaque or run.view.has_option("--technique")):
            continue
        techniques = "BEUSTQ" if given is None else given.upper()
        means = [text for letter, text in _MEANS.items() if letter in techniques]
        if _TECHNIQUES.fullmatch(techniques) and means:
            how = "without `--technique`, and so with all of them" if given is None else f"with `--technique={given}`"
            message = f"sqlmap attacks the target's database {how}: {', and '.join(means)}. `B`, `E` and `U` only read."
            yield Finding(run.command.place, message, severity=run.gravity, subject=run)


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    run = finding.subject
    return run.adding("--technique=B") if isinstance(run, Run) and not run.view.has_option("--technique") else None


RULE = Rule(
    page=__doc__,
    severity=Severity.WARNING,
    sources=("S2.7",),
    platforms=PLATFORMS,
    words=("sqlmap",),
    detect=detect,
    fix=fix,
)
