r"""A script goes on after the command that counts has failed.

A script that is called runs in a shell of its own, which does not stop at a failure: the `-e` of the step does not
reach it. It ends with the status of its last command, so an `echo` at the end makes a failed build or deploy a green
step. `set -euo pipefail` at the top lets it stop where it fails.

Bad:

```yaml
jobs:
  deploy:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v5
      - run: ./scripts/publish.sh
```

With `scripts/publish.sh`:

```bash
#!/usr/bin/env bash
docker push "registry.example.com/app:$GITHUB_SHA"  # <-
echo "Published."
```

Good:

```yaml
jobs:
  deploy:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v5
      - run: ./scripts/publish.sh
```

With `scripts/publish.sh`:

```bash
#!/usr/bin/env bash
set -euo pipefail
docker push "registry.example.com/app:$GITHUB_SHA"
echo "Published."
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline import Command, Confidence, Evidence, Finding, Mask, Pipeline, Platform, Rule, Severity
from ghapp.rules._gates import is_gate

LAST_WORDS = frozenset(("echo", "printf", "true", ":", "date", "ls", "cat", "rm", "popd", "cd", "unset"))
_HANDLES = re.compile(r"\bset\s+[-+]\w*e|\bset\s+[-+]o\s+errexit|\btrap\b|\$\?|PIPESTATUS|\bset\s+\"?\$")


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        scripts: dict[object, list[Command]] = {}
        for command in job.commands:
            if command.path != pipeline.path:
                scripts.setdefault((command.script.text.source.path, command.calls), []).append(command)
        for commands in scripts.values():
            yield from _of_script(commands)


def _of_script(commands: list[Command]) -> Iterator[Finding]:
    """`commands`: of one run of one script, in order."""
    last = commands[-1]
    counting = next((each for each in reversed(commands) if not _closes(each)), None)
    if counting is None or counting is last or last.guards or not is_gate(counting):
        return
    if Mask.NO_ERREXIT not in counting.masks or counting.substituted or not counting.script.clean:
        return
    if not _HANDLES.search(counting.script.text.value):
        message = (
            f"When `{counting.raw[:60]}` fails, this script goes on and ends with the status of `{last.raw[:60]}`: the "
            "step is green. Put `set -euo pipefail` at the top."
        )
        evidence = (Evidence(last.place, "the script ends with the status of this"),)
        yield Finding(counting.place, message, confidence=Confidence.MEDIUM, evidence=evidence)


def _closes(command: Command) -> bool:
    """Whether the command says something or tidies up, whatever came of what was before it."""
    return command.name in LAST_WORDS or command.raw in ("exit 0", "exit") or not command.words


RULE = Rule(
    page=__doc__,
    severity=Severity.WARNING,
    sources=("C1",),
    platforms=(Platform.ACTIONS, Platform.ACTION, Platform.CIRCLECI),
    words=("scripts/", ".sh", ".bash"),
    detect=detect,
)
