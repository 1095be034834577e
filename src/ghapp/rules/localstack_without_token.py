r"""LocalStack is started without the token that its image asks for.

Since March 2026 there is one image of LocalStack, and it wants `LOCALSTACK_AUTH_TOKEN`: without it the container ends
with an error, and every test that looks for it at port 4566 fails. This goes for `latest`, for no tag, and for 2026.3
and later; 4.14 and `community-archive` still start without.

Bad:

```yaml
jobs:
  integration-tests:
    runs-on: ubuntu-24.04
    services:
      localstack:
        image: localstack/localstack:latest  # <-
        ports: ['4566:4566']
    steps:
      - uses: actions/checkout@v6
      - run: pytest
```

Good:

```yaml
jobs:
  integration-tests:
    runs-on: ubuntu-24.04
    services:
      localstack:
        image: localstack/localstack:2026.8
        env:
          LOCALSTACK_AUTH_TOKEN: ${{ secrets.LOCALSTACK_AUTH_TOKEN }}
        ports: ['4566:4566']
    steps:
      - uses: actions/checkout@v6
      - run: pytest
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline import Command, Confidence, Evidence, Finding, Job, Pipeline, Platform, Rule, Severity, Step
from ghapp.pipeline.compose import containers, starts
from ghapp.pipeline.yaml import Node

ACTION = "localstack/setup-localstack"
IMAGE = re.compile(r"(?:(?:docker\.io|public\.ecr\.aws)/)?localstack/localstack(?::(?P<tag>[\w.-]+))?")
"""Not `localstack-pro`, which has always wanted one."""
_TOKEN = re.compile(r"LOCALSTACK_(?:AUTH_TOKEN|API_KEY)|env[-_]file")
_DATED = re.compile(r"(20\d\d)\.(\d{1,2})(?:\.\d+)?")


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        for service in job.services:
            node = service.node.get("image", merge=True) or service.node
            if refuses(service.image) and not _says_token(service.node) and not job.contexts:
                yield _of_service(pipeline, node, service.image or "")
        yield from _of_steps(pipeline, job)


def refuses(image: str | None) -> bool:
    """Whether the image ends without a token."""
    match = IMAGE.fullmatch(image or "")
    tag = (match["tag"] or "latest") if match is not None else ""
    dated = _DATED.fullmatch(tag)
    return tag in ("latest", "stable") or (dated is not None and (int(dated[1]), int(dated[2])) >= (2026, 3))


def _says_token(node: Node) -> bool:
    return _TOKEN.search(node.source.text, node.start, node.end) is not None


def _message(image: str) -> str:
    return (
        f"`{image}` ends at once without LOCALSTACK_AUTH_TOKEN, which it is not given: since 2026.3 LocalStack asks "
        "for one, and nothing listens at port 4566. Hand it the token from a secret, or take `localstack/localstack:"
        "4.14`, which starts without."
    )


def _of_service(pipeline: Pipeline, node: Node, image: str) -> Finding:
    if pipeline.platform is Platform.ACTIONS:
        return Finding(node.place, _message(image))
    return Finding(node.place, _message(image), Severity.WARNING, Confidence.MEDIUM)  # project settings are not seen


def _of_steps(pipeline: Pipeline, job: Job) -> Iterator[Finding]:
    for item in job.trail:
        if isinstance(item, Step):
            yield from _of_action(item)
        elif isinstance(item, Command) and starts(item):
            for each in containers(item, pipeline.tree) or ():
                if refuses(each.image) and not _says_token(each.node):
                    evidence = (Evidence(each.node.place, f"this starts `{each.image}`"),)
                    yield Finding(item.place, _message(each.image or ""), None, Confidence.MEDIUM, evidence)
        elif isinstance(item, Command) and item.is_a("docker", "run") and not _TOKEN.search(item.raw):
            words = [item.literal(word) for word in item.words]
            image = next((word for word in words if refuses(word)), None)
            if image is not None and None not in words[: words.index(image)]:
                yield Finding(item.place, _message(image))


def _of_action(step: Step) -> Iterator[Finding]:
    if step.uses is None or step.uses.name.lower() != ACTION or step.inputs.keys() & {"skip-startup", "image-name"}:
        return
    image = f"localstack/localstack:{step.input('image-tag') or 'latest'}"
    told = " ".join([*step.env, *step.job.env, step.input("configuration") or ""])
    if refuses(image) and not _TOKEN.search(told) and not any(_TOKEN.search(each.raw) for each in step.job.commands):
        yield Finding(step.place, _message(image), None, Confidence.MEDIUM)


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S1.2",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI),
    words=("localstack", "compose up"),
    detect=detect,
)
