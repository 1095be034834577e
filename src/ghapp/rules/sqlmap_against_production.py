r"""sqlmap attacks a production system.

Even its careful payloads are attacks: they fill logs and forms, trip alarms and lock accounts, and what they find is
open to everyone who reads the job's log. A test for injections belongs to a system whose data can be thrown away.

Bad:

```bash
set -euo pipefail
sqlmap -u "https://prod.shop.example.com/items?id=1" --batch --technique=B  # <-
```

Good:

```bash
set -euo pipefail
sqlmap -u "https://staging.shop.example.com/items?id=1" --batch --technique=B
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Finding, Pipeline, Rule, Severity
from ghapp.pipeline.roles.production import is_other_environment, is_production
from ghapp.rules._sqlmap import PLATFORMS, runs


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for run in runs(pipeline):
        host = run.host
        if is_production(host) and not is_other_environment(host):
            message = (
                f"sqlmap attacks `{host}`, which is production by its name: its requests reach the real data, and what "
                "it finds stands in the job's log. Run it against a system whose data can be thrown away."
            )
            yield Finding(run.command.place, message)


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S2.7",),
    platforms=PLATFORMS,
    words=("sqlmap",),
    detect=detect,
)
