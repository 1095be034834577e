r"""A workflow waits for changes of paths that the repository does not have.

The patterns below `paths` are held against the whole paths of the changed files. A directory's name alone is the path
of none, so `website` passes over `website/index.html`; a directory that was renamed has no files at all. Nothing fails:
the workflow does not start, and nobody misses it.

Repository:

```text
website/index.html
```

Bad:

```yaml
on:
  push:
    paths:
      - website  # <-
jobs:
  deploy:
    runs-on: ubuntu-24.04
    steps:
      - run: ./deploy.sh
```

Good:

```yaml
on:
  push:
    paths:
      - website/**
jobs:
  deploy:
    runs-on: ubuntu-24.04
    steps:
      - run: ./deploy.sh
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

from ghapp.pipeline import Confidence, Edit, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.absent import absent
from ghapp.pipeline.actions.workflow import triggers
from ghapp.pipeline.edits import replace_value
from ghapp.pipeline.yaml import Node

_EVENTS = ("push", "pull_request", "pull_request_target")
_PLAIN = re.compile(r"[\w.@/ -]+(?:[*][\w.@/* -]*)?")
"""A pattern that begins with a name: `**/*.sh` waits for scripts that may come."""


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    tree = pipeline.tree
    for event, settings in triggers(pipeline).items():
        filters = settings.get("paths") if event in _EVENTS and settings.kind == "map" and tree.known else None
        patterns = [node for node in filters.elements() if node.text] if filters is not None else []
        named = [node for node in patterns if node.value.rstrip("/") in tree.directories]
        for node in named:
            yield Finding(
                node.place,
                f"`{node.value}` is a directory, and patterns are held against the whole paths of files: no change in "
                f"it starts this workflow. `{node.value.rstrip('/')}/**` is everything below it.",
                subject=node,
            )
        others = [node for node in patterns if not node.value.startswith(".github/")]
        if others and not named and all(_gone(pipeline, node.value) for node in others):
            match = "matches" if len(others) == 1 else "or the other patterns match"
            only = "only a change in `.github` starts" if len(others) < len(patterns) else "no change starts"
            yield Finding(
                others[0].place,
                f"The repository has nothing that `{others[0].value}` {match}: {only} this workflow on `{event}`. Name "
                "the paths as they are now.",
                confidence=Confidence.MEDIUM,
            )


def _gone(pipeline: Pipeline, pattern: str) -> bool:
    return _PLAIN.fullmatch(pattern) is not None and absent(pipeline.tree, pattern, glob="*" in pattern)


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    node = cast(Node | None, finding.subject)
    return replace_value(node, f"{node.value.rstrip('/')}/**") if node is not None else None


RULE = Rule(
    page=__doc__,
    severity=Severity.WARNING,
    sources=("S2.1",),
    platforms=(Platform.ACTIONS,),
    words=("paths",),
    detect=detect,
    fix=fix,
)
