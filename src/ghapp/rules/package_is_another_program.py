r"""A tool is installed from PyPI or npm, where its name stands for something else, or for nothing.

Many scanners are single binaries that were never published there. pip then stops with "No matching distribution found"
and installs nothing of the line, or brings an unrelated package of the same name: the step is green, and the command
it was meant for is still missing.

Bad:

```yaml
jobs:
  scan:
    runs-on: ubuntu-24.04
    steps:
      - run: pip install trivy==0.51.0 checkov==3.3.30  # <-
      - run: trivy fs --exit-code 1 .
```

Good:

```yaml
jobs:
  scan:
    runs-on: ubuntu-24.04
    steps:
      - uses: aquasecurity/setup-trivy@v0.3.1
        with:
          version: v0.74.0
      - run: pip install checkov==3.3.30
      - run: trivy fs --exit-code 1 --severity CRITICAL .
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Finding, Mask, Pipeline, Platform, Rule, Severity
from ghapp.rules._facts import facts
from ghapp.rules._packages import called_later, installs


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        for command, registry, names in installs(job):
            known = facts("packages")[registry]
            absent = sorted(names & set(known.get("none", "").split()))
            wrong = sorted(name for name in names & known["other"].keys() if called_later(command, name))
            if absent or wrong:
                hidden = Mask.OR in command.masks or Mask.TOLERATED in command.masks
                message = " ".join([*_absent(absent), *_wrong(registry, wrong), REMEDY])
                yield Finding(command.place, message, severity=Severity.WARNING if hidden else None, subject=command)


REMEDY = "Use the tool's own action, or the program from its releases."


def _absent(names: list[str]) -> Iterator[str]:
    if names:
        said = ", ".join(f"`{name}`" for name in names)
        yield f"PyPI has no package {said}: pip stops with 'No matching distribution found' and installs nothing."


def _wrong(registry: str, names: list[str]) -> Iterator[str]:
    for name in names:
        what = facts("packages")[registry]["other"][name]
        where = "PyPI" if registry == "pypi" else "npm"
        yield f"`{name}` on {where} is {what}: it is not the `{name}` that is called later in this job."


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S2.9",),
    platforms=(Platform.ACTIONS, Platform.ACTION, Platform.CIRCLECI, Platform.SHELL),
    words=(
        "pip install",
        "pip3 install",
        "pipx install",
        "uv install",
        "npm install",
        "npm i",
        "yarn global",
        "pnpm add",
    ),
    detect=detect,
)
