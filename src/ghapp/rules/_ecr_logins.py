"""What logs a job in to Amazon ECR, and to which registry.

Facts: github.com/aws-actions/amazon-ecr-login v2.1.7 and github.com/docker/login-action v4, action.yml of each;
CircleCI's orb circleci/aws-ecr 9.8.1; docs.docker.com/reference/cli/docker/login. The token of `aws ecr
get-login-password` logs in nobody by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ghapp.pipeline import Command, Confidence, Gap, Job, Platform, Step
from ghapp.pipeline.kept import kept
from ghapp.pipeline.model import RunnerKind
from ghapp.rules._ecr import BUILDERS, PUBLIC, Registry, Transfer, may_transfer, registry_of, said, transfers

_BY_OTHER_MEANS = re.compile(
    r"ecr get-login(?!-password)|get-authorization-token|credHelpers|credsStore|ecr-login|ecr-credential-helper|"
    r"\.docker/config|DOCKER_CONFIG|DOCKER_AUTH_CONFIG|AWS:|docker-credential|"
    r"\b(?:crane|skopeo|oras|regctl|helm|cosign)\b.*\blogin\b",
)
_MAY_LOG_IN = re.compile(r"ecr|docker|login|registry|container|image|\becs|copilot|buildx?-|deploy|aws", re.IGNORECASE)
_NEVER_LOGS_IN = re.compile(
    r"aws-actions/configure-aws-credentials|docker/(setup|metadata|build-push|bake)|actions/|circleci/aws-cli",
    re.IGNORECASE,
)
_WELL_KNOWN = ("cimg/", "circleci/", "amazon/", "hashicorp/", "docker/")
_MOST_LOGINS = 64
_ENVIRONMENT = ("DOCKER_CONFIG", "DOCKER_AUTH_CONFIG")
_ORB_WITHOUT_LOGIN = ("push_image", "tag_image", "create_repo", "set_repo_policy")


@dataclass(frozen=True, slots=True)
class Login:
    """One login to ECR that a transfer can see."""

    item: Command | Step
    registry: Registry

    @property
    def by_root(self) -> bool:
        return isinstance(self.item, Command) and "sudo" in self.item.wrappers


@kept
def transfers_with_logins(job: Job) -> tuple[tuple[Transfer, tuple[Login, ...]], ...]:
    """The pushes and pulls of a job, in order, each with the logins to ECR that come before it.

    They end where it cannot be told any more what the job is logged in to: the machine may come with credentials, or
    something runs that cannot be seen.
    """
    return tuple(_walk(job)) if may_transfer(job) and not _preset(job) else ()


def _walk(job: Job) -> Iterator[tuple[Transfer, tuple[Login, ...]]]:
    found: list[Login] = []
    region = ""
    for item in job.trail:
        if isinstance(item, Gap):
            return
        for transfer in transfers(item):
            yield transfer, tuple(found)
        registries = logged_in(item, region)
        if registries is None or len(found) > _MOST_LOGINS:
            return
        found.extend(Login(item, registry) for registry in registries)
        region = _region(item, region)


def _preset(job: Job) -> bool:
    """Whether the machine may come with credentials: self-hosted runners, GitHub's containers, a configured client."""
    kind, platform = job.runner.kind, job.pipeline.platform
    if platform is Platform.SHELL:
        return False
    contained = kind is RunnerKind.DOCKER and platform is Platform.ACTIONS
    return kind is RunnerKind.UNKNOWN or contained or any(name in job.env for name in _ENVIRONMENT)


def confidence(transfer: Transfer) -> Confidence:
    """Medium for what may never run, for scripts, and in images that nobody but their owner knows."""
    image = transfer.job.runner.image or ""
    own = "/" in image and not image.startswith(_WELL_KNOWN)
    unsure = own or transfer.conditional or transfer.job.pipeline.platform is Platform.SHELL
    return Confidence.MEDIUM if unsure else Confidence.HIGH


def logged_in(item: Command | Step, region: str = "") -> list[Registry] | None:
    """The registries of ECR that this logs in to; None where it may log in to one that cannot be told.

    `region`: of the AWS credentials that were configured last, as far as it is known.
    """
    if isinstance(item, Command):
        return _by_command(item)
    if item.uses is None:
        return []
    name = item.uses.name
    if name == "docker/login-action":
        unclear = "registry-auth" in item.inputs or item.input("ecr") == "true"
        found = _at(said(item, "registry"))
        return None if unclear and not found else found
    if name == "aws-actions/amazon-ecr-login":
        return _by_action(item, region)
    if name == "circleci/aws-ecr":
        return [] if item.uses.element in _ORB_WITHOUT_LOGIN else None
    return None if _MAY_LOG_IN.search(f"{name}/{item.uses.element}") and not _NEVER_LOGS_IN.match(name) else []


def _by_command(command: Command) -> list[Registry] | None:
    host = login_host(command)
    if host is not None:
        return _at(host)
    if is_token(command):
        piped = command.piped_to
        return [] if piped is None or login_host(piped) is not None else None
    return None if _BY_OTHER_MEANS.search(command.raw) else []


def _at(host: str) -> list[Registry] | None:
    registry = registry_of(host)
    if registry is not None:
        return [registry]
    return None if "$" in host or "<<" in host else []


def _by_action(step: Step, region: str) -> list[Registry] | None:
    kind, accounts = said(step, "registry-type"), said(step, "registries")
    if kind == "public":
        return [Registry(PUBLIC)]
    if "$" in kind or "$" in accounts:
        return None
    region = "" if "AWS_REGION" in step.env else region
    ids = [account.strip() for account in accounts.split(",") if account.strip()] or [""]
    return [Registry(f"{id or '*'}.dkr.ecr.{region or '*'}.amazonaws.com", id, region) for id in ids]  # noqa: A001


def _region(item: Command | Step, region: str) -> str:
    """The region of the credentials after `item`."""
    if isinstance(item, Command):
        return "" if "_REGION" in item.raw or "_ENV" in item.raw or item.is_a("aws", "configure") else region
    configures = item.uses is not None and item.uses.name == "aws-actions/configure-aws-credentials"
    return said(item, "aws-region") if configures else region


def login_host(command: Command) -> str | None:
    """The host that a `docker login` names, Docker Hub's where it names none; None when it is no login."""
    if command.name not in BUILDERS or not command.is_a(command.name, "login"):
        return None
    values = [command.option(*names) for names in (("-u", "--username"), ("-p", "--password"))]
    hosts = [command.expand(word) for word in command.operands[1:] if word not in values]
    return hosts[-1].removeprefix("https://").partition("/")[0] if hosts else "docker.io"


def is_token(item: Command | Step) -> bool:
    """`aws ecr get-login-password`, which prints a token and logs in nobody."""
    services = ("ecr", "ecr-public")
    return isinstance(item, Command) and any(item.is_a("aws", each, "get-login-password") for each in services)
