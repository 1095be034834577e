"""The command-line tools that pipelines call, and which of them stand on PATH where a job begins.

The closed list of `facts/tools.json`: of any other command it is not known where it comes from. `facts/machines.json`
has what GitHub's runner images and CircleCI's images bring along. A runner or image that is not in it may have
anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache, cached_property, lru_cache
from typing import Any

from ghapp.pipeline import Command, Platform
from ghapp.pipeline.kept import kept
from ghapp.pipeline.model import Job, RunnerKind
from ghapp.rules._facts import facts

COMPOSE = "docker-compose"

RARE = (
    "actionlint ansible-lint argocd artillery bandit cdk cfn-lint checkov codecov conftest cosign cypress "
    "dependency-check detect-secrets driftctl eksctl firebase flyway gitleaks golangci-lint goreleaser gosec "
    "gotestsum govulncheck grype hadolint infracost jmeter just k6 kics kubeconform lhci lighthouse liquibase "
    "locust markdownlint-cli2 migrate mise mongosh netlify newman nuclei opa osv-scanner parliament pip-audit "
    "playwright pnpm poetry pre-commit prowler pulumi redis-cli redocly ruff semgrep sentry-cli serverless shfmt sls "
    "snyk sonar-scanner sops spectral sqlfluff sqlmap staticcheck syft task terraform terraform-docs terragrunt "
    "tflint tfsec tofu trivy trufflehog tsc uv vercel wrangler zap zizmor"
)
"""The commands of the list that GitHub's usual images lack, `bun` aside, which stands in `ubuntu`."""

WORDS = (*RARE.split(), "cimg/", "macos-", "windows-", "-slim", "container:", "machine:")
"""What a file must say to be looked at: one of these commands, or a machine that may lack others too."""


@dataclass(frozen=True, eq=False)
class Tool:
    """One tool. `data`: its entry in `facts/tools.json`."""

    name: str
    data: dict[str, Any]

    def words(self, key: str) -> frozenset[str]:
        """An entry that lists several names."""
        return frozenset(self.data.get(key, "").split())

    @cached_property
    def commands(self) -> frozenset[str]:
        return self.words("commands")

    @cached_property
    def actions(self) -> frozenset[str]:
        """The actions and orbs that put it on PATH."""
        return self.words("actions") | self.words("orbs")

    @cached_property
    def _named(self) -> tuple[tuple[str, ...], re.Pattern[str]]:
        names = sorted({self.name, *self.commands, *self.words("names")}, key=len, reverse=True)
        return tuple(names), re.compile(f"(?<![a-z])(?:{'|'.join(map(re.escape, names))})(?![a-z])")

    @cached_property
    def _scripts(self) -> re.Pattern[str]:
        return re.compile("|".join(self.data.get("scripts", ("(?!)",))))

    def brought_by(self, text: str) -> bool:
        """Whether a text names the tool, or the address of its install script."""
        return self.named_in(text.lower()) or self._scripts.search(text) is not None

    def named_in(self, text: str) -> bool:
        """Whether a text in lower case names the tool, or a package that brings it along."""
        names, whole = self._named
        return any(name in text for name in names) and whole.search(text) is not None


@cache
def tools() -> dict[str, Tool]:
    """Every tool of the list, by each of its commands."""
    every = (Tool(name, data) for name, data in facts("tools")["tools"].items())
    return {command: tool for tool in every for command in tool.commands}


@cache
def known_actions() -> frozenset[str]:
    """The actions and orbs of which it is known which one tool they put on PATH."""
    every = contained_actions().union(*(tool.actions for tool in tools().values()))
    return frozenset(name for name in every if "tools" not in name)


@cache
def contained_actions() -> frozenset[str]:
    """The actions that run a tool in a container of their own: nothing of it is on PATH afterwards."""
    return frozenset[str]().union(*(tool.words("contained") for tool in tools().values()))


@cache
def installers() -> re.Pattern[str]:
    """The addresses of install scripts that put one tool there and nothing else."""
    return re.compile("|".join(address for tool in tools().values() for address in tool.data.get("scripts", ())))


class Base(StrEnum):
    """How well it is known what a machine brings along."""

    HOSTED = "hosted"  # GitHub's images, listed in full
    CIRCLECI = "circleci"  # cimg/*, whose Dockerfiles are public
    MACHINE = "machines"  # CircleCI's virtual machines: a usual manifest
    IMAGE = "images"  # other public images: their own tool and what it stands on


@dataclass(frozen=True, slots=True)
class Machine:
    """Where the steps of a job run. `name`: as the file says it; `image`: what that means today."""

    name: str
    image: str
    base: Base
    has: frozenset[str]

    @property
    def lacks(self) -> frozenset[str]:
        """The commands of the list that are certainly not on PATH before anything has run."""
        return _lacked(self.base, self.has)


@kept
def machines(job: Job) -> tuple[Machine, ...]:
    """The machines that the job runs on, one for each value of its matrix; none when any of them is not known.

    The policy of the repository may say what runners of its own are like, and what all of them have.
    """
    runner, policy = job.runner, job.pipeline.policy
    if own := [label for label in runner.labels if label in policy.runners and runner.image is None]:
        found = [_hosted(policy.runners[label].extends, label, policy.runners[label].tools) for label in own]
    elif runner.kind is RunnerKind.HOSTED:
        found = [_hosted(label, label) for label in dict.fromkeys(runner.labels)]
    elif runner.kind is RunnerKind.DOCKER:
        found = [_image(runner.image or "", circleci=job.pipeline.platform is Platform.CIRCLECI)]
    elif runner.kind is RunnerKind.MACHINE and not {"macos", "windows"} & set(runner.labels):
        found = [_machine(runner.image or "", runner.image or "", Base.MACHINE, (runner.image or "").partition(":")[0])]
    else:
        found = []
    known = tuple(each for each in found if each is not None)
    if len(known) < len(found):
        return ()
    assumed = frozenset(policy.assume_installed)
    return tuple(replace(each, has=each.has | assumed) for each in known) if assumed else known


def _hosted(like: str, label: str, tools: tuple[str, ...] = ()) -> Machine | None:
    image = facts("machines")["aliases"].get(like.lower(), like.lower())
    machine = _machine(label, image, Base.HOSTED, image)
    return replace(machine, has=machine.has.union(tools)) if machine is not None and tools else machine


def _image(image: str, *, circleci: bool) -> Machine | None:
    name, _, tag = image.partition("@")[0].removeprefix("docker.io/").removeprefix("library/").partition(":")
    if circleci and name.startswith("cimg/") and "<<" not in tag:
        variant = "browsers" if tag.endswith("-browsers") else "node" if tag.endswith("-node") else ""
        return _machine(image, image, Base.CIRCLECI, f"{name}:*-{variant}" if variant else name)
    return _machine(image, image, Base.IMAGE, name)


def _machine(name: str, image: str, base: Base, key: str) -> Machine | None:
    has = _all()[base].get(key)
    return Machine(name, image, base, has) if has is not None else None


@cache
def _all() -> dict[Base, dict[str, frozenset[str]]]:
    """What every known machine has."""
    data = facts("machines")
    beside = f" {data['beside']}"  # what an image that was made for one tool may have besides
    images = data["systems"] | {name: has + beside for name, has in data["images"].items()}
    lists = {base: data[base.value] for base in (Base.HOSTED, Base.CIRCLECI, Base.MACHINE)} | {Base.IMAGE: images}
    return {base: {name: frozenset(has.split()) for name, has in each.items()} for base, each in lists.items()}


@lru_cache(maxsize=256)
def _lacked(base: Base, has: frozenset[str]) -> frozenset[str]:
    return frozenset(
        name
        for name, tool in tools().items()
        if name not in has and (base is Base.CIRCLECI or "language" not in tool.data)
    )


def called(command: Command) -> Tool | None:
    """The tool that the command runs by its bare name, so that PATH must have it."""
    name = command.name
    if name is None or command.followed or command.step.shell not in ("bash", "sh") or not command.script.clean:
        return None
    return tools().get(name) if command.words[0].literal == name else None
