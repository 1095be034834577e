r"""A cache key hashes files that do not exist.

On GitHub Actions `hashFiles` of a pattern without a match is an empty string: the key is the same on every run, so the
first cache ever saved is restored for ever. On CircleCI `checksum` of a missing file fails the step.

Repository:

```text
services/api/package-lock.json
```

Bad:

```yaml
jobs:
  test:
    steps:
      - uses: actions/checkout@v6
      - uses: actions/cache@v5
        with:
          path: ~/.npm
          key: npm-${{ hashFiles('package-lock.json') }}  # <-
```

Good:

```yaml
jobs:
  test:
    steps:
      - uses: actions/checkout@v6
      - uses: actions/cache@v5
        with:
          path: ~/.npm
          key: npm-${{ hashFiles('services/api/package-lock.json') }}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Edit, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.caches import Cache, CacheKey, distinct_caches, hashed_files
from ghapp.pipeline.edits import replace_in
from ghapp.rules._lockfiles import is_lockfile, named
from ghapp.rules._workspace import Workspace


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    hashing = {id(cache.step): cache for cache in distinct_caches(pipeline) if _patterns(cache)}
    for job in dict.fromkeys(cache.step.job for cache in hashing.values() if pipeline.tree.known):
        for step, workspace in Workspace.walk(job):
            if (cache := hashing.get(id(step))) is not None:
                patterns = _patterns(cache)
                if why := workspace.lacks(patterns, tracked=bool(hashed_files(pipeline.tree, patterns))):
                    yield _finding(cache, patterns, why)


def _patterns(cache: Cache) -> tuple[str, ...]:
    """What the key hashes, when these are lockfiles, and nothing else renews it."""
    patterns = tuple(pattern for each in cache.key.hashes for pattern in each.patterns or ("?",))
    return patterns if all(map(is_lockfile, patterns)) and (cache.step.builtin or cache.key.lasting) else ()


def _finding(cache: Cache, patterns: tuple[str, ...], why: str) -> Finding:
    shown = ", ".join(f"`{each}`" for each in patterns)
    remedy = "Name the lockfile that is there." if why.endswith("no such file") else "Check it out before this step."
    if cache.step.builtin:
        message = f"{shown} cannot be hashed, {why}: CircleCI fails this step. {remedy}"
        return Finding(cache.key.node.place, message, Severity.FAILURE, subject=cache.key)
    then = "the key is the same on every run, and the cache is never renewed"
    return Finding(cache.key.node.place, f"{shown} matches nothing, {why}: {then}. {remedy}", subject=cache.key)


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    """The path of the lockfile that the repository has; of several, all."""
    key = finding.subject
    where = key.hashes[0] if isinstance(key, CacheKey) and len(key.hashes) == 1 else None
    if where is None or len(where.patterns or ()) != 1 or "no such file" not in finding.message:
        return None
    name = (where.patterns or ("",))[0].rpartition("/")[2]
    real = named(pipeline.tree, name)
    circleci = pipeline.platform is Platform.CIRCLECI
    path = real[0] if len(real) == 1 else "" if circleci or not real else f"**/{name}"
    new = path if circleci else f"'{path}'"
    return replace_in(key.node.as_text(), where.start, where.end, new) if path and isinstance(key, CacheKey) else None


RULE = Rule(
    page=__doc__,
    severity=Severity.WARNING,
    sources=("S2.10",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI),  # what an action finds is its caller's doing
    words=("hashfiles", "checksum"),
    detect=detect,
    fix=fix,
)
