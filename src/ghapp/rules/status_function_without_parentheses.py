r"""A condition says `failure` instead of `failure()`.

Without parentheses `failure`, `always`, `success` and `cancelled` are names of values, and GitHub knows no such values:
it refuses the whole file ("Unrecognized named-value"), so that not one job of the workflow runs.

Bad:

```yaml
jobs:
  deploy:
    steps:
      - run: ./deploy.sh
      - if: ${{ failure }}  # <-
        run: ./rollback.sh
```

Good:

```yaml
jobs:
  deploy:
    steps:
      - run: ./deploy.sh
      - if: ${{ failure() }}
        run: ./rollback.sh
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ghapp.pipeline import Edit, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.conditions import STATUS_FUNCTIONS, condition_node, words_of
from ghapp.pipeline.edits import replace_in
from ghapp.pipeline.source import Text
from ghapp.pipeline.yaml import Node

NAME = re.compile(r"'[^']*'|(?<![\w.-])(?P<name>failure|always|success|cancelled)(?![\w.-])(?!\s*[(\[])", re.IGNORECASE)


class Bare(NamedTuple):
    """A name without its parentheses; it ends before the character `end` of the condition."""

    text: Text
    end: int


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    seen: set[Node] = set()
    for job in pipeline.jobs:
        for item in (job, *job.steps):
            node = condition_node(item) if item.condition else None
            if node is None or node in seen:
                continue
            seen.add(node)
            if node.kind != "scalar" or not _names_one(node.value):
                continue
            text = node.as_text()
            for match in NAME.finditer(text.value):
                if name := match["name"]:
                    message = (
                        f"`{name}` is no value that GitHub knows: it refuses the whole workflow, and no job runs. "
                        f"The function is `{name}()`."
                    )
                    yield Finding(text.place(match.start(), match.end()), message, subject=Bare(text, match.end()))


def _names_one(condition: str) -> bool:
    return any(word.kind == "name" and word.text.lower() in STATUS_FUNCTIONS for word in words_of(condition))


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    bare = finding.subject
    return replace_in(bare.text, bare.end, bare.end, "()") if isinstance(bare, Bare) else None


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S1.10",),
    platforms=(Platform.ACTIONS, Platform.ACTION),
    words=("failure", "always", "success", "cancelled"),
    detect=detect,
    fix=fix,
)
