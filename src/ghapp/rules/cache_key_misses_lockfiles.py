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
      - run: go test ./services/a/...
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
      - run: go test ./services/a/...
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline import Confidence, Edit, Finding, Pipeline, Platform, Rule, Severity, Step
from ghapp.pipeline.caches import Cache, CacheKey, distinct_caches, filled_by
from ghapp.pipeline.edits import replace_in
from ghapp.rules._lockfiles import LOCKFILES, goes_anywhere, named, siblings, some, touched

SHARED = re.compile(r"[~/$]|.*(?:/|\*)")
"""A path that may hold more than what belongs to the root: outside of the workspace, or in a directory of it."""


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    known: dict[tuple[Step, ...], tuple[set[str], bool]] = {}
    found = distinct_caches(pipeline)
    hashed = {pattern for cache in found for pattern in _hashed(cache)}
    for cache in found:
        name = _root_lockfile(pipeline, cache)
        if name is None or not any(map(SHARED.match, cache.paths or ("~",))):
            continue
        steps = filled_by(cache)
        if steps not in known:
            known[steps] = touched(steps), any(map(goes_anywhere, steps)) or pipeline.tree.has("go.work")
        places, anywhere = known[steps]
        used = [each for each in named(pipeline.tree, name) if each.rpartition("/")[0] in places and each not in hashed]
        if others := used or (siblings(pipeline.tree, name) if name == "go.sum" and anywhere else []):
            message = (
                f"The key hashes only `{name}` in the root; a change in {some(others)} keeps the same key, "
                "so the stale cache is restored and never replaced."
            )
            confidence = Confidence.HIGH if used or pipeline.tree.has("go.work") else Confidence.MEDIUM
            yield Finding(cache.key.node.place, message, confidence=confidence, subject=cache.key)


def _root_lockfile(pipeline: Pipeline, cache: Cache) -> str | None:
    """The lockfile in the root that is all that the key hashes."""
    hashed = _hashed(cache)
    name = hashed[0] if len(hashed) == 1 else ""
    return name if name in LOCKFILES and name in (pipeline.tree.paths or ()) else None


def _hashed(cache: Cache) -> list[str]:
    return [pattern.removeprefix("./") for each in cache.key.hashes for pattern in each.patterns or ("?",)]


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
