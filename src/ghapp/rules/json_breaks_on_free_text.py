r"""Free text goes into JSON as it is: the first quote or line break in it makes the payload invalid.

Commit messages, titles and logs hold quotation marks and line breaks, and both end a JSON string. It works for months,
and the first message such as `Revert "…"` is refused with 400, often on the very day the notice was needed. `jq` quotes
what it is given; in an action's input, `toJSON()` does.

Bad:

```yaml
jobs:
  release:
    runs-on: ubuntu-24.04
    steps:
      - run: |
          curl -f -d "{\"text\": \"$(git log -1 --pretty=%B)\"}" "$URL"  # <-
```

Good:

```yaml
jobs:
  release:
    runs-on: ubuntu-24.04
    steps:
      - run: |
          curl -f -d "$(jq -n --arg value1 "$(git log -1 --pretty=%B)" '{"text": $value1}')" "$URL"
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Edit, Finding, Pipeline, Rule, Severity
from ghapp.rules._curl import PLATFORMS
from ghapp.rules._free_text import EXPRESSION, freedom
from ghapp.rules._jq import with_jq
from ghapp.rules._json import Template, parts_of
from ghapp.rules._payloads import WORDS, Payload, payloads


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for payload in payloads(pipeline):
        yield from _sent(payload)
    for job in pipeline.jobs:
        for step in job.steps:
            for node in step.inputs.values():
                written = EXPRESSION.search(node.text or "")
                if written is not None and _in_a_string(node.text or "", written[0]):
                    text = node.as_text()
                    place = text.place(written.start(), written.end())
                    message = f"{_message(written[0])} `toJSON()` around it, and no quotes, make it safe."
                    yield Finding(place, message)


def _sent(payload: Payload) -> Iterator[Finding]:
    template = payload.template
    if template.broken() is not None:
        return
    for number in sorted(template.quoted):
        part = template.gaps[number]
        confidence = freedom(payload.command, part)
        if confidence is not None:
            written = payload.written(part)
            message = f"{_message(written)} Put the payload together with `jq`, which quotes the value."
            yield Finding(payload.place(written), message, confidence=confidence, subject=payload)
            return


def _message(written: str) -> str:
    shown = " ".join(written.split())[:80]
    return f"This is no valid JSON any more once `{shown}` holds a quotation mark or a line break, and is then refused."


def _in_a_string(text: str, written: str) -> bool:
    """Whether an input is JSON that has the expression within a string."""
    template = Template(parts_of(text))
    numbers = [number for number, part in enumerate(template.gaps) if part.text == written]
    return template.has_keys and template.broken() is None and any(number in template.quoted for number in numbers)


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    payload = finding.subject
    return with_jq(payload, payload.template) if isinstance(payload, Payload) else None


RULE = Rule(
    page=__doc__,
    severity=Severity.WARNING,
    sources=("S2.11",),
    platforms=PLATFORMS,
    words=(*WORDS, "payload github.event.", "json github.event."),
    detect=detect,
    fix=fix,
)
