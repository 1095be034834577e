r"""sqlmap may ask questions, and nobody is there to answer.

sqlmap asks before it follows a redirect, tries a further parameter or reduces a request. Without `--batch` old releases
stop at the first question when there is no terminal; newer ones take the default answer. `--batch` says so outright.

Bad:

```bash
set -euo pipefail
sqlmap -u "$STAGING_URL/items?id=1" --technique=B  # <-
```

Good:

```bash
set -euo pipefail
sqlmap --batch -u "$STAGING_URL/items?id=1" --technique=B
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Edit, Finding, Pipeline, Rule, Severity
from ghapp.rules._sqlmap import PLATFORMS, Run, runs

_ANSWERED = ("--batch", "--answers", "--non-interactive")


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for run in runs(pipeline):
        command = run.command
        fed = command.piped_from is not None or any(each.operator.startswith("<") for each in command.redirections)
        if not run.view.has_option(*_ANSWERED) and not run.opaque and not fed:
            message = (
                "sqlmap asks questions when `--batch` is missing. A CI job has no terminal to answer from: old "
                "releases stop there, and newer ones take the defaults without saying so."
            )
            yield Finding(command.place, message, subject=run)


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    run = finding.subject
    return run.adding("--batch") if isinstance(run, Run) else None


RULE = Rule(
    page=__doc__,
    severity=Severity.NOTICE,
    sources=("S2.7",),
    platforms=PLATFORMS,
    words=("sqlmap",),
    detect=detect,
    fix=fix,
)
