r"""A script says neither what it does nor why it does what surprises.

A script that a pipeline calls is read when something has gone wrong. The policy wants a header that says what it does,
and a comment at `trap`, `set +e`, `eval` and at waits of half a minute and more.

Policy:

```yaml
docs: {require: [script]}
```

Bad:

```bash
#!/usr/bin/env bash  # <-
set -euo pipefail
kubectl rollout restart deployment/api
sleep 90  # <-
```

Good:

```bash
#!/usr/bin/env bash
# Restarts the API, so that it reads its certificates anew.
set -euo pipefail
kubectl rollout restart deployment/api
sleep 90  # the load balancer looks every 30 s, three times
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

from ghapp.pipeline import Command, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.source import Source
from ghapp.rules._explained import ABOVE, explains

_LONG = re.compile(r"[1-9]\d*[mh]|([3-9]\d|\d{3,})s?")
"""Half a minute and more."""
_COMMENT = re.compile(r"(?:^|\s)#+(.*)$")


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    if "script" not in pipeline.policy.docs_require:
        return
    demand = pipeline.policy.evidence("docs.require", "the policy on what scripts must explain")
    seen: set[str] = set()
    for command in pipeline.commands():
        source = command.script.text.source
        if command.script.text.node is None and source.path not in seen:
            seen.add(source.path)
            if not _has_header(source):
                message = "The script does not say what it does: the policy wants that in a comment on top."
                yield Finding(source.place(0, len(source.line_text(1))), message, evidence=demand)
        if (why := _surprise(command)) and not _near(source, command.place.line):
            yield Finding(command.place, f"{why} The policy wants a comment that says why.", evidence=demand)


def _has_header(source: Source) -> bool:
    """Whether a comment before the first command says something."""
    first = takewhile(lambda line: not line.strip() or line.lstrip().startswith("#"), source.lines)
    return any(explains(line.lstrip("# ")) for line in first if not line.startswith("#!"))


def _surprise(command: Command) -> str:
    """What a reader would not expect of the command; empty for most."""
    first = command.words[1].literal or "" if len(command.words) > 1 else ""
    match command.name:
        case "trap" if first not in ("", "-"):
            return "What is trapped here runs long after this line."
        case "set" if first.startswith("+") and ("e" in first or "errexit" in command.raw):
            return "From here on the script goes on after failures."
        case "eval":
            return "`eval` runs a text that is put together elsewhere."
        case "sleep" if _LONG.fullmatch(first):
            return f"This waits {first} without looking at anything."
        case _:
            return ""


def _near(source: Source, line: int) -> bool:
    """Whether a comment in this line, or alone in one of those above, explains it."""
    here = _COMMENT.findall(source.line_text(line))
    above = (source.line_text(each).strip() for each in range(line - ABOVE, line))
    texts = [each[1:] for each in above if each.startswith("#") and not each.startswith("#!")]
    return any(explains(text.strip()) for text in [*here, *texts])


RULE = Rule(
    page=__doc__,
    severity=Severity.NOTICE,
    sources=("S1.9",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI, Platform.SHELL),
    words=("sh", "trap", "set", "eval", "sleep"),
    detect=detect,
)
