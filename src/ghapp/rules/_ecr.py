"""Amazon ECR in a job: which commands, actions and orbs push to it or pull from it.

Facts: docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html and …/public/public-registry-auth.html;
docs.docker.com/reference/cli/docker; CircleCI's orb circleci/aws-ecr 9.8.1, whose command `push_image` does not log in
while `build_and_push_image` does (src/scripts/push_image.sh).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ghapp.pipeline import Command, Job, Mask, Step, StepKind, Word
from ghapp.pipeline.source import Place
from ghapp.pipeline.yaml import Node

PUBLIC = "public.ecr.aws"

_PIECE = r"(?>(?:[\w-]++|\$\{\w++\}|\$\w++|\$\{\{[^}]*+\}\}|<<[^>]*+>>)+)"
_PRIVATE = re.compile(rf"({_PIECE})\.dkr\.ecr(?:-fips)?\.({_PIECE})\.amazonaws\.com(?:\.cn)?")
_NAMED = re.compile(
    r"(?:\$\{?|\$\{\{ *(?:env|vars|secrets)\.|<< *parameters\.)(?!\w*public)"
    r"(?:AWS_)?ECR_(?:\w*_)?(?:REGISTRY|URL|URI|REPO\w*)\b",
    re.IGNORECASE,
)
"""A variable that says by its name that it holds a private ECR registry."""

_TAGS = re.compile(r"\$\{\{ *steps\.([\w-]+)\.outputs\.tags *\}\}")
_ON_SOME_EVENTS = re.compile(r"\$\{\{ *github\.(?:event_name|ref)\b.*\}\}")
_EXPRESSION = re.compile(r"\$\{\{.*?\}\}")

BUILDERS = ("docker", "podman", "nerdctl", "buildah")
_PUSHERS = ("docker/build-push-action", "circleci/aws-ecr")
_MASKED = {Mask.OR, Mask.CONDITION, Mask.NO_ERREXIT, Mask.TOLERATED}


@dataclass(frozen=True, slots=True)
class Registry:
    """A registry of ECR. `host` as the shell sees it; `account` and `region` as written, empty where not told."""

    host: str
    account: str = ""
    region: str = ""

    @property
    def public(self) -> bool:
        return self.host == PUBLIC

    def differs(self, other: Registry) -> bool:
        """Whether it is surely another one: by kind, or by an account or region that both tell."""
        pairs = ((self.account, other.account), (self.region, other.region))
        told = any(_told(mine) and _told(theirs) and mine != theirs for mine, theirs in pairs)
        return self.public != other.public or told


def _told(name: str) -> bool:
    return name.replace("-", "").isalnum()


@dataclass(frozen=True, slots=True)
class Transfer:
    """A push to ECR, or a pull from a private registry of it."""

    item: Command | Step
    verb: str  # push | pull
    registry: Registry

    @property
    def job(self) -> Job:
        return self.item.job

    @property
    def step(self) -> Step:
        return self.item if isinstance(self.item, Step) else self.item.step

    @property
    def place(self) -> Place:
        """What makes it a transfer: the `--push` of a build, else the whole command, or the name of what is used."""
        if isinstance(self.item, Command):
            push = next((word for word in self.item.words if word.raw.partition("=")[0] in _PUSHES), None)
            return self.item.word_place(push) if push is not None else self.item.place
        return name_of(self.item).place

    @property
    def conditional(self) -> bool:
        """Whether it may never run."""
        guarded = isinstance(self.item, Command) and bool(self.item.guards)
        return guarded or self.step.condition is not None

    @property
    def words(self) -> str:
        """`push to X`, for messages."""
        return f"{self.verb} {'to' if self.verb == 'push' else 'from'} `{self.registry.host}`"


_PUSHES = ("--push", "--output", "-o")


def registry_of(image: str) -> Registry | None:
    """The registry that an image (or a bare host) names; None for one that is not ECR's."""
    name = image.strip().removeprefix("https://").removeprefix("docker://")
    if match := _PRIVATE.match(name):
        return Registry(match[0], match[1], match[2])
    host = name.partition("/")[0]
    if host == PUBLIC:
        return Registry(PUBLIC)
    return Registry(host) if _NAMED.match(name) else None


def may_transfer(job: Job) -> bool:
    """Whether anything in the job is of a kind that `transfers` looks at."""
    by_step = any(step.uses is not None and step.uses.name in _PUSHERS for step in job.steps)
    return by_step or not job.programs.keys().isdisjoint(BUILDERS)


def transfers(item: Command | Step) -> list[Transfer]:
    """The pushes and pulls of a command or step: for each registry of a build one."""
    verb, images = _command(item) if isinstance(item, Command) else _step(item)
    hosts = {registry.host: registry for image in images if (registry := registry_of(image)) is not None}
    # anyone may pull from the public registry
    return [Transfer(item, verb, each) for each in hosts.values() if verb == "push" or not each.public]


def _command(command: Command) -> tuple[str, list[str]]:
    if command.name not in BUILDERS or not command.operands:
        return "", []
    for verb in ("push", "pull"):
        if any(command.is_a(command.name, *group, verb) for group in ((), ("image",), ("manifest",))):
            may_fail = verb == "pull" and _MASKED & set(command.masks)
            return ("", []) if may_fail else (verb, [command.expand(command.operands[-1])])
    if command.is_a("docker", "buildx", "imagetools", "create") or _pushes(command):
        return "push", [command.expand(word) for word in _tags(command)]
    return "", []


def _pushes(command: Command) -> bool:
    if not (command.is_a(command.name or "", "build") or command.is_a("docker", "buildx", "build")):
        return False
    output = command.option("--output", "-o")
    return command.has_option("--push") or (output is not None and _pushing(command.expand(output)))


def _pushing(output: str) -> bool:
    return "type=registry" in output or "push=true" in output


def _tags(command: Command) -> Iterator[Word]:
    for word, following in zip(command.words, (*command.words[1:], None), strict=True):
        if word.raw in ("-t", "--tag") and following is not None:
            yield following
        elif word.raw.startswith("--tag="):
            yield word.after(len("--tag="))


def _step(step: Step) -> tuple[str, list[str]]:
    name = step.uses.name if step.uses is not None else ""
    if name == "docker/build-push-action":
        push = step.input("push") or ""
        pushes = push == "true" or _ON_SOME_EVENTS.fullmatch(push) or _pushing(step.input("outputs") or "")
        return ("push", _images(step)) if pushes else ("", [])
    if name == "circleci/aws-ecr" and step.uses is not None and step.uses.element == "push_image":
        if step.input("public_registry") == "true":
            return "push", [PUBLIC]
        account, region = said(step, "account_id") or "$AWS_ACCOUNT_ID", said(step, "region") or "$AWS_DEFAULT_REGION"
        return "push", [f"{account}.dkr.ecr.{region}.amazonaws.com"]
    return "", []


def _images(step: Step) -> list[str]:
    """The tags of docker/build-push-action; those that docker/metadata-action made, by its images."""
    tags = said(step, "tags")
    if made := _TAGS.fullmatch(tags.strip()):
        tags = "\n".join(said(each, "images") for each in step.job.steps if each.id == made[1])
    return [line.removeprefix("name=") for line in re.split(r"[\n,]", tags) if line.strip()]


def name_of(step: Step) -> Node:
    """Where a step says what it uses: an action, or the command of an orb."""
    if step.kind is StepKind.USES and step.uses is not None:
        return step.uses.node
    return step.node.pairs[0][0] if step.node.pairs else step.node


def said(step: Step, name: str) -> str:
    """An input with what is known of its expressions filled in; empty when it is not given."""
    return _EXPRESSION.sub(lambda match: step.scope.expression(match[0]) or match[0], step.input(name) or "")
