"""Terraform and OpenTofu as a job runs them: which subcommand, in which directory, initialised by what.

Facts: developer.hashicorp.com/terraform/cli/commands, read in v1.15.9. CircleCI's orb circleci/terraform: its commands
init, plan, apply, destroy and validate all initialise by themselves (src/scripts of 3.1.0 to 4.0.0).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from ghapp.pipeline.command import Command, Gap
from ghapp.pipeline.kept import kept
from ghapp.pipeline.meant import for_another_job
from ghapp.pipeline.model import Job, Pipeline, Step, Uses
from ghapp.pipeline.tree import Tree

PROGRAMS = ("terraform", "tofu")

_SETS_UP_ONLY = re.compile(r"(^|/)(setup-(terraform|opentofu|tflint|tfsec)|terraform-version|tflint|tfsec)")
_BY_ITSELF = re.compile(r"terraform|tofu|terragrunt|(^|/)tf[-/]|infracost|atlantis|spacelift", re.IGNORECASE)
_WRAPPERS = ("terragrunt", "tf", "tflocal", "atmos", "pre-commit")
_INIT = re.compile(r"(?<![\w-])init(?![\w-])")
_OTHER_INITS = ("cd", "echo", "git", "helm", "npm", "printf", "pulumi")
_RESTORES = ("attach_workspace", "restore_cache")
_FILE = re.compile(r"(?:[^*]*/)?(?:[^*/]*[^*/.]\.\w+|[\w-]*plan)")
_NEEDS_DOWNLOAD = re.compile(
    r'^[ \t]*+(required_providers\b|provider\s+"|(resource|data)\s+"(?!terraform_)|module\s+")', re.MULTILINE
)
_BACKEND = re.compile(r'^[ \t]*+(backend\s+"|cloud\s*\{)', re.MULTILINE)
_BACKENDS = {"s3": ("bucket", "key"), "gcs": ("bucket",), "azurerm": ("storage_account_name", "container_name", "key")}
_BACKEND_BLOCK = re.compile(r'^[ \t]*+backend\s*+"(\w++)"\s*+\{([^{}]*+)\}', re.MULTILINE)
_USUAL_FILES = ("versions", "providers", "provider", "backend", "main", "terraform")
_MOST_FILES = 5


@dataclass(frozen=True, slots=True)
class Invocation:
    """One `terraform SUBCOMMAND`. `directory`: of the configuration; None when it cannot be told."""

    command: Command
    program: str
    subcommand: str
    directory: str | None

    @property
    def is_init(self) -> bool:
        return self.subcommand == "init"

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


def _directory(command: Command) -> str | None:
    """The working directory, `-chdir`, and the operand by which Terraform before 0.15 took a directory."""
    if command.directory is None or {"find", "xargs"} & set(command.wrappers):
        return None
    chdir = command.option("-chdir")
    name = command.literal(chdir) if chdir is not None else "."
    if name is None or name.startswith(("/", "~")):
        return None
    directory = _normal(command.directory, name)
    if len(command.operands) > 1 and command.operands[0].literal in ("init", "validate"):
        named = _normal(directory, command.operands[-1].literal or ".")
        return named if named in command.job.pipeline.tree.directories else directory
    return directory


def _normal(directory: str, name: str) -> str:
    """`name` seen from `directory`, as a path from the repository's root."""
    path = posixpath.normpath(posixpath.join(directory, name))
    return "" if path == "." else path


def invocations(job: Job) -> Iterator[Invocation]:
    return (found for command in job.running(*PROGRAMS) if (found := invocation(command)) is not None)


class Terraform:
    """Terraform in one pipeline: its runs, and the configurations of the repository by their directories."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._tree = pipeline.tree
        self._texts: dict[str, str | None] = {}
        self._runs: dict[Job, list[tuple[Invocation, list[Invocation]]]] = {}

    def runs(self, job: Job) -> list[tuple[Invocation, list[Invocation]]]:
        """The runs of Terraform in a job, each with the `init`s of its directory that come before it, in order.

        Left out is a run whose directory may have been initialised in a way that cannot be seen: behind a gap, a
        wrapper, an action or orb that runs Terraform, a restored `.terraform`, an `init` in a directory that cannot be
        told; and a run that is meant for another job. A run in a directory that cannot be told is there as long as
        nothing has been initialised.
        """
        if job not in self._runs:
            self._runs[job] = list(self._walk(job)) if job.running(*PROGRAMS) else []
        return self._runs[job]

    def _walk(self, job: Job) -> Iterator[tuple[Invocation, list[Invocation]]]:
        inits: dict[str, list[Invocation]] = {}
        restored: set[str] = set()
        for item in job.trail:
            run = invocation(item) if isinstance(item, Command) else None
            if run is None:
                if _hides(item):
                    return
                restored.update(self._restored(item) if isinstance(item, Step) else ())
            elif run.is_init:
                if run.directory is None:
                    return
                inits.setdefault(run.directory, []).append(run)
            elif for_another_job(run.command):
                continue
            elif run.directory is None:
                if not inits and not restored:
                    yield run, []
            elif restored.isdisjoint(_and_above(run.directory)):
                yield run, list(inits.get(run.directory, ()))

    def has(self, directory: str | None) -> bool:
        """Whether the directory (None: any) holds Terraform files, as far as the repository's paths tell."""
        files = _files(self._tree)
        return not self._tree.known or (bool(files) if directory is None else directory in files)

    def text(self, directory: str | None) -> str | None:
        """The Terraform text of a directory, as far as it is at hand; None when nothing of it can be read.

        At most five files are asked for, those first in which providers and backends usually stand.
        """
        if directory is None:
            return None
        if directory not in self._texts:
            names = [path for path in _files(self._tree).get(directory, ()) if path.endswith((".tf", ".tofu"))]
            names.sort(key=lambda path: (path.rpartition("/")[2].partition(".")[0] not in _USUAL_FILES, path))
            texts = [source.text for source in map(self._tree.source, names[:_MOST_FILES]) if source is not None]
            self._texts[directory] = "\n".join(texts) if texts else None
        return self._texts[directory]

    def _restored(self, step: Step) -> Iterator[str]:
        """The directories into which, or below which, a cache, artifact or workspace may bring a `.terraform`."""
        if step.uses is None:
            if step.builtin in _RESTORES:
                yield ""
            return
        name = step.uses.name
        cache, artifact = "cache" in name and not name.endswith("/save"), "artifact" in name and "upload" not in name
        if cache or (artifact and not self._holds_files(step)):
            for path in _paths(step):
                unknown = "*" in path or "$" in path
                yield "" if unknown else _normal("", path.removesuffix("/").removesuffix(".terraform") or ".")

    def _holds_files(self, download: Step) -> bool:
        """Whether an artifact is known by its upload in the same pipeline, and is no more than some files."""
        uploaded = self._uploads.get(download.input("name"), ())
        return bool(uploaded) and all(map(_FILE.fullmatch, uploaded))

    @cached_property
    def _uploads(self) -> dict[str | None, list[str]]:
        """The paths of each artifact, by its name."""
        found: dict[str | None, list[str]] = {}
        for step in (step for job in self._pipeline.jobs for step in job.steps):
            if step.uses is not None and "upload-artifact" in step.uses.name:
                found.setdefault(step.input("name"), []).extend(_paths(step))
        return found


def _hides(item: Command | Gap | Step) -> bool:
    """Whether something may initialise any directory without being seen to."""
    if isinstance(item, Gap):
        return True
    if isinstance(item, Step):
        return item.uses is not None and _initialises(item.uses)
    if item.name in PROGRAMS:
        return bool(item.operands) and item.operands[0].literal is None
    return item.name in _WRAPPERS or (bool(_INIT.search(item.raw)) and item.name not in _OTHER_INITS)


def _initialises(uses: Uses) -> bool:
    """Whether an action or the command of an orb initialises by itself, or may."""
    if uses.element:
        return bool(_BY_ITSELF.search(f"{uses.name}/{uses.element}")) and uses.element not in ("fmt", "install")
    return bool(_BY_ITSELF.search(uses.name)) and not _SETS_UP_ONLY.search(uses.name)


def _paths(step: Step) -> list[str]:
    return [path.strip() for path in (step.input("path") or ".").split("\n") if path.strip()]


def _and_above(directory: str) -> Iterator[str]:
    while directory:
        yield directory
        directory = directory.rpartition("/")[0]
    yield ""


def needs_download(text: str) -> bool:
    """Whether a configuration names providers or modules, without which it validates uninitialised."""
    return bool(_NEEDS_DOWNLOAD.search(text))


def has_backend(text: str) -> bool:
    return bool(_BACKEND.search(text))


def lacking_backend(text: str) -> tuple[str, list[str]] | None:
    """The kind of the configuration's backend, and what it must be told and does not say; None when it lacks nothing.

    No variable of the environment stands for these values (developer.hashicorp.com/terraform/language/backend).
    """
    blocks = _BACKEND_BLOCK.findall(text)
    if len(blocks) != 1 or len(_BACKEND.findall(text)) != 1 or blocks[0][0] not in _BACKENDS:
        return None
    kind, said = blocks[0]
    missing = [name for name in _BACKENDS[kind] if not re.search(rf"(?:^|[\s;{{]){name}\s*=", said)]
    return (kind, missing) if missing else None


@kept
def terraform_of(pipeline: Pipeline) -> Terraform:
    """Terraform in a pipeline, looked at once for all rules."""
    return Terraform(pipeline)


@kept
def _files(tree: Tree) -> dict[str, list[str]]:
    """The repository's Terraform files by their directories."""
    found: dict[str, list[str]] = {}
    for path in tree.paths or ():
        if path.endswith((".tf", ".tf.json", ".tofu")):
            found.setdefault(path.rpartition("/")[0], []).append(path)
    return found
