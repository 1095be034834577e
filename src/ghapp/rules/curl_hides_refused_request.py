r"""curl sends something, the server may refuse it, and the step stays green.

Without `--fail` curl ends with status 0 for every answer it gets, 401 and 500 included. A deployment that was never
triggered, a metric or marker that was never recorded look like a success. `--fail-with-body` (curl 7.76 and later) ends
with status 22 and still shows what the server had to say; `--fail` does without the text.

Bad:

```yaml
jobs:
  release:
    runs-on: ubuntu-24.04
    steps:
      - run: |
          curl -X POST -d @deploy.json "https://deploy.example.com/api/releases"  # <-
```

Good:

```yaml
jobs:
  release:
    runs-on: ubuntu-24.04
    steps:
      - run: |
          curl --fail-with-body -X POST -d @deploy.json "https://deploy.example.com/api/releases"
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline import Edit, Finding, Pipeline, Rule, Severity
from ghapp.pipeline.conditions import only_after_failure
from ghapp.rules._answers import taken_blindly, verified
from ghapp.rules._curl import PLATFORMS, Call, calls

_SENDING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_CHAT = re.compile(r"slack|discord|mattermost|telegram|office\.com|chat\.googleapis|rocket\.?chat|webex", re.IGNORECASE)
_TELLS = re.compile(r"\b(?:notify|notification|announce|alert)\b", re.IGNORECASE)
_METADATA = re.compile(r"(?:https?://)?(?:169\.254\.|metadata\.)|:(?:9200|5984|8125)\b")


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for call in calls(pipeline):
        if call.method not in _SENDING or call.fails or "write-out" in call.given or not call.heeded:
            continue
        if _METADATA.match(call.url) or only_after_failure(call.command.step) or verified(call.command):
            continue
        if not (taken_blindly(call.command) if call.command.substituted else call.silenced):
            continue
        taken = "; its answer is used as it is" if call.command.substituted else ""
        message = (
            f"If {call.server} refuses this {call.method} with an HTTP error (401, 500 …), curl still ends with status "
            f"0 and the step stays green{taken}. `--fail-with-body`, or `--fail` before curl 7.76, makes it fail."
        )
        yield Finding(call.command.place, message, severity=_severity(call), subject=call)


def _severity(call: Call) -> Severity | None:
    """A message to people is worth no more than a notice."""
    step = call.command.step
    chat = _CHAT.search(call.command.raw) or _TELLS.search(f"{step.name} {step.job.id} {step.job.name}")
    return Severity.NOTICE if chat else None


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    return finding.subject.failing() if isinstance(finding.subject, Call) else None


RULE = Rule(
    page=__doc__,
    severity=Severity.WARNING,
    sources=("S2.11",),
    platforms=PLATFORMS,
    words=("curl",),
    detect=detect,
    fix=fix,
)
