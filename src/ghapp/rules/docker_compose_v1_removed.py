r"""`docker-compose` is called on a GitHub-hosted runner, which only has `docker compose`.

Compose v1, the program with the hyphen, was taken off GitHub's runner images in July 2024. Compose v2 is a plugin of
Docker and is called with a blank; it takes the same options and files. CircleCI's images still have a stand-in of the
old name.

Bad:

```yaml
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - run: docker-compose up -d  # <-
```

Good:

```yaml
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - run: docker compose up -d
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline import Confidence, Edit, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.edits import replace_in
from ghapp.rules._missing_tools import Missing, missing
from ghapp.rules._tools import COMPOSE, Base

_V2 = re.compile(r"docker\s+compose\b")


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        for call in missing(job, only=COMPOSE, every=True):
            machine = call.machines[0]
            if any(_V2.search(guard.test) for guard in call.command.guards):
                continue  # `docker compose version || docker-compose version`: for other machines
            if machine.base is Base.HOSTED and not machine.image.startswith("macos"):
                hidden = f"; {call.hidden} hides that" if call.hidden else ""
                message = (
                    f"`docker-compose` is not on `{machine.name}`: GitHub took Compose v1 off its runner images in "
                    f"July 2024, and the shell says 'command not found' (exit code 127){hidden}. Compose v2 is called "
                    "`docker compose`."
                )
                sure = Confidence.HIGH if call.sure else Confidence.MEDIUM
                severity = Severity.WARNING if call.hidden else None
                yield Finding(call.command.place, message, severity=severity, confidence=sure, subject=call)


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    call = finding.subject
    if not isinstance(call, Missing) or call.command.words[0].raw != COMPOSE:
        return None
    program = call.command.words[0]
    return replace_in(call.command.script.text, program.start, program.end, "docker compose")


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("F27",),
    platforms=(Platform.ACTIONS,),
    words=("docker-compose",),
    detect=detect,
    fix=fix,
)
