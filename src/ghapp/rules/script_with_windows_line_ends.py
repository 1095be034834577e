r"""A script that is called has the line ends of Windows.

The shell takes the carriage return for a part of the line. Run by its path, the script does not even start, since no
program has the name that its first line ends with: "bad interpreter". Run by `bash`, each command gets a sign too many:
"$'\r': command not found".

Bad:

```yaml
jobs:
  build:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v5
      - run: ci/build.sh
```

With `ci/build.sh`:

```bash crlf
#!/usr/bin/env bash  # <-
set -euo pipefail
make
```

Good:

```yaml
jobs:
  build:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v5
      - run: ci/build.sh
```

With `ci/build.sh`:

```bash
#!/usr/bin/env bash
set -euo pipefail
make
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Evidence, Finding, Job, Pipeline, Platform, Rule, Severity

WINDOWS = "\r\n"


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    if WINDOWS in pipeline.source.text:
        return  # so has the workflow: this is how git writes files on the machine that looks at them
    said: set[str] = set()
    for job in pipeline.jobs:
        if _on_windows(job):
            continue
        for command in job.commands:
            source = command.script.text.source
            if source.path in said or not source.path.endswith((".sh", ".bash")) or not command.calls:
                continue
            said.add(source.path)
            first = source.text.find("\n")
            if source.text[max(first - 1, 0) : first + 1] == WINDOWS:
                message = (
                    "The lines of this script end with a carriage return, as on Windows: the shell reads it as a part "
                    "of every line, so the script does not start, or its first commands are not found. Save it with "
                    "the line ends of Unix; `*.sh text eol=lf` in .gitattributes keeps them."
                )
                evidence = (Evidence(command.calls[-1], "this calls it"),)
                yield Finding(source.place(0, first - 1), message, evidence=evidence)


def _on_windows(job: Job) -> bool:
    """Whether the job may run on Windows, whose Git Bash does not mind."""
    return any("windows" in label or "$" in label for label in job.runner.labels)


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("C1",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI),
    words=(".sh", ".bash"),
    detect=detect,
)
