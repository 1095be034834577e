r"""A command sends JSON that is none.

A brace too many, a comma before the last brace, single quotes around the keys: the server answers with 400, and nothing
is sent. Often the quotes were there, and the shell took them away: in `"{"a": 1}"` the inner ones end the text and
begin it again, and `{a: 1}` is what is sent.

Bad:

```bash
set -euo pipefail
curl -f -X POST -H "Content-Type: application/json" -d "{"state": "done"}" "$URL"  # <-
```

Good:

```bash
set -euo pipefail
curl -f -X POST -H "Content-Type: application/json" -d '{"state": "done"}' "$URL"
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline import Finding, Pipeline, Rule, Severity
from ghapp.rules._curl import PLATFORMS
from ghapp.rules._payloads import WORDS, Payload, payloads

_SIGNS = re.compile("[\ue000-\uf8ff]")
_KEY = re.compile(r"\"[\w-]+\"\s*:")


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for payload in payloads(pipeline):
        broken = payload.template.broken()
        if broken is None or not (payload.template.has_keys or _KEY.search(payload.raw)):
            continue
        at, why = broken
        yield Finding(payload.whole, _message(payload, at, why))


def _message(payload: Payload, at: int, why: str) -> str:
    text = _SIGNS.sub("…", payload.template.text)
    near = " ".join(text[max(0, at - 20) : at + 20].split())
    sent = f"This sends text that is no JSON: {why}, at `{near}`. The server will refuse it."
    if not payload.template.has_keys:
        sent += " The quotes around its keys are the shell's: they end the text and begin it again."
    return sent


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S2.11",),
    platforms=PLATFORMS,
    words=WORDS,
    detect=detect,
)
