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
from ghapp.pipeline.caches import Cache, distinct_caches
from ghapp.rules._lockfiles import DEPENDENCY_PATHS

DELETES = ("gh cache delete", "gh actions-cache delete")
"""What makes room for a new cache under the old key."""


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    if any(words in pipeline.source.text for words in DELETES):
        return
    for cache in distinct_caches(pipeline):
        kept = next((path for path in cache.paths if DEPENDENCY_PATHS.search(path)), None)
        if kept and cache.key.constant and not cache.key.hashes and not _begins_others(cache):
            message = (
                f"The key `{cache.key.text}` is the same on every run: the first cache of `{kept}` is restored for "
                "ever, whatever the lockfile says. Put the lockfile's hash into the key."
            )
            yield Finding(cache.key.node.place, message)


def _begins_others(cache: Cache) -> bool:
    """Whether it is only restored, and then under any key that begins like one of its restore-keys."""
    return cache.restores_only and bool(cache.fallbacks)


RULE = Rule(
    page=__doc__,
    severity=Severity.WARNING,
    sources=("S2.10",),
    platforms=(Platform.ACTIONS, Platform.ACTION, Platform.CIRCLECI),
    words=("actions/cache", "restore_cache", "save_cache"),
    detect=detect,
)
