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
    if not pipeline.tree.known or pipeline.platform is Platform.ACTION:
        return  # what stands in the workspace before an action runs is its caller's doing
    for cache in distinct_caches(pipeline):
        patterns = [pattern for each in cache.key.hashes for pattern in each.patterns or ("?",)]
        if patterns and all(map(is_lockfile, patterns)) and (why := _why(pipeline, cache, patterns)):
            yield _finding(pipeline, cache, patterns, why)


def _why(pipeline: Pipeline, cache: Cache, patterns: list[str]) -> str:
    """Why the patterns match nothing; empty when they match, or may, or when the key is renewed anyway."""
    if pipeline.platform is not Platform.CIRCLECI and not cache.key.lasting:
        return ""
    return Workspace.before(cache.step).lacks(patterns, tracked=bool(hashed_files(pipeline.tree, tuple(patterns))))


def _finding(pipeline: Pipeline, cache: Cache, patterns: list[str], why: str) -> Finding:
    shown = ", ".join(f"`{each}`" for each in patterns)
    if pipeline.platform is Platform.CIRCLECI:
        message = f"{shown} cannot be hashed, {why}: CircleCI fails this step."
        return Finding(cache.key.node.place, message, Severity.FAILURE, subject=cache.key)
    message = f"{shown} matches nothing, {why}: the key is the same on every run and the cache is never renewed."
    return Finding(cache.key.node.place, message, subject=cache.key)


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
    platforms=(Platform.ACTIONS, Platform.ACTION, Platform.CIRCLECI),
    words=("hashfiles", "checksum"),
    detect=detect,
    fix=fix,
)
