r"""A cache key hashes one lockfile of several.

`hashFiles('go.sum')` and `{{ checksum "go.sum" }}` look at the file in the root alone. When a nested module changes
its dependencies the key stays the same, the old cache is restored and never saved again: every run downloads what is
missing, or builds with what is stale.

Repository:

```text
go.mod
go.sum
services/a/go.mod
services/a/go.sum
```

Bad:

```yaml
jobs:
  test:
    steps:
      - uses: actions/cache@v5
        with:
          path: ~/go/pkg/mod
          key: ${{ runner.os }}-go-${{ hashFiles('go.sum') }}  # <-
```

Good:

```yaml
jobs:
  test:
    steps:
      - uses: actions/cache@v5
        with:
          path: ~/go/pkg/mod
          key: ${{ runner.os }}-go-${{ hashFiles('**/go.sum') }}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Edit, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.caches import CacheKey, caches
from ghapp.pipeline.edits import replace_in
from ghapp.rules._lockfiles import LOCKFILES, siblings, some


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    if not pipeline.tree.known:
        return
    for job in pipeline.jobs:
        seen: set[str] = set()
        for cache in caches(job):
            if cache.key.text not in seen:
                seen.add(cache.key.text)
                yield from _findings(pipeline, cache.key)


def _findings(pipeline: Pipeline, key: CacheKey) -> Iterator[Finding]:
    hashed = [pattern for each in key.hashes for pattern in each.patterns or ("**",)]
    if len(hashed) != 1 or hashed[0] not in LOCKFILES or hashed[0] not in (pipeline.tree.paths or ()):
        return
    others = siblings(pipeline.tree, hashed[0])
    if others:
        message = (
            f"The key hashes only `{hashed[0]}` in the root; a change in {some(others)} keeps the same key, "
            "so the stale cache is restored and never replaced."
        )
        yield Finding(key.node.place, message, subject=key)


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    key = finding.subject
    if not isinstance(key, CacheKey) or pipeline.platform is Platform.CIRCLECI:
        return None  # checksum takes one file: a step that joins them is advice
    where = key.hashes[0]
    return replace_in(key.node.as_text(), where.start, where.end, f"'**/{(where.patterns or ('',))[0]}'")


RULE = Rule(
    page=__doc__,
    severity=Severity.WARNING,
    sources=("S2.10",),
    platforms=(Platform.ACTIONS, Platform.ACTION, Platform.CIRCLECI),
    words=("hashfiles", "checksum"),
    detect=detect,
    fix=fix,
)
