r"""A path or glob names nothing in the repository.

Where a glob matches no file, the shell passes it on as it stands: `shellcheck scripts/*.sh` looks for a file called
`*.sh` and exits with 2. The same goes for a moved directory, a renamed manifest, a lockfile in another folder. The step
fails on every run, or checks nothing where its failure is not heeded.

Repository:

```text
lib/scripts/deploy.sh
lib/scripts/verify.sh
```

Bad:

```yaml
jobs:
  lint:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
      - run: shellcheck scripts/*.sh  # <-
```

Good:

```yaml
jobs:
  lint:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
      - run: shellcheck lib/scripts/*.sh
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Command, Edit, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.missing import Missing, missing
from ghapp.pipeline.operand_table import FORMS
from ghapp.pipeline.operands import Kind, program
from ghapp.rules._paths import finding, nothing_made, place, repair


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        for each in missing(job):
            lack = each.lack
            if lack.kind is not Kind.SCRIPT and (lack.operand is not None or lack.node is not None):
                yield finding(each, _message(each), fails=not _skipped(each))


def _message(missing: Missing) -> str:
    lack = missing.lack
    if _skipped(missing):
        return (
            f"`{lack.text}`{place(lack)} is not in the repository, and {nothing_made(missing)}: Checkov says 'does not "
            "exist; skipping it' and ends with status 0: nothing in it is checked."
        )
    if not isinstance(lack.item, Command):
        what = "directory" if lack.kind is Kind.DIRECTORY or lack.text.endswith("/") else "file"
        return f"The repository has no {what} `{lack.path}`, and {nothing_made(missing)}: this step fails."
    name = program(lack.item)[0]
    if lack.glob:
        star = " Without `shopt -s globstar`, `**` is the same as `*`." if "**" in lack.text else ""
        return (
            f"`{lack.text}` matches no file{place(lack)}: the shell passes the pattern on as it stands, and `{name}` "
            f"finds nothing under that name.{star}"
        )
    return f"`{lack.text}`{place(lack)} is not in the repository, and {nothing_made(missing)}: `{name}` fails."


def _skipped(missing: Missing) -> bool:
    """Whether a missing directory is passed over: checkov/main.py, read 2026-11, logs an error and goes on."""
    item = missing.lack.item
    if isinstance(item, Command):
        return item.name == "checkov" and missing.lack.kind is Kind.DIRECTORY
    return item.uses is not None and item.uses.name == "bridgecrewio/checkov-action"


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    return repair(finding.subject) if isinstance(finding.subject, Missing) else None


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S2.1",),
    platforms=(Platform.ACTIONS, Platform.ACTION, Platform.CIRCLECI, Platform.SHELL),
    words=(*sorted(FORMS), "python3", "pip3", "tofu", "working-directory", "-file", "cache-dependency-path", "file://"),
    detect=detect,
    fix=fix,
)
