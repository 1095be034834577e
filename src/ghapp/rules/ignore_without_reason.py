r"""An ignore comment gives no reason.

Whoever comes by later cannot tell whether the finding is wrong, or known and accepted, or was only in the way. So a
comment without a reason does not count, and the finding stays. The reason follows the bracket.

Repository:

```text
main.tf
```

Bad:

```yaml
jobs:
  validate:
    steps:
      - run: terraform validate  # ghapp: ignore[terraform-validate-without-init]  # <-
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

from ghapp.pipeline import Finding, Platform, Rule, Severity
from ghapp.pipeline.ignores import Ignores
from ghapp.pipeline.rule import nothing


def after(ignores: Ignores) -> Iterator[Finding]:
    for mark in ignores.comments:
        if mark.rule in ignores.rules and not mark.reason:
            message = (
                f"This comment ignores `{mark.rule}` without a reason, so it does not count: what the rule finds here "
                "is still reported. Write behind the bracket why it is right to ignore it."
            )
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
