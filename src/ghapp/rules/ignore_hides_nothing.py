r"""An ignore hides nothing any more.

What it was written for is mended, or has moved. Left where it is, it would hide the next finding of that rule before
anybody has seen it. This is said of comments and of the entries of `.github/ghapp.yml`, and only where everything was
read that could still hold the finding.

Bad:

```yaml
jobs:
  validate:
    steps:
      - run: terraform init && terraform validate  # ghapp: ignore[terraform-validate-without-init] later  # <-
```

Good:

```yaml
jobs:
  validate:
    steps:
      - run: terraform init && terraform validate
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Finding, Platform, Rule, Severity
from ghapp.pipeline.ignores import Ignores
from ghapp.pipeline.rule import nothing


def after(ignores: Ignores) -> Iterator[Finding]:
    for each in ignores.idle:
        message = (
            f"`{each.rule}` finds nothing that this could hide. Remove it: it would hide the next finding before "
            "anybody has seen it."
        )
        yield Finding(each.place, message)


RULE = Rule(
    page=__doc__,
    severity=Severity.NOTICE,
    sources=(),
    platforms=tuple(Platform),
    words=("ghapp:",),
    detect=nothing,
    after=after,
)
