r"""A cached directory is not where Go keeps its modules in that image.

The `golang` images set `GOPATH=/go`, so modules lie in `/go/pkg/mod`; `cimg/go` has them below `/home/circleci/go`. A
cache of the other directory holds nothing: it is saved empty, or not at all, and every run downloads all modules.

Bad:

```yaml
jobs:
  test:
    runs-on: ubuntu-latest
    container: golang:1.26
    steps:
      - uses: actions/cache@v5
        with:
          path: ~/go/pkg/mod  # <-
          key: go-${{ github.run_id }}
          restore-keys: go-
```

Good:

```yaml
jobs:
  test:
    runs-on: ubuntu-latest
    container: golang:1.26
    steps:
      - uses: actions/cache@v5
        with:
          path: /go/pkg/mod
          key: go-${{ github.run_id }}
          restore-keys: go-
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ghapp.pipeline import Edit, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.caches import Cache, caches
from ghapp.pipeline.edits import replace_in
from ghapp.pipeline.yaml import Node
from ghapp.rules._go import GOPATHS, MOVED


class Wrong(NamedTuple):
    """A path that the image's Go does not use, where it stands, and the one that it does use."""

    node: Node
    path: str
    right: str


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    if MOVED.search(pipeline.source.text) or "actions/setup-go" in pipeline.source.text:
        return
    for cache in caches(pipeline):
        for wrong in _wrong(cache):
            message = (
                f"In `{cache.step.job.runner.image}` Go keeps its modules in `{wrong.right}`, not in `{wrong.path}`: "
                "the cache holds nothing and every run downloads all modules."
            )
            yield Finding(wrong.node.place, message, subject=wrong)


def _wrong(cache: Cache) -> Iterator[Wrong]:
    paths = cache.step.inputs.get("path") or cache.step.inputs.get("paths")
    for image, gopath, taken in GOPATHS:
        if paths is None or image.fullmatch(cache.step.job.runner.image or "") is None:
            continue
        for node in paths.elements() or [paths]:
            for path in map(str.strip, (node.text or "").split("\n")):
                root = path.rstrip("/").removesuffix("/pkg/mod")
                if root != path.rstrip("/") and taken.fullmatch(root):
                    yield Wrong(node, path, f"{gopath}/pkg/mod")


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    return _mended(finding.subject) if isinstance(finding.subject, Wrong) else None


def _mended(wrong: Wrong) -> Edit | None:
    text = wrong.node.as_text()
    start = text.value.index(wrong.path)
    return replace_in(text, start, start + len(wrong.path), wrong.right)


RULE = Rule(
    page=__doc__,
    severity=Severity.NOTICE,
    sources=("S2.10",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI),
    words=("golang pkg/mod", "cimg/go pkg/mod"),
    detect=detect,
    fix=fix,
)
