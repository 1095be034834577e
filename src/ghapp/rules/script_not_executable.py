r"""A script is run by its path, but may not be executed.

Git keeps of a file's mode only whether it may be executed, and of this one it says no. So the shell refuses it on every
runner with "Permission denied" and exit code 126, even if it runs on the machine where it was written.

Bad:

```yaml
jobs:
  deploy:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v5
      - run: ./ci/deploy.sh production  # <-
```

With `ci/deploy.sh`:

```bash plain
#!/usr/bin/env bash
set -euo pipefail
make deploy
```

Good:

```yaml
jobs:
  deploy:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v5
      - run: bash ci/deploy.sh production
```

With `ci/deploy.sh`:

```bash plain
#!/usr/bin/env bash
set -euo pipefail
make deploy
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Command, Finding, Gap, Job, Mask, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.shell.paths import locate

_SETS_MODES = ("chmod", "install", "rsync", "tar", "unzip", "setfacl")
_OTHER_FILES = ("checkout", "switch", "clone", "pull", "merge", "reset", "restore", "apply", "am", "update-index")
_OF_WINDOWS = (".bat", ".cmd", ".exe", ".ps1")  # programs there, where files have no such bit
_TOLERANT = {Mask.OR, Mask.TOLERATED, Mask.CONDITION, Mask.NEGATED, Mask.NO_ERREXIT}


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        if not any("windows" in label or "$" in label for label in job.runner.labels):
            yield from _in_job(pipeline, job)


def _in_job(pipeline: Pipeline, job: Job) -> Iterator[Finding]:
    """Up to what may have set the modes of files."""
    for item in job.trail:
        if not isinstance(item, Command):
            if isinstance(item, Gap):
                return
            continue
        if item.name in _SETS_MODES or (item.name == "git" and any(item.is_a("git", verb) for verb in _OTHER_FILES)):
            return
        path = _run_by_path(item)
        if path is not None and path in (pipeline.tree.paths or ()) and pipeline.tree.runs(path) is False:
            shell = path.endswith((".sh", ".bash")) or "." not in path.rpartition("/")[2]
            message = (
                f"`{path}` is not executable in git, so the shell refuses it here: 'Permission denied', exit code 126. "
                f"`git update-index --chmod=+x {path}` mends it"
                + (f", or a call by `bash {item.words[0].raw}`." if shell else ".")
            )
            yield Finding(item.place, message, Severity.WARNING if _TOLERANT & set(item.masks) else None)


def _run_by_path(command: Command) -> str | None:
    """The path in the repository that the command runs, where it is run as a program of its own."""
    first = command.words[0].raw if command.words else ""
    if "/" not in first or first.startswith("/") or first.lower().endswith(_OF_WINDOWS):
        return None
    return locate(command, command.words[0])


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("C1",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI),
    words=("./", "scripts/", ".sh", "bin/"),
    detect=detect,
)
