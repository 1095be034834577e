r"""A dependency cache has the same key on every run.

A cache is saved once per key and never changed afterwards. With a key that depends on no lockfile, version, commit or
date, the first run's dependencies are restored for ever, however the lockfile changes.

Bad:

```yaml
jobs:
  test:
    steps:
      - uses: actions/cache@v5
        with:
          path: ~/go/pkg/mod
          key: go-mod-cache  # <-
```

Good:

```yaml
jobs:
  test:
    steps:
      - uses: actions/cache@v5
        with:
          path: ~/go/pkg/mod
          key: go-mod-cache-${{ hashFiles('**/go.sum') }}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.caches import caches
from ghapp.rules._lockfiles import DEPENDENCY_PATHS


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        seen: set[str] = set()
        for cache in caches(job):
            if cache.key.text in seen or not any(DEPENDENCY_PATHS.search(path) for path in cache.paths):
                continue
            seen.add(cache.key.text)
            if cache.key.constant and not cache.key.hashes:
                message = (
                    f"The key `{cache.key.text}` is the same on every run: the first cache of "
                    f"`{cache.paths[0]}` is restored for ever, whatever the lockfile says. Put its hash into the key."
                )
                yield Finding(cache.key.node.place, message)


RULE = Rule(
    page=__doc__,
    severity=Severity.WARNING,
    sources=("S2.10",),
    platforms=(Platform.ACTIONS, Platform.ACTION, Platform.CIRCLECI),
    words=("actions/cache", "restore_cache"),
    detect=detect,
)
