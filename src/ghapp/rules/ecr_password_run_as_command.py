r"""The password for ECR is run as a command.

`aws ecr get-login` printed a whole `docker login` command, which one ran with `$(…)`, `eval` or `bash -c`. What
`get-login-password` prints is the password alone. Run in the same way, it is taken for the name of a program: the step
fails, its message shows the password in the log, and nobody is logged in.

Bad:

```yaml
jobs:
  build:
    runs-on: ubuntu-24.04
    steps:
      - run: $(aws ecr get-login-password --region us-east-1)  # <-
```

Good:

```yaml
jobs:
  build:
    runs-on: ubuntu-24.04
    steps:
      - run: aws ecr get-login-password --region us-east-1 | docker login --username AWS --password-stdin "$REGISTRY"
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline import Command, Finding, Pipeline, Platform, Rule, Severity

AWS = re.compile(r"[\"']?(?:\$\(|`)\s*aws\s[^|;&]*[)`][\"']?")
SHELLS = ("bash", "sh", "zsh")


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        for item in job.trail:
            run = _run(item) if isinstance(item, Command) else ""
            if "get-login-password" in run and AWS.fullmatch(run):
                yield Finding(
                    item.place,
                    "`get-login-password` prints a password, not a command like `get-login` before it: the shell takes "
                    "the password for the name of a program, fails, shows it in the log, and nobody is logged in. Pipe "
                    "it into `docker login --username AWS --password-stdin` with the registry's host.",
                )


def _run(command: Command) -> str:
    """The word whose value the shell runs as a command."""
    words = [word.raw for word in command.words]
    if words[:1] == ["eval"] or (command.name in SHELLS and words[1:2] == ["-c"]):
        return " ".join(words[1 if words[0] == "eval" else 2 :])
    return words[0] if len(words) == 1 else ""


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S1.6",),
    platforms=(Platform.ACTIONS, Platform.ACTION, Platform.CIRCLECI, Platform.SHELL),
    words=("get-login-password",),
    detect=detect,
)
