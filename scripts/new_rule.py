"""`make rule id=name-of-the-failure`: writes the skeleton of a rule and of its corner cases."""

from __future__ import annotations

import re
import sys
from pathlib import Path

HOUSE = Path(__file__).parents[1]

RULE = '''\
r"""One sentence that names the failure, in the present tense.

Why it goes wrong at run time, and what mends it.

Bad:

```yaml
jobs:
  build:
    steps:
      - run: the command that fails  # <-
```

Good:

```yaml
jobs:
  build:
    steps:
      - run: the command that works
```
"""

from collections.abc import Iterator

from ghapp.pipeline import Finding, Pipeline, Platform, Rule, Severity


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for command in pipeline.commands():
        if command.name == "the":
            yield Finding(command.place, "What is wrong here, what will happen, and what to do.")


RULE = Rule(
    page=__doc__,
    severity=Severity.WARNING,
    sources=(),
    platforms=(Platform.ACTIONS, Platform.ACTION, Platform.CIRCLECI, Platform.SHELL),
    words=("the",),
    detect=detect,
)
'''

CORNER_CASES = """\
# Corner cases of `{id}`

One heading each: what must be found (Bad), what must stay silent (Good).
"""


def main(id: str) -> str | None:  # noqa: A002 - the field's own name
    """Writes the two files. Returns what is wrong with `id`, or None."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)+", id):
        return "Name the failure, in kebab-case: make rule id=terraform-validate-without-init"
    rule = HOUSE / "src/ghapp/rules" / f"{id.replace('-', '_')}.py"
    cases = HOUSE / "tests/rules/corner_cases" / f"{id}.md"
    if rule.exists() or cases.exists():
        return f"There is a rule of that name already: {rule.relative_to(HOUSE)}"
    cases.parent.mkdir(parents=True, exist_ok=True)
    rule.write_text(RULE)
    cases.write_text(CORNER_CASES.format(id=id))
    print(f"{rule.relative_to(HOUSE)}\n{cases.relative_to(HOUSE)}\n\nNow: make test ARGS='-k {id}'")
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
