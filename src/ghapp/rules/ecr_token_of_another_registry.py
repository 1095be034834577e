r"""`docker login` is given a token of another registry.

A token of `aws ecr get-login-password` is for the private registries of one region; that of `aws ecr-public` is for
public.ecr.aws alone, and is given out in us-east-1 and us-west-2 only. With any other, `docker login` fails with "400
Bad Request" or "401 Unauthorized".

Bad:

```yaml
jobs:
  build:
    steps:
      - run: aws ecr get-login-password --region eu-west-1 | docker login --username AWS --password-stdin 123456789012.dkr.ecr.us-east-1.amazonaws.com  # <-
```

Good:

```yaml
jobs:
  build:
    steps:
      - run: aws ecr get-login-password --region us-east-1 | docker login --username AWS --password-stdin 123456789012.dkr.ecr.us-east-1.amazonaws.com
```
"""  # noqa: E501 - the lines are what a reader would write

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import cast

from ghapp.pipeline import Command, Edit, Finding, Pipeline, Platform, Rule, Severity, Word
from ghapp.pipeline.edits import replace_in
from ghapp.rules._ecr import Registry, registry_of
from ghapp.rules._ecr_logins import is_token, login_host

PUBLIC_REGIONS = ("us-east-1", "us-west-2")


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        for command, following in pairwise(job.commands):
            registry = _target(command, following) if is_token(command) else None
            why = _why(command, registry) if registry is not None else ""
            if why:
                place = command.word_place(_region(command) or command.words[1])
                yield Finding(place, f"{why} the login fails and the job with it.", subject=(command, registry))


def _target(token: Command, following: Command) -> Registry | None:
    """Where the token goes: through a pipe, or by `$(…)` into the login around it, which runs next."""
    around = following.script is token.script and following.start <= token.start and token.end <= following.end
    login = token.piped_to or (following if around else None)
    host = login_host(login) if login is not None else None
    return registry_of(host) if host is not None else None


def _why(command: Command, registry: Registry) -> str:
    public = command.is_a("aws", "ecr-public")
    word = _region(command)
    region = command.literal(word) if word is not None else None
    if public != registry.public:
        right = "ecr-public" if registry.public else "ecr"
        return f"The token is not for `{registry.host}`, which takes that of `aws {right} get-login-password`:"
    if public and region is not None and region not in PUBLIC_REGIONS:
        return f"`aws ecr-public` gives out tokens in us-east-1 and us-west-2 only, not in `{region}`:"
    if region is not None and Registry(registry.host, region=region).differs(registry):
        return f"The token is of `{region}`, but the registry `{registry.host}` takes those of its own region only:"
    return ""


def _region(command: Command) -> Word | None:
    return command.option("--region")


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    """The region of the registry in place of the other; where the services differ, it cannot be told which is meant."""
    command, registry = cast(tuple[Command, Registry], finding.subject)
    word = _region(command)
    if word is None or word.raw != word.literal or command.is_a("aws", "ecr-public") != registry.public:
        return None
    region = PUBLIC_REGIONS[0] if registry.public else registry.region
    return replace_in(command.script.text, word.start, word.end, region)


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S1.6", "F19"),
    platforms=(Platform.ACTIONS, Platform.ACTION, Platform.CIRCLECI, Platform.SHELL),
    words=("get-login-password login",),
    detect=detect,
    fix=fix,
)
