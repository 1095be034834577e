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

import re
from collections.abc import Iterator

from ghapp.pipeline import Confidence, Edit, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.caches import Cache, CacheKey, distinct_caches
from ghapp.pipeline.edits import replace_in
from ghapp.rules._lockfiles import LOCKFILES, named, siblings, some, works_in

SHARED = re.compile(r"[~/$]|.*(?:/|\*)")
"""A path that may hold more than what belongs to the root: outside of the workspace, or in a directory of it."""


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for cache in distinct_caches(pipeline):
        yield from _findings(pipeline, cache)


def _findings(pipeline: Pipeline, cache: Cache) -> Iterator[Finding]:
    hashed = [pattern.removeprefix("./") for each in cache.key.hashes for pattern in each.patterns or ("?",)]
    if len(hashed) != 1 or hashed[0] not in LOCKFILES or hashed[0] not in (pipeline.tree.paths or ()):
        return
    used = [each for each in named(pipeline.tree, hashed[0]) if each != hashed[0] and works_in(cache.step.job, each)]
    sure = bool(used) or pipeline.tree.has("go.work")
    others = used or (siblings(pipeline.tree, hashed[0]) if hashed[0] == "go.sum" else [])
    if others and any(map(SHARED.match, cache.paths or ("~",))):
        message = (
            f"The key hashes only `{hashed[0]}` in the root; a change in {some(others)} keeps the same key, "
            "so the stale cache is restored and never replaced."
        )
        confidence = Confidence.HIGH if sure else Confidence.MEDIUM
        yield Finding(cache.key.node.place, message, confidence=confidence, subject=cache.key)


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    key = finding.subject
    if not isinstance(key, CacheKey) or pipeline.platform is Platform.CIRCLECI:
        return None  # checksum takes one file: a step that joins them is advice
    where = key.hashes[0]
    name = (where.patterns or ("",))[0].rpartition("/")[2]
    return replace_in(key.node.as_text(), where.start, where.end, f"'**/{name}'")


RULE = Rule(
    page=__doc__,
    severity=Severity.WARNING,
    sources=("S2.10",),
    platforms=(Platform.ACTIONS, Platform.ACTION, Platform.CIRCLECI),
    words=("hashfiles", "checksum"),
    detect=detect,
    fix=fix,
)
