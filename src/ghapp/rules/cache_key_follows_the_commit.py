r"""A dependency cache is keyed by the commit instead of the lockfile.

`{{ .Revision }}` is new with every commit, so each push saves the whole cache again, and what is restored is whatever
the branch saved last. The key says nothing of the lockfile: dependencies that were removed or changed stay in it.

Repository:

```text
go.sum
```

Bad:

```yaml
version: 2.1
jobs:
  test:
    docker: [{image: cimg/go:1.26}]
    steps:
      - checkout
      - restore_cache:
          keys:
            - go-{{ .Branch }}-{{ .Revision }}  # <-
            - go-{{ .Branch }}-
      - run: go test ./...
      - save_cache:
          key: go-{{ .Branch }}-{{ .Revision }}
          paths: [/home/circleci/go/pkg/mod]
workflows:
  main:
    jobs: [test]
```

Good:

```yaml
version: 2.1
jobs:
  test:
    docker: [{image: cimg/go:1.26}]
    steps:
      - checkout
      - restore_cache:
          keys:
            - go-{{ checksum "go.sum" }}
      - run: go test ./...
      - save_cache:
          key: go-{{ checksum "go.sum" }}
          paths: [/home/circleci/go/pkg/mod]
workflows:
  main:
    jobs: [test]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.caches import Cache, distinct_caches
from ghapp.rules._lockfiles import DEPENDENCY_PATHS


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for cache in distinct_caches(pipeline):
        kept = next((path for path in cache.paths if DEPENDENCY_PATHS.search(path)), None)
        if kept and cache.step.builtin == "restore_cache" and _by_commit(cache):
            message = (
                f"The cache of `{kept}` is keyed by the commit: every push saves it anew, and what is restored is the "
                "last push's, whatever the lockfile says. Key it by the lockfile's checksum."
            )
            yield Finding(cache.key.node.place, message)


def _by_commit(cache: Cache) -> bool:
    keys = (cache.key, *cache.fallbacks)
    return ".Revision" in cache.key.text and not any(each.hashes for each in keys)


RULE = Rule(
    page=__doc__,
    severity=Severity.NOTICE,
    sources=("S2.10",),
    platforms=(Platform.CIRCLECI,),
    words=(".revision",),
    detect=detect,
)
