"""Amazon ECR in a job: which commands and actions push to it or pull from it, and what logs in to it.

Facts: docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html; github.com/aws-actions/amazon-ecr-login
v2.1.7; CircleCI's orb circleci/aws-ecr 9.8.1, whose `push_image` does not log in while `build_and_push_image` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ghapp.pipeline import Command, Gap, Job, Platform, Step, Word
from ghapp.pipeline.model import RunnerKind
from ghapp.pipeline.source import Place

_PIECE = r"(?:[\w-]|\$\{?\w+\}?|\$\{\{[^}]*\}\}|<<[^>]*>>)+"
PRIVATE = re.compile(rf"({_PIECE})\.dkr\.ecr(?:-fips)?\.({_PIECE})\.amazonaws\.com(?:\.cn)?")
"""A private registry's host; groups: account, region."""
_NAMED = re.compile(
    r"^(\$\{?|\$\{\{ *(env|vars|secrets)\.|<< *parameters\.)(AWS_)?ECR_(\w*_)?(REGISTRY|URL|URI|REPO\w*)\b", re.I
)
"""A variable that says by its name that it holds an ECR registry."""
_MADE_BY_LOGIN = re.compile(r"steps\.[\w-]+\.outputs\.registry")

_BUILDERS = ("docker", "podman", "nerdctl", "buildah")
_LOGS_IN = re.compile(
    r"ecr[ -](public )?get-login|get-authorization-token|credHelpers|credsStore|ecr-login|ecr-credential-helper|"
    r"\.docker/config|AWS:|docker-credential|(crane|skopeo|oras|regctl|helm|cosign)\b.*\blogin\b",
)
_MAY_LOG_IN = re.compile(r"ecr|docker|login|registry|container|image|\becs|copilot|buildx?-|deploy|aws", re.IGNORECASE)
_NEVER_LOGS_IN = re.compile(
    r"^(aws-actions/configure-aws-credentials|docker/(setup|metadata|build-push)|actions/|circleci/aws-cli)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Transfer:
    """A push to a private ECR registry, or a pull from one. `host`: as the shell sees it, as far as it is known."""

    item: Command | Step
    verb: str  # push | pull
    image: str
    host: str

    @property
    def job(self) -> Job:
        return self.item.job

    @property
    def place(self) -> Place:
        """What makes it a transfer: the `--push` of a build, else the whole command or step."""
        if isinstance(self.item, Command):
            push = next((word for word in self.item.words if word.raw in ("--push", "--output", "-o")), None)
            return self.item.word_place(push) if push is not None else self.item.place
        return self.item.place

    @property
    def region(self) -> str | None:
        match = PRIVATE.search(self.host)
        return match.group(2) if match else None


def transfers(job: Job) -> Iterator[Transfer]:
    """The job's pushes and pulls, in order."""
    for item in job.trail:
        if isinstance(item, Command):
            verb, words = _command(item)
            images = [item.expand(word) for word in words]
        elif isinstance(item, Step):
            verb, images = _action(item)
        else:
            continue
        for image in images:
            if (host := registry(image)) and not _MADE_BY_LOGIN.search(image):
                yield Transfer(item, verb, image, host)
                break


def registry(image: str) -> str | None:
    """The host of the private registry that an image stands in; None for any other."""
    head = image.strip().partition("/")[0]
    if match := PRIVATE.search(image):
        return match[0]
    return head if _NAMED.search(image.strip()) else None


def _command(command: Command) -> tuple[str, list[Word]]:
    if command.name not in _BUILDERS or not command.operands:
        return "", []
    for verb in ("push", "pull"):
        if command.is_a(command.name, verb) or command.is_a(command.name, "image", verb):
            return verb, list(command.operands[-1:])
    builds = command.is_a(command.name, "build") or command.is_a(command.name, "buildx", "build")
    if builds and (command.has_option("--push") or "type=registry" in (_text(command, "--output", "-o"))):
        tags = [command.words[at + 1] for at, word in enumerate(command.words[:-1]) if word.raw in ("-t", "--tag")] + [
            value for word in command.words if word.raw.startswith("--tag=") and (value := word.after(6))
        ]
        return "push", tags
    return "", []


def _text(command: Command, *names: str) -> str:
    value = command.option(*names)
    return command.expand(value) if value is not None else ""


def _action(step: Step) -> tuple[str, list[str]]:
    if step.uses is None or step.uses.name != "docker/build-push-action":
        return "", []
    pushes = step.input("push") == "true" or "push=true" in (step.input("outputs") or "")
    return ("push", _lines(step)) if pushes else ("", [])


def _lines(step: Step) -> list[str]:
    known = re.compile(r"\$\{\{.*?\}\}")
    text = known.sub(lambda match: step.scope.expression(match[0]) or match[0], step.input("tags") or "")
    return [line for line in re.split(r"[\n,]", text) if line.strip()]


def may_be_logged_in(transfer: Transfer) -> bool:
    """Whether something before it in the job logs in to ECR, or does what cannot be seen."""
    job = transfer.job
    if job.pipeline.platform is Platform.ACTION or _preset(job):
        return True
    return any(isinstance(item, Gap) or logs_in(item, transfer) for item in job.before(transfer.item))


def _preset(job: Job) -> bool:
    """Whether the machine may come with credentials: self-hosted runners, a container on GitHub's."""
    platform, kind = job.pipeline.platform, job.runner.kind
    if platform is Platform.SHELL:
        return False
    return kind is RunnerKind.UNKNOWN or (platform is Platform.ACTIONS and kind is RunnerKind.DOCKER)


def logs_in(item: Command | Step, transfer: Transfer) -> bool:
    if isinstance(item, Command):
        host = login_host(item)
        if host is not None:
            return not host or "$" in host or "<<" in host or PRIVATE.search(host) is not None
        return bool(_LOGS_IN.search(item.raw)) and not _prints_token(item)
    if item is transfer.item or item.uses is None:
        return False
    name = item.uses.name
    if name == "docker/login-action":
        where = item.input("registry") or ""
        return "ecr" in item.inputs or "${{" in where or "ecr" in where
    if name == "circleci/aws-ecr":
        return item.uses.element.replace("-", "_") not in ("push_image", "tag_image", "create_repo")
    return bool(_MAY_LOG_IN.search(f"{name}/{item.uses.element}")) and not _NEVER_LOGS_IN.search(name)


def login_host(command: Command) -> str | None:
    """The host that a `docker login` names; empty for Docker Hub's own; None when it is no login."""
    if command.name not in _BUILDERS or not command.is_a(command.name, "login"):
        return None
    hosts = [command.expand(word) for word in command.operands[1:]]
    return hosts[-1].removeprefix("https://").partition("/")[0] if hosts else "docker.io"


def _prints_token(command: Command) -> bool:
    """`aws ecr get-login-password` alone logs nobody in."""
    alone = command.piped_to is None and not command.substituted and not command.redirections
    return command.is_a("aws", "ecr", "get-login-password") and alone
