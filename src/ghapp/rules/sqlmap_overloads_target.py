r"""sqlmap sends more to the target than a routine test needs.

`--level=4` and `--level=5` test every header and thousands of payloads for each parameter, and `--threads` sends them
side by side. A small test system answers with timeouts, which hide injections and break whatever else is tested there.

Bad:

```bash
set -euo pipefail
sqlmap -u "$STAGING_URL/items?id=1" --batch --technique=B --level=5  # <-
```

Good:

```bash
set -euo pipefail
sqlmap -u "$STAGING_URL/items?id=1" --batch --technique=B --level=1
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Finding, Pipeline, Rule, Severity
from ghapp.rules._sqlmap import PLATFORMS, runs


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for run in runs(pipeline):
        level, threads = run.value("--level") or "", run.value("--threads") or ""
        much = [f"`--level={level}`"] if level in ("4", "5") else []
        if threads.isdecimal() and int(threads[:3]) > 1:
            much.append(f"`--threads={threads}`")
        if much and not run.local:
            message = (
                f"sqlmap runs with {' and '.join(much)}: a small system answers such a load with timeouts, which hide "
                "injections and disturb whatever else is tested there."
            )
            yield Finding(run.command.place, message)


RULE = Rule(
    page=__doc__,
    severity=Severity.NOTICE,
    sources=("S2.7",),
    platforms=PLATFORMS,
    words=("sqlmap",),
    detect=detect,
)
