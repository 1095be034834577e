r"""A cache is restored by a key under which none is saved.

CircleCI's `restore_cache` takes a cache whose key begins with the one that is asked for. Where the beginning of the
saved key was changed and that of the restored one was not, or one of them has a slip, nothing is ever found: everything
is downloaded anew on each run, and nobody is told.

Repository:

```text
.circleci/config.yml
package-lock.json
```

Bad:

```yaml
version: 2.1
jobs:
  test:
    docker: [{image: cimg/node:24.1}]
    steps:
      - checkout
      - restore_cache:
          key: npm-v1-{{ checksum "package-lock.json" }}  # <-
      - run: npm ci
      - save_cache:
          key: npm-v2-{{ checksum "package-lock.json" }}
          paths: [~/.npm]
```

Good:

```yaml
version: 2.1
jobs:
  test:
    docker: [{image: cimg/node:24.1}]
    steps:
      - checkout
      - restore_cache:
          key: npm-v2-{{ checksum "package-lock.json" }}
      - run: npm ci
      - save_cache:
          key: npm-v2-{{ checksum "package-lock.json" }}
          paths: [~/.npm]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Evidence, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.caches import MOST, Cache, CacheKey, begins, caches


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    every = {(cache.step.builtin, "".join(cache.key.pieces())): cache for cache in reversed(caches(pipeline))}
    found = list(every.values()) if len(every) <= MOST else []
    saves = [cache for cache in found if cache.step.builtin == "save_cache"]
    if not saves or _saved_elsewhere(pipeline):
        return
    saved = [cache.key.pieces() for cache in saves]
    for cache in found:
        if cache.step.builtin == "restore_cache" and not _finds(cache, saved):
            own = next((each for each in saves if each.step.job is cache.step.job), saves[-1])
            message = (
                f"No job that runs saves a cache under a key that begins with `{cache.key.text}`: this step never "
                "restores anything, and what it is for is downloaded anew on every run."
            )
            evidence = Evidence(own.key.node.place, f"saved under `{own.key.text}`")
            yield Finding(cache.key.node.place, message, evidence=(evidence,))


def _finds(cache: Cache, saved: list[list[str]]) -> bool:
    return any(begins(key, each) for key in map(CacheKey.pieces, (cache.key, *cache.fallbacks)) for each in saved)


def _saved_elsewhere(pipeline: Pipeline) -> bool:
    """Whether another configuration of the repository, or an orb, may save caches too."""
    tree = pipeline.tree
    others = [path for path in tree.paths or () if path.startswith(".circleci/") and path != pipeline.path]
    texts = (source.text for path in others if path.endswith((".yml", ".yaml")) and (source := tree.source(path)))
    orbs = (step.uses.element for job in pipeline.jobs for step in job.steps if step.uses is not None)
    return not tree.known or any("save_cache" in text for text in texts) or any("cache" in each for each in orbs)


RULE = Rule(
    page=__doc__,
    severity=Severity.WARNING,
    sources=("S2.10", "F20"),
    platforms=(Platform.CIRCLECI,),
    words=("restore_cache save_cache",),
    detect=detect,
)
