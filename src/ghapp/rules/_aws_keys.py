"""Where CI files hand AWS keys that live for years to a job.

Facts: github.com/aws-actions/configure-aws-credentials v6 (action.yml), github.com/docker/login-action v4, CircleCI's
orb circleci/aws-cli 5.4.1 (`setup`: without `role_arn` it writes the keys of the named variables into a profile).
Keys that come with a session token are temporary.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ghapp.pipeline import Command, Job, Pipeline, Platform, Step
from ghapp.pipeline.source import Place
from ghapp.pipeline.yaml import Node

_HALVES = ("access_key_id", "secret_access_key")
_SECRET = re.compile(r"\$\{\{\s*secrets\s*[.\[]")
_KEY_ID = re.compile(r"(?<![A-Za-z0-9])AKIA[A-Z2-7]{16}(?![A-Za-z0-9])")
"""An id of AWS is base 32, so it has no 0, 1, 8 and 9 (docs.aws.amazon.com, IAM identifiers)."""
_MADE_UP = re.compile(r"EXAMPLE|SAMPLE|DUMMY|FAKE|TEST|XXXX|ABCDEF|234567")
_FEWEST_SIGNS = 8
_ECR = re.compile(r"\.dkr\.ecr\.|public\.ecr\.aws|\becr\b", re.IGNORECASE)
_OTHER_STORE = re.compile(
    r"\bR2_|_R2_|_R2\b|minio|spaces|wasabi|\bB2_|_B2_|backblaze|scaleway|\bSCW_|hetzner|ovh|linode|tigris|storj|"
    r"cloudflare|digitalocean|\bDO_|gcs|hmac|yandex|supabase|alibaba|\boss_|localstack|moto|ceph|garage",
    re.IGNORECASE,
)
"""Services that speak S3's language and know no OpenID Connect of AWS."""
_OTHER_ENDPOINT = re.compile(
    r"endpoint[-_]url|aws[-_]endpoint|s3[-_]endpoint|cloudflarestorage|digitaloceanspaces|localstack|minio|backblazeb2|"
    r"storage\.googleapis",
)


@dataclass(frozen=True, slots=True)
class Key:
    """One half of a stored key as it is handed over. `how`: in words; `sure`: nothing about it is open."""

    place: Place
    how: str
    sure: bool = True


def stored_keys(pipeline: Pipeline) -> Iterator[Key]:
    """Every half of a stored key that the pipeline hands to its jobs."""
    elsewhere = bool(_OTHER_ENDPOINT.search(pipeline.source.text.lower()))
    if not elsewhere:
        yield from _in_environments(pipeline)
    for job in pipeline.jobs:
        for step in job.steps:
            yield from _in_inputs(step)
            yield from _in_orb(step)
        yield from () if elsewhere else _in_commands(job)


def _in_environments(pipeline: Pipeline) -> Iterator[Key]:
    """The maps named `env` (CircleCI: `environment`) of the file itself, called files have their own turn."""
    name = "environment" if pipeline.platform is Platform.CIRCLECI else "env"
    for node in pipeline.document.maps if pipeline.document is not None else ():
        if node.key is not None and node.key.value == name:
            yield from _halves({key.value: value for key, value in node.entries()}, "AWS_", "the environment")


def _in_inputs(step: Step) -> Iterator[Key]:
    if step.uses is None or step.uses.element:
        return
    name = step.uses.name
    if name == "docker/login-action" and _ECR.search(step.input("registry") or ""):
        for half in ("username", "password"):
            if _is_stored(step.inputs.get(half)):
                yield Key(step.inputs[half].place, f"the `{half}` of `{name}`, with which it logs in to ECR")
    elif not any("endpoint" in each.lower() for each in step.inputs):
        yield from _halves(step.inputs, "aws_", f"`{name}`")


def _halves(said: Mapping[str, Node], prefix: str, where: str) -> Iterator[Key]:
    """The halves of a key in a map, whose names begin with `prefix` in any spelling."""
    named = {key.replace("-", "_").lower(): (key, node) for key, node in said.items()}
    if f"{prefix.lower()}session_token" in named:
        return
    for half in _HALVES:
        key, node = named.get(f"{prefix.lower()}{half}", ("", None))
        if node is not None and _is_stored(node):
            yield Key(node.place, f"`{key}` of {where}")


def _is_stored(node: Node | None) -> bool:
    text = node.text if node is not None else None
    return bool(text) and _holds_key(text)


def _holds_key(text: str) -> bool:
    return bool(_SECRET.search(text) or next(key_ids(text), None)) and not _OTHER_STORE.search(text)


def key_ids(text: str) -> Iterator[re.Match[str]]:
    """The ids of long-lived access keys that are written out, without those that only look like one."""
    for key in _KEY_ID.finditer(text):
        if not _MADE_UP.search(key[0]) and len(set(key[0])) >= _FEWEST_SIGNS:
            yield key


def _in_orb(step: Step) -> Iterator[Key]:
    """The set-up of CircleCI's orb, which writes the keys of variables into a profile unless it is given a role."""
    if step.uses is None or step.uses.name != "circleci/aws-cli" or step.uses.element != "setup":
        return
    names = {name.replace("-", "_") for name in step.inputs}
    if "role_arn" not in names:
        given = bool(names & {"aws_access_key_id", "aws_secret_access_key"})
        how = "the variables that are named" if given else "`AWS_ACCESS_KEY_ID`, as it does without `role_arn`"
        yield Key(step.place, f"`{step.uses.name}`'s `setup`, which takes the keys from {how}", sure=given)


def _in_commands(job: Job) -> Iterator[Key]:
    """`aws configure set aws_access_key_id …` with a stored value, unless a session token is set, too."""
    found: list[Command] = []
    for command in job.running("aws"):
        if command.is_a("aws", "configure", "set") and len(command.operands) > 2:
            name = command.operands[2].literal or "aws_session_token"
            if name.rpartition(".")[2] == "aws_session_token":
                return
            if name.rpartition(".")[2] in ("aws_access_key_id", "aws_secret_access_key"):
                found.append(command)
    for command in found:
        raw = command.operands[3].raw if len(command.operands) > 3 else ""
        if _holds_key(raw):
            yield Key(command.place, "`aws configure set`")
        elif job.pipeline.platform is Platform.CIRCLECI and _from_outside(command):
            yield Key(command.place, "`aws configure set`", sure=False)


def _from_outside(command: Command) -> bool:
    """Whether the value is a variable that CircleCI's settings must hold: nothing here gives it one."""
    value = command.operands[3]
    names = value.variables
    return bool(names) and not any(
        name in command.variables or command.step.scope.variable(name) is not None for name in names
    )
