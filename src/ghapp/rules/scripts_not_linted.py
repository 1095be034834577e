r"""The workflow runs shell scripts that its own shell linter never sees.

`shellcheck` is given one directory, the scripts that the workflow runs lie in another: the lint is green whatever they
contain. Nothing else in the repository lints shell, as far as its workflows and hooks tell.

Repository:

```text
ci/deploy.sh
scripts/format.sh
```

Bad:

```yaml
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
      - run: shellcheck scripts/*.sh  # <-
      - run: ./ci/deploy.sh
```

Good:

```yaml
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
      - run: shellcheck scripts/*.sh ci/*.sh
      - run: ./ci/deploy.sh
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline import Command, Confidence, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.kinds import platform_of
from ghapp.pipeline.operands import Kind, operands

HOOKS = frozenset({".pre-commit-config.yaml", ".trunk/trunk.yaml", ".mega-linter.yml", "lefthook.yml"})
"""Files that may bring a shell linter of their own."""

MOST = 20
"""How many globs are held against the repository's paths: a stranger can bring many of both."""

OTHER_LINTS = re.compile(r"shellcheck|super-?linter|mega-?linter|codacy|pre-commit|lint", re.IGNORECASE)
INSTALLERS = ("shellcheck", "apt-get", "apt", "apk", "brew", "snap", "echo", "printf", "which", "command")


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    tree, paths = pipeline.tree, pipeline.tree.paths or frozenset[str]()
    if not tree.known or HOOKS & paths:
        return
    commands = tuple(pipeline.commands())
    lints = [command for command in commands if command.name == "shellcheck" and command.operands]
    if not lints or len(lints) > MOST or any("$" in lint.raw or "xargs" in lint.wrappers for lint in lints):
        return
    given = [each for lint in lints for each in operands(lint)][:MOST]
    seen = {path for each in given for path in (tree.matching(each.path) if each.glob else [each.path])}
    called = {each.path for command in commands for each in operands(command) if each.kind is Kind.SCRIPT}
    missed = sorted(path for path in called if path.endswith((".sh", ".bash")) and path in paths)
    if seen and missed and seen.isdisjoint(missed) and not _linted_otherwise(pipeline, commands):
        shown = ", ".join(f"`{path}`" for path in missed[:3]) + (f" and {len(missed) - 3} more" if missed[3:] else "")
        message = f"None of the scripts that run here ({shown}) is seen by `shellcheck`: it is green whatever they do."
        yield Finding(lints[0].place, message, confidence=Confidence.MEDIUM)


def _linted_otherwise(pipeline: Pipeline, commands: tuple[Command, ...]) -> bool:
    """Whether an action, another program or another file of the CI may lint shell as well."""
    uses = (step.uses.name for job in pipeline.jobs for step in job.steps if step.uses is not None)
    raws = (command.raw for command in commands if command.name not in INSTALLERS)
    if any(map(OTHER_LINTS.search, (*uses, *raws))):
        return True
    files = (path for path in pipeline.tree.paths or () if platform_of(path) in (Platform.ACTIONS, Platform.CIRCLECI))
    texts = (pipeline.tree.source(path) for path in files if path != pipeline.path)
    return any(source is None or OTHER_LINTS.search(source.text) for source in texts)


RULE = Rule(
    page=__doc__,
    severity=Severity.WARNING,
    sources=("S2.1",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI),
    words=("shellcheck",),
    detect=detect,
)
