r"""The exit status of sqlmap decides, and it is 0 whatever sqlmap finds.

sqlmap ends with status 0 when it finds an injection, when it finds none, and when it cannot reach the target at all. A
check that waits for its status passes every time. What it found stands in the results file of its output directory.

Bad:

```bash
set -euo pipefail
if sqlmap -u "$STAGING_URL/items?id=1" --batch --technique=B; then  # <-
  echo "no injection found"
fi
```

Good:

```bash
set -euo pipefail
sqlmap -u "$STAGING_URL/items?id=1" --batch --technique=B --output-dir=reports
if grep -rhs , reports --include='results-*.csv' | tail -n +2 | grep -q .; then
  exit 1
fi
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline import Command, Finding, Gap, Mask, Pipeline, Rule, Severity, Step
from ghapp.rules._sqlmap import PLATFORMS, Run, runs_of

_LEAVES = re.compile(r"\|\|\s*(?:\{[^}]*?)?\b(?:exit|return|false)\b")
_GATE = re.compile(r"\bgate\b|fail (?:on|if)|block on|must pass", re.IGNORECASE)
_TALK = frozenset("echo printf exit return true : cd mkdir set export sleep date kill docker sqlmap".split())  # noqa: SIM905
_RESULTS = re.compile(r"sqlmap|results-|report|injection|vulnerab", re.IGNORECASE)


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        found = [(run, how) for run in runs_of(job) if (how := _relied_on(run))]
        places = {id(item): at for at, item in enumerate(job.trail)} if found else {}
        looked = max((places[id(item)] for item in job.trail if _looks(item)), default=-1) if found else -1
        for run, how in found:
            if places[id(run.command)] > looked:
                message = (
                    f"{how}, but sqlmap ends with status 0 whether it finds an injection, finds none or cannot reach "
                    "the target. Read what it found from the results file in its `--output-dir`."
                )
                yield Finding(run.command.place, message)


def _relied_on(run: Run) -> str:
    """What shows that the status is taken for the result; empty when nothing does, or when the output is read."""
    command = run.command
    if command.piped_to is not None or command.redirections or command.substituted:
        return ""
    begin, end = command.statement
    if Mask.CONDITION in command.masks or Mask.NEGATED in command.masks:
        return "The shell decides by the status of sqlmap"
    if begin <= command.end <= end and _LEAVES.search(command.script.text.value[command.end : end]):
        return "The script ends if sqlmap fails"
    name = next((each for each in (command.step.name, command.job.name, command.job.id) if _GATE.search(each)), "")
    return f"`{name}` is to stop on what sqlmap finds" if name else ""


def _looks(item: Command | Gap | Step) -> bool:
    """Whether this may look at the results: something that names them, or that cannot be seen."""
    if isinstance(item, Command):
        return item.name not in _TALK and bool(_RESULTS.search(item.raw))
    return isinstance(item, Gap)


RULE = Rule(
    page=__doc__,
    severity=Severity.WARNING,
    sources=("S2.7",),
    platforms=PLATFORMS,
    words=("sqlmap",),
    detect=detect,
)
