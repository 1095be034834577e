r"""A health check passes although the server answers with an error.

Without `--fail` curl ends with status 0 whatever HTTP status it gets: a health endpoint that answers 500 or 503 looks
healthy, and the deployment goes on. Only a server that does not answer at all fails such a check.

Bad:

```bash
set -euo pipefail
curl -s "$APP_URL/health"  # <-
```

Good:

```bash
set -euo pipefail
curl -fsS "$APP_URL/health"
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline import Edit, Finding, Pipeline, Rule, Severity
from ghapp.rules._curl import PLATFORMS, Call, calls

_HEALTH = re.compile(
    r"/_*(?:health|health-?checks?|healthz|livez|readyz|readiness|liveness|heartbeat)_*(?=[/?#]|$)", re.I
)
_CHECKS = re.compile(r"\b(?:health|smoke|verif|sanity)", re.IGNORECASE)
_ASKS = re.compile(r"https?://|\$", re.IGNORECASE)


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for call in calls(pipeline):
        command = call.command
        if call.method != "GET" or call.fails or call.given.keys() & {"write-out", "head"} or command.substituted:
            continue
        healthy = _HEALTH.search(call.url) is not None
        if not (call.silenced and call.heeded and (healthy or _checks(call))):
            continue
        message = (
            f"If {call.server} answers with HTTP 500 or 503, curl still ends with status 0 and this check passes. "
            "`--fail` (`-f`) makes it fail."
        )
        yield Finding(command.place, message, severity=None if healthy else Severity.WARNING, subject=call)


def _checks(call: Call) -> bool:
    """Whether the step or job is named for a check, and asks a server about it."""
    step = call.command.step
    return _ASKS.match(call.url) is not None and _CHECKS.search(f"{step.name} {step.job.id}") is not None


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    return finding.subject.failing() if isinstance(finding.subject, Call) else None


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S2.11",),
    platforms=PLATFORMS,
    words=("curl",),
    detect=detect,
    fix=fix,
)
