r"""An action or image is used in a version that was replaced by malicious code.

Attackers moved the tags of several well-known actions to code that hands out the secrets of whoever runs it. Some of
those tags are deleted by now, so a job that names one fails before its first step; others point to the old code again.
Secrets of jobs that ran in those days need to be replaced, and a pin by commit keeps it from happening again.

Bad:

```yaml
jobs:
  scan:
    runs-on: ubuntu-24.04
    steps:
      - uses: aquasecurity/trivy-action@0.28.0  # <-
        with: {scan-type: fs, exit-code: '1', severity: CRITICAL}
```

Good:

```yaml
jobs:
  scan:
    runs-on: ubuntu-24.04
    steps:
      - uses: aquasecurity/trivy-action@ed142fd0673e97e23eac54620cfb913e5ce36c25 # v0.36.0
        with: {scan-type: fs, exit-code: '1', severity: CRITICAL}
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline import Edit, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.edits import set_key
from ghapp.pipeline.model import Job, Uses
from ghapp.pipeline.source import Place
from ghapp.rules._facts import facts

ADVICE = "Pin it by the commit of a version that you have looked at, and replace the secrets of jobs that ran it then."


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        for step in job.steps:
            if step.uses is not None and not step.uses.element:
                yield from _action(step.uses)
        yield from _images(job)


def _action(uses: Uses) -> Iterator[Finding]:
    known, place = facts("compromised"), uses.node.place
    entry = known["actions"].get(uses.name.lower(), {"refs": "(?!)"})
    if (deed := known["commits"].get(uses.ref)) is not None:
        yield Finding(place, f"This commit {deed}. {ADVICE}")
    elif re.fullmatch(entry["refs"], uses.ref):
        end = "GitHub cannot resolve it, and the job fails before its first step. " if "gone" in entry else ""
        message = f"The tag `{uses.ref}` of `{uses.name}` {entry['happened']}. {end}{ADVICE}"
        yield Finding(place, message, severity=None if "gone" in entry else Severity.WARNING, subject=uses)
    elif f"{uses.name.removeprefix('docker://')}:{uses.ref}" in known["images"].split():
        yield _image(uses.node.text, place)


def _images(job: Job) -> Iterator[Finding]:
    """Images that the job runs in, beside, or by `docker run`."""
    nodes = [(job.runner.image, job.runner.node), *((service.image, service.node) for service in job.services)]
    bad = facts("compromised")["images"].split()
    yield from (_image(image, node.place) for image, node in nodes if image in bad and node is not None)
    if any(step.text is not None and "trivy:0.69" in step.text.value for step in job.steps):
        for command in job.commands:
            words = (word for word in command.words if word.literal in bad)
            yield from (_image(word.literal, command.word_place(word)) for word in words)


def _image(image: str | None, place: Place) -> Finding:
    return Finding(place, f"`{image}` {facts('compromised')['image']}. {ADVICE}")


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    uses = finding.subject
    if not isinstance(uses, Uses) or uses.comment or uses.node.parent is None:
        return None
    safe = facts("compromised")["actions"][uses.name.lower()].get("safe")
    return set_key(uses.node.parent, "uses", f"{uses.name}@{safe['sha']} # {safe['tag']}") if safe else None


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("F34",),
    platforms=(Platform.ACTIONS, Platform.ACTION, Platform.CIRCLECI),
    words=("aquasec", "tj-actions/changed-files", "reviewdog/action-setup", "kics-github-action"),
    detect=detect,
    fix=fix,
)
