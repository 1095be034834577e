r"""A job asks for a hosted runner that no longer exists.

GitHub keeps the two or three newest images of each system. Once one is gone, no machine takes a job with its label: the
job ends with an error, or waits until GitHub gives it up. A newer image has other tools, so the job may need more than
the new label: the README of actions/runner-images lists what each has.

Bad:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-20.04  # <-
    steps:
      - uses: actions/checkout@v6
```

Good:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v6
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline import Confidence, Finding, Job, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.source import Place
from ghapp.rules._facts import facts

SIZE = re.compile(r"-(large|xlarge)$")
"""A larger machine of the same image."""


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        node = job.runner.node
        for label in dict.fromkeys(job.runner.labels if node is not None and len(job.calls) == 0 else ()):
            gone = facts("retired")["labels"].get(SIZE.sub("", label.lower()))
            if gone is None or label in pipeline.policy.runners or not _alone(job):
                continue
            day, newer = gone
            message = (
                f"GitHub has had no `{label}` since {day}: no machine takes this job, and it fails without having run. "
                f"The nearest label that is left is `{newer}`."
            )
            yield Finding(_place(job, label), message, confidence=_confidence(job))


def _alone(job: Job) -> bool:
    """Whether the label by itself says which machine: several together are those of a runner of one's own."""
    node = job.runner.node
    return node is None or node.kind == "scalar" or len(node.elements()) == 1


def _confidence(job: Job) -> Confidence:
    """A job with a condition may never come to run."""
    return Confidence.HIGH if job.condition is None else Confidence.MEDIUM


def _place(job: Job, label: str) -> Place:
    """Where the label is written: in the matrix, or at `runs-on`."""
    strategy = job.node.folded().get("strategy")
    written = (each for each in strategy.walk() if each.text == label) if strategy is not None else iter(())
    found = next(written, job.runner.node) or job.node
    return found.place


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("F29",),
    platforms=(Platform.ACTIONS,),
    words=(
        "ubuntu-16.04", "ubuntu-18.04", "ubuntu-20.04", "macos-10.15", "macos-11", "macos-12", "macos-13", "macos-14",
        "windows-2016", "windows-2019",
    ),
    detect=detect,
)  # fmt: skip
