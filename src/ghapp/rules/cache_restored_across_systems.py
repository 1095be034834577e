r"""A cache of built files may come from another system.

`restore-keys` takes the newest cache whose key begins so. Where that beginning ends before the operating system, a
macOS job restores what Linux has built: native modules that cannot run there. (Those of Windows are kept apart.)

Bad:

```yaml
jobs:
  test:
    strategy:
      matrix:
        os: [ubuntu-latest, macos-latest]
    runs-on: ${{ matrix.os }}
    steps:
      - uses: actions/cache@v5
        with:
          path: node_modules
          key: modules-${{ runner.os }}-${{ github.sha }}
          restore-keys: modules-  # <-
```

Good:

```yaml
jobs:
  test:
    strategy:
      matrix:
        os: [ubuntu-latest, macos-latest]
    runs-on: ${{ matrix.os }}
    steps:
      - uses: actions/cache@v5
        with:
          path: node_modules
          key: modules-${{ runner.os }}-${{ github.sha }}
          restore-keys: modules-${{ runner.os }}-
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline import Edit, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.caches import Cache, caches, sharing_systems
from ghapp.pipeline.edits import replace_in

BUILT = re.compile(r"(^|/)(node_modules|\.?venv|target|vendor/bundle|\.cargo(/bin)?|Pods)/?$")
"""Directories of files that were built for one system."""
SYSTEM = re.compile(r"\$\{\{\s*(runner\.(os|arch)|matrix\.(os|platform|runner|arch))\s*\}\}-?", re.IGNORECASE)


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for cache in caches(pipeline):
        kept = next((path for path in cache.paths if BUILT.search(path)), None)
        fallback = _broad(cache)
        if kept and fallback and (systems := sharing_systems(cache.step.job)):
            message = (
                f"`{fallback}` also begins the keys of other systems, and this job runs on {' and '.join(systems)}: "
                f"`{kept}` may be restored with what was built on the other. Let the system stand in it."
            )
            yield Finding(cache.fallbacks[0].node.place, message, subject=cache)


def _broad(cache: Cache) -> str | None:
    """The first restore-key that ends before the system in the key."""
    system = SYSTEM.search(cache.key.text)
    for each in cache.fallbacks:
        if system is not None and cache.key.text.startswith(each.text) and len(each.text) <= system.start():
            return each.text
    return None


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    cache = finding.subject
    system = SYSTEM.search(cache.key.text) if isinstance(cache, Cache) and len(cache.fallbacks) == 1 else None
    if not isinstance(cache, Cache) or system is None:
        return None
    text, (fallback,) = cache.fallbacks[0].node.as_text(), cache.fallbacks
    end = text.value.index(fallback.text) + len(fallback.text)
    return replace_in(text, end, end, cache.key.text[len(fallback.text) : system.end()])


RULE = Rule(
    page=__doc__,
    severity=Severity.NOTICE,
    sources=("S2.10", "F20"),
    platforms=(Platform.ACTIONS,),
    words=("restore-keys",),
    detect=detect,
    fix=fix,
)
