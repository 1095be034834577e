r"""The day until which the policy ignores a finding is over.

What the entry has hidden is reported again. Either it is time to mend it, or the entry needs another day; an entry that
is over does nothing and can go.

Policy, on the first of July:

```yaml
ignore:
  - rule: terraform-validate-without-init  # <-
    until: 2026-06-30
    reason: The module goes in June.
```

Bad:

```yaml
jobs:
  validate:
    steps:
      - run: terraform validate
```

Policy, with another day:

```yaml
ignore:
  - rule: terraform-validate-without-init
    until: 2026-12-31
    reason: The module goes in December.
```

Good:

```yaml
jobs:
  validate:
    steps:
      - run: terraform validate
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Finding, Platform, Rule, Severity
from ghapp.pipeline.ignores import Ignores
from ghapp.pipeline.rule import nothing


def after(ignores: Ignores) -> Iterator[Finding]:
    for each in ignores.ended:
        message = f"This ignores `{each.rule}` until {each.until}, which is over: what it has hidden is reported again."
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
