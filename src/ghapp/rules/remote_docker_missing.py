r"""Docker is called in a CircleCI job that has no Docker daemon.

A job with `docker:` runs inside of a container. Its image may have the `docker` command, but the daemon that does the
work is only there after `setup_remote_docker`. Without it the first command that needs the daemon fails.

Bad:

```yaml
version: 2.1
jobs:
  build:
    docker: [{image: cimg/base:2026.08}]
    steps:
      - checkout
      - run: docker build -t app .  # <-
workflows: {main: {jobs: [build]}}
```

Good:

```yaml
version: 2.1
jobs:
  build:
    docker: [{image: cimg/base:2026.08}]
    steps:
      - checkout
      - setup_remote_docker
      - run: docker build -t app .
workflows: {main: {jobs: [build]}}
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

from ghapp.pipeline import Command, Edit, Finding, Gap, Job, Pipeline, Platform, Rule, Severity, Step
from ghapp.pipeline.edits import insert_before
from ghapp.pipeline.model import RunnerKind

NEEDS_DAEMON = frozenset(
    {"build", "run", "push", "pull", "load", "save", "tag", "images", "ps", "exec", "cp", "inspect"}
)
HARMLESS_ORBS = re.compile(r"circleci/(node|python|ruby|go|aws-cli|slack|browser-tools|codecov|jq|github-cli)")
ELSEWHERE = re.compile(r"DOCKER_HOST|docker\.sock|dockerd|service docker|docker context")


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        found = _without_daemon(job)
        if found is not None:
            said = " ".join(word.raw for word in found.words[:2])
            message = (
                f"`{said}` needs a Docker daemon, and `{job.key.text}` has none: its steps run in a container. It "
                "stops with 'Cannot connect to the Docker daemon'. `setup_remote_docker` before it gives the job one."
            )
            severity = Severity.WARNING if found.masks else None
            yield Finding(found.place, message, severity, subject=found)


def _without_daemon(job: Job) -> Command | None:
    """The first command of the job that needs the daemon before anything could have set one up."""
    own = any("/" in label for label in job.runner.labels)  # a runner of one's own may have a daemon
    if job.runner.kind is not RunnerKind.DOCKER or own or ELSEWHERE.search(job.pipeline.source.text):
        return None
    for item in job.trail:
        if isinstance(item, Gap) or (isinstance(item, Step) and not _harmless(item)):
            return None
        if isinstance(item, Command) and _needs_daemon(item):
            return None if item.guards else item
    return None


def _harmless(step: Step) -> bool:
    known = step.uses is None or HARMLESS_ORBS.fullmatch(step.uses.name)
    return bool(known) and step.builtin != "setup_remote_docker"


def _needs_daemon(command: Command) -> bool:
    first = command.operands[0].literal if command.operands else None
    return command.name == "docker" and first in NEEDS_DAEMON and not command.has_option("--help", "-H", "--host")


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    step = cast(Command, finding.subject).step
    return insert_before(step.node, "- setup_remote_docker") if not step.calls else None


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("F28",),
    platforms=(Platform.CIRCLECI,),
    words=tuple(f"docker {word}" for word in ("build", "run", "push", "pull", "load")),
    detect=detect,
    fix=fix,
)
