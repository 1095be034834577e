r"""A download that the server refuses is kept, and run as a program.

Without `--fail` curl saves or hands on whatever the server sends, its error page too, and ends with status 0. The page
is then made executable or given to a shell: what fails is a later command, with a syntax error in the middle of HTML,
or, where the page was empty, nothing fails at all and the tool is not there.

Bad:

```yaml
jobs:
  install:
    runs-on: ubuntu-24.04
    steps:
      - run: |
          curl -sLo lint "https://downloads.example.com/lint/1.2.3/linux"  # <-
          chmod +x lint
```

Good:

```yaml
jobs:
  install:
    runs-on: ubuntu-24.04
    steps:
      - run: |
          curl --fail -sLo lint "https://downloads.example.com/lint/1.2.3/linux"
          chmod +x lint
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline import Command, Edit, Finding, Mask, Pipeline, Rule, Severity
from ghapp.rules._curl import PLATFORMS, Call, calls

_SHELLS = frozenset("sh bash zsh dash python python3 perl node".split())  # noqa: SIM905
_VERIFIES = re.compile(
    r"sha\d+sum|shasum|md5sum|gpg\b.*--verify|cosign|openssl dgst|slsa-verifier|gh attestation|minisign"
)
_EXECUTABLE = re.compile(r"(?:[ugoa]*\+[rw]*x|0?7[0-7]{2})")
_MOST = 200
"""A step of more commands is not looked through."""


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for call in calls(pipeline):
        if call.method != "GET" or call.fails or call.command.substituted or "write-out" in call.given:
            continue
        use = _use(call)
        if use is not None:
            unheard = Mask.PIPE in call.command.masks
            remedy = "`--fail` together with `set -o pipefail` ends" if unheard else "`--fail` (`-f`) ends"
            message = (
                f"If {call.server} answers with an error (404, 503 …), curl still ends with status 0, and {use}. "
                f"{remedy} the step there instead."
            )
            yield Finding(call.command.place, message, subject=None if unheard else call)


def _use(call: Call) -> str | None:
    """What becomes of the error page as a program; None when it does not become one, or is checked before."""
    command = call.command
    if command.piped_to is not None:
        shell = command.piped_to.name
        return f"`{shell}` runs the error page" if shell in _SHELLS and {*command.masks} <= {Mask.PIPE} else None
    commands = command.step.commands
    name = call.saved_as.rpartition("/")[2]
    if not call.heeded or not name or "$" in name or len(commands) > _MOST:
        return None
    later = [each for each in commands if each.start > command.start]
    if any(_VERIFIES.search(each.raw) for each in later):
        return None
    return f"the error page is made executable as `{name}`" if any(_enables(each, name) for each in later) else None


def _enables(command: Command, name: str) -> bool:
    """`chmod +x NAME`, wherever it lies."""
    words = [word.raw.strip("\"'") for word in command.words[1:]]
    named = any(word.rpartition("/")[2] == name for word in words[1:])
    return command.name == "chmod" and named and _EXECUTABLE.fullmatch(words[0]) is not None


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    return finding.subject.failing() if isinstance(finding.subject, Call) else None


RULE = Rule(
    page=__doc__,
    severity=Severity.NOTICE,
    sources=("S2.11",),
    platforms=PLATFORMS,
    words=("curl",),
    detect=detect,
    fix=fix,
)
