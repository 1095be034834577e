r"""A variable stands in single quotes, so that its name is sent instead of its value.

Within single quotes the shell fills nothing in: `'{"text": "$MESSAGE"}'` sends the word `$MESSAGE`. The request
succeeds, and people read the name of a variable where the message should be.

Bad:

```yaml
jobs:
  release:
    runs-on: ubuntu-24.04
    steps:
      - run: |
          curl -f -H 'Content-Type: application/json' -d '{"version": "$VERSION", "state": "done"}' "$URL"  # <-
```

Good:

```yaml
jobs:
  release:
    runs-on: ubuntu-24.04
    steps:
      - run: |
          curl -f -H 'Content-Type: application/json' -d "$(jq -n --arg version "$VERSION" '{"version": $version, "state": "done"}')" "$URL"
```
"""  # noqa: E501 - the lines are what a reader would write

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline import Edit, Finding, Pipeline, Rule, Severity
from ghapp.pipeline.model import PartKind
from ghapp.rules._curl import PLATFORMS
from ghapp.rules._jq import with_jq
from ghapp.rules._json import Template, parts_of
from ghapp.rules._payloads import WORDS, Payload, payloads

_VARIABLE = re.compile(r"\$(?:[A-Z][A-Z0-9_]+\b(?!\()|\{[A-Z][A-Z0-9_]+\})")
_ELSEWHERE = re.compile(
    r"\"(?:\w*commands?|cmd|args|script|run|entrypoint|query|expression|pattern|\w*templates?\w*|regex|formula)\"", re.I
)
"""Keys whose text another shell or program fills in."""


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for payload in payloads(pipeline):
        written = _unexpanded(payload)
        if written is None or not payload.template.has_keys or _ELSEWHERE.search(payload.template.text):
            continue
        message = (
            f"`{written}` stands in single quotes, where the shell fills nothing in: the text `{written}` is what "
            "arrives. Put the payload together with `jq`, which also quotes the value."
        )
        yield Finding(payload.place(written), message, subject=payload)


def _unexpanded(payload: Payload) -> str | None:
    """The first variable that is sent by its name."""
    if payload.verbatim:
        found = _VARIABLE.search(payload.raw)
        return found[0] if found is not None else None
    for part in payload.parts:
        if part.kind is PartKind.LITERAL and part.quote == "'" and len(part.text) > 1:
            found = _VARIABLE.search(part.text)
            if found is not None:
                return found[0]
    return None


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    payload = finding.subject
    if not isinstance(payload, Payload) or any(part.kind is not PartKind.LITERAL for part in payload.parts):
        return None
    return with_jq(payload, Template(parts_of(payload.template.text)))


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S2.11",),
    platforms=PLATFORMS,
    words=WORDS,
    detect=detect,
    fix=fix,
)
