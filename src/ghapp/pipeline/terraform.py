"""Terraform and OpenTofu as a job runs them: which subcommand, in which directory, initialised by what.

Facts: developer.hashicorp.com/terraform/cli/commands, read in v1.15.9; CircleCI's orb circleci/terraform 4.0.0, whose
commands `plan`, `apply` and `destroy` initialise by themselves while its command `validate` does not.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ghapp.pipeline.command import Command, Gap
from ghapp.pipeline.model import Job, Pipeline, Step

PROGRAMS = ("terraform", "tofu")
NEEDS_INIT = frozenset({"validate", "plan", "apply", "destroy", "import", "refresh", "test", "console", "graph"})

_SETS_UP_ONLY = re.compile(r"(^|/)(setup-(terraform|opentofu|tflint|tfsec)|tflint|tfsec)")
_BY_ITSELF = re.compile(r"terraform|tofu|terragrunt|(^|/)tf[-/]|infracost|atlantis|spacelift", re.IGNORECASE)
_STATE = re.compile(r"\.terraform(/|$)|^\.?/?$|\*")
_NEEDS_DOWNLOAD = re.compile(r'^\s*(required_providers\b|provider\s+"|resource\s+"|data\s+"|module\s+")', re.MULTILINE)
_BACKEND = re.compile(r'^\s*(backend\s+"|cloud\s*\{)', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Invocation:
    """One `terraform SUBCOMMAND`. `directory`: of the configuration; None when it cannot be told."""

    command: Command
    program: str
    subcommand: str
    directory: str | None

    @property
    def backend(self) -> bool:
        """Whether this `init` initialises the backend."""
        value = self.command.option("-backend")
        return value is None or self.command.expand(value) != "false"


def invocation(command: Command) -> Invocation | None:
    """The command as a run of Terraform or OpenTofu; None for any other, and for one without a literal subcommand."""
    if command.name not in PROGRAMS or not command.operands or command.has_option("-help", "--help", "-h"):
        return None
    subcommand = command.operands[0].literal
    return Invocation(command, command.name, subcommand, _directory(command)) if subcommand else None


def invocations(job: Job) -> Iterator[Invocation]:
    for command in job.commands:
        if (found := invocation(command)) is not None:
            yield found


def _directory(command: Command) -> str | None:
    chdir = command.option("-chdir")
    if command.directory is None or chdir is None:
        return command.directory
    name = command.literal(chdir)
    return None if name is None or name.startswith(("/", "~")) else normal(command.directory, name)


def normal(directory: str, name: str) -> str:
    """`name` seen from `directory`, as a path from the repository's root."""
    path = posixpath.normpath(posixpath.join(directory, name))
    return "" if path == "." else path


def inits_before(run: Invocation) -> list[Invocation] | None:
    """The `init`s of the same directory that come before in the job, in order.

    None when something before may have initialised it in a way that cannot be seen: a gap, a wrapper, an action or orb
    that runs Terraform, a restored `.terraform`, an `init` in a directory that cannot be told.
    """
    found: list[Invocation] = []
    for item in run.command.job.before(run.command):
        if isinstance(item, Gap) or (isinstance(item, Step) and _may_initialise(item)):
            return None
        if isinstance(item, Command):
            if item.name in ("terragrunt", "tf", "tflocal", "atmos") or _wrapped(item):
                return None
            other = invocation(item)
            if other is None or other.subcommand != "init":
                continue
            if other.directory is None or run.directory is None or _loops(item):
                return None
            if other.directory == run.directory:
                found.append(other)
    return found


def _loops(command: Command) -> bool:
    return any(guard.kind == "loop" for guard in command.guards)


def _wrapped(command: Command) -> bool:
    """Terraform run by another program (`docker run hashicorp/terraform init`, `aws-vault exec … terraform init`)."""
    return command.name not in PROGRAMS and " init" in command.raw and bool(_BY_ITSELF.search(command.raw))


def _may_initialise(step: Step) -> bool:
    if step.uses is not None:
        name = f"{step.uses.name}/{step.uses.element}"
        if "cache" in name or "artifact" in name:
            return bool(_STATE.search(step.input("path") or "."))
        if step.uses.element:
            return bool(_BY_ITSELF.search(name)) and step.uses.element not in ("validate", "fmt", "install")
        return bool(_BY_ITSELF.search(name)) and not _SETS_UP_ONLY.search(name)
    return step.builtin in ("attach_workspace", "restore_cache")


def configuration(pipeline: Pipeline, directory: str) -> str | None:
    """The Terraform text of a directory, as far as it is at hand; None when nothing of it can be read.

    At most five files are asked for, those first in which providers and backends usually stand.
    """
    prefix = f"{directory}/" if directory else ""
    names = [
        path
        for path in pipeline.tree.paths or ()
        if path.startswith(prefix) and path.endswith((".tf", ".tofu")) and "/" not in path[len(prefix) :]
    ]
    usual = ("versions", "providers", "provider", "backend", "main", "terraform")
    names.sort(key=lambda path: (path[len(prefix) :].partition(".")[0] not in usual, path))
    texts = [source.text for source in map(pipeline.tree.source, names[:5]) if source is not None]
    return "\n".join(texts) if texts else None


def has_configuration(pipeline: Pipeline, directory: str) -> bool:
    """Whether the directory holds Terraform files, as far as the repository's paths tell."""
    prefix = f"{directory}/" if directory else ""
    return not pipeline.tree.known or any(
        path.startswith(prefix) and path.endswith((".tf", ".tf.json", ".tofu")) and "/" not in path[len(prefix) :]
        for path in pipeline.tree.paths or ()
    )


def needs_download(text: str) -> bool:
    """Whether a configuration names providers or modules, without which it validates uninitialised."""
    return bool(_NEEDS_DOWNLOAD.search(text))


def has_backend(text: str) -> bool:
    return bool(_BACKEND.search(text))
