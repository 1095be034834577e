r"""A cache key hashes go.mod and leaves go.sum out.

`go.mod` names what the repository itself asks for. What its dependencies need for their tests and tools stands in
`go.sum` alone: when only that changes, the key stays the same, the old cache is restored and never saved again, and
every run downloads the difference.

Repository:

```text
go.mod
go.sum
```

Bad:

```yaml
jobs:
  test:
    steps:
      - uses: actions/cache@v5
        with:
          path: ~/go/pkg/mod
          key: ${{ runner.os }}-go-${{ hashFiles('**/go.mod') }}  # <-
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
from ghapp.pipeline.caches import CacheKey, distinct_caches
from ghapp.pipeline.edits import replace_in
from ghapp.rules._go import holds_modules


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for cache in distinct_caches(pipeline):
        hashes = cache.key.hashes if any(map(holds_modules, cache.paths or ("$",))) else ()
        if len(hashes) == 1 and len(hashes[0].patterns or ()) == 1 and (other := _other(pipeline, cache.key)):
            message = (
                f"The key hashes `{_pattern(cache.key)}` alone; what changes only in `{other}` keeps the same key, so "
                "those modules are downloaded on every run."
            )
            yield Finding(cache.key.node.place, message, subject=cache.key)


def _pattern(key: CacheKey) -> str:
    return (key.hashes[0].patterns or ("",))[0]


def _other(pipeline: Pipeline, key: CacheKey) -> str:
    """The pattern of the go.sum beside the go.mod that is hashed; empty when there is none."""
    directory, _, name = _pattern(key).removeprefix("./").rpartition("/")
    other = f"{directory}/go.sum".lstrip("/")
    return other if name == "go.mod" and pipeline.tree.matching(other) else ""


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    return (
        _mended(finding.subject, _other(pipeline, finding.subject)) if isinstance(finding.subject, CacheKey) else None
    )


def _mended(key: CacheKey, other: str) -> Edit | None:
    where = key.hashes[0]
    return replace_in(key.node.as_text(), where.start, where.end, other if "checksum" in key.text else f"'{other}'")


RULE = Rule(
    page=__doc__,
    severity=Severity.NOTICE,
    sources=("S2.10",),
    platforms=(Platform.ACTIONS, Platform.ACTION, Platform.CIRCLECI),
    words=("hashfiles go.mod", "checksum go.mod"),
    detect=detect,
    fix=fix,
)
