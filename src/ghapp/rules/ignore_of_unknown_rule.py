r"""An ignore comment names no rule that there is.

The name is misspelt, or the brackets are missing, so the comment hides nothing: the finding is still reported. The
name of a rule stands behind each finding; `ghapp rules` lists them all.

Repository:

```text
main.tf
```

Bad:

```yaml
jobs:
  validate:
    steps:
      - run: terraform validate  # ghapp: ignore[terraform-validate-no-init] the image has been initialised  # <-
```

Good:

```yaml
jobs:
  validate:
    steps:
      - run: terraform validate  # ghapp: ignore[terraform-validate-without-init] the image has been initialised
```
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from ghapp.pipeline import Finding, Platform, Rule, Severity
from ghapp.pipeline.ignores import Ignores
from ghapp.pipeline.rule import nothing

_LONGEST = 80


def after(ignores: Ignores) -> Iterator[Finding]:
    for mark in ignores.comments:
        if not mark.rule:
            message = "This comment names no rule, so it ignores nothing. Write `# ghapp: ignore[rule-id] reason`."
            yield Finding(mark.place, message)
        elif mark.rule not in ignores.rules:
            near = get_close_matches(mark.rule[:_LONGEST], list(ignores.rules), n=1, cutoff=0.5)
            hint = f" Did you mean `{near[0]}`?" if near else " `ghapp rules` lists them all."
            message = f"There is no rule `{mark.rule[:_LONGEST]}`, so this comment ignores nothing.{hint}"
            yield Finding(mark.place, message)


RULE = Rule(
    page=__doc__,
    severity=Severity.NOTICE,
    sources=(),
    platforms=tuple(Platform),
    words=("ghapp:",),
    detect=nothing,
    after=after,
)
