"""Which paths that a job needs are not there: neither in the repository, nor made by anything that ran before."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ghapp.pipeline.absent import absent
from ghapp.pipeline.actions.workspace import normal
from ghapp.pipeline.command import Command, Gap, Mask
from ghapp.pipeline.elsewhere import elsewhere
from ghapp.pipeline.made import Made
from ghapp.pipeline.model import Job, Step
from ghapp.pipeline.operands import Kind, Operand, operands
from ghapp.pipeline.rule import Platform
from ghapp.pipeline.source import Place
from ghapp.pipeline.yaml import Node

_QUESTIONS = frozenset({"[", "[[", "test", "ls", "stat", "find", "compgen", "file", "realpath"})
_HIDDEN = frozenset({Mask.OR, Mask.CONDITION, Mask.NEGATED})
_ASKS = re.compile(r"hashfiles|\boutputs\.|\benv\.|^\W*false\W*$", re.IGNORECASE)
"""A condition that may ask for the path, or never holds."""

_ANCHOR = re.compile(r"dirname|BASH_SOURCE|\$\{0%|rev-parse --show-toplevel")
_LINTERS = frozenset({"shellcheck", "shfmt", "yamllint", "hadolint", "actionlint", "tflint", "tfsec", "checkov"})
_SCRIPTS = re.compile(r"\.(?:sh|bash)$|(?:^|/)(?:scripts?|ci|\.ci|\.circleci|\.github|hack)/[^/]+$")
_MOST = 50
"""How many missing paths of a job are told: a stranger can bring many, and a repository many files."""

_INPUTS = {
    "actions/setup-node": ("node-version-file", "cache-dependency-path"),
    "actions/setup-python": ("python-version-file", "cache-dependency-path"),
    "actions/setup-go": ("go-version-file",),
    "actions/setup-java": ("java-version-file", "cache-dependency-path"),
    "actions/setup-dotnet": ("global-json-file", "cache-dependency-path"),
    "aws-actions/amazon-ecs-render-task-definition": ("task-definition",),
    "aws-actions/aws-cloudformation-github-deploy": ("template",),
    "bridgecrewio/checkov-action": ("directory", "file"),
    "docker/build-push-action": ("file",),
    "golangci/golangci-lint-action": ("working-directory",),
    "grafana/k6-action": ("filename",),
    "hadolint/hadolint-action": ("dockerfile",),
    "matt-ball/newman-action": ("collection", "environment"),
    "ruby/setup-ruby": ("working-directory",),
}
"""Inputs of actions that fail when the path is missing (each action's README and source, read 2026-11)."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A path that is not there, as `text` says it, at `place`.

    `item`: what needs it. `elsewhere`: where the repository has what may be meant. `operand` or `node`: what to edit.
    `guessed`: something ran before that makes files of its own, though hardly this one.
    """

    item: Command | Step
    kind: Kind
    path: str
    text: str
    place: Place
    elsewhere: tuple[str, ...] = ()
    operand: Operand | None = None
    node: Node | None = None
    guessed: bool = False


class Walk:
    """One job, walked in order."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.pipeline = job.pipeline
        self.tree = job.pipeline.tree
        self.loose = self.pipeline.platform is Platform.SHELL
        self.made = Made(ready=self.loose, somewhere=self.loose)
        self.asked: set[str] = set()
        self.anchored = not self.loose
        self.step: Step | None = None
        self.last: Command | None = None
        self.lost = False  # the last item runs what is missing: the gap behind it made nothing
        self.globbing: set[str] = set()  # bash options that were set: globstar, nullglob

    def found(self) -> Iterator[Missing]:
        for item in self.job.trail:
            if self.made.anything:
                return
            if isinstance(item, Step):
                self.last, self.lost = None, False
                for each in self._step(item):
                    self.lost = each.node is None
                    yield each
                self.made.step(item)
            elif isinstance(item, Gap):
                self._gap(item)
            else:
                yield from self._command(item)

    def _gap(self, gap: Gap) -> None:
        """What ran cannot be read: nothing at all, a script of the repository, or something else."""
        command = self.last if self.last is not None and self.last.place == gap.place else None
        if self.lost and (command is not None or self.last is None):
            return
        script = next((each for each in operands(command) if each.kind is Kind.SCRIPT), None) if command else None
        if script is not None and script.path.endswith((".sh", ".bash")) and self.tree.has(script.path):
            self.made.unread = True
        else:
            self.made.gap(command)

    def _command(self, command: Command) -> Iterator[Missing]:
        self.last, self.lost = command, False
        if command.step is not self.step:
            self.step = command.step
            yield from self._directory(command.step)
        for operand in operands(command):
            if self._needed(command) and self._absent(operand):
                self.lost = self.lost or operand.kind is Kind.SCRIPT
                found = self._missing(operand)
                if self._certain(found):
                    yield found
        self._note(command)
        if not self.lost:
            self.made.command(command)

    def _note(self, command: Command) -> None:
        """What the command changes for those behind it."""
        if command.name in _QUESTIONS and len(self.asked) < 1_000:
            self.asked.update(command.expand(word).rstrip("/*").rpartition("/")[2] for word in command.words[1:])
        elif command.name == "shopt" and command.has_option("-s"):
            self.globbing.update(word.raw for word in command.operands)
        elif command.name in ("cd", "pushd") and _ANCHOR.search(command.raw):
            self.anchored = True

    def _missing(self, operand: Operand) -> Missing:
        directory = operand.kind is Kind.DIRECTORY
        where = elsewhere(self.pipeline, operand.path, glob=operand.glob, directory=directory)
        command, path, text = operand.command, operand.path, operand.text
        guessed = self.made.somewhere
        return Missing(command, operand.kind, path, text, command.place, where, operand, guessed=guessed)

    def _needed(self, command: Command) -> bool:
        """Whether the command surely runs in a known place, and fails."""
        if not (self.anchored or command.name in _LINTERS or _ANCHOR.search(command.raw)):
            return False
        if command.directory and command.directory not in self.tree.directories:
            return False
        own = self.pipeline.platform is Platform.ACTION and "action_path" in command.raw.lower()
        asks = _ASKS.search(command.step.condition or "")
        return (self.made.ready or own) and not asks and _HIDDEN.isdisjoint(command.masks)

    def _absent(self, operand: Operand) -> bool:
        path = operand.path
        if (self.made.unread and operand.kind is not Kind.SCRIPT) or (operand.glob and "nullglob" in self.globbing):
            return False
        if operand.glob and "globstar" not in self.globbing and operand.command.script.shell in ("bash", "sh"):
            path = re.sub(r"\*{2,}", "*", path)
        if self.loose and self.tree.has(posixpath.join(posixpath.dirname(self.pipeline.path), path)):
            return False
        return (
            absent(self.tree, path, glob=operand.glob)
            and self.asked.isdisjoint(path.split("/"))
            and not self.made.holds(path, glob=operand.glob)
        )

    def _certain(self, found: Missing) -> bool:
        """Where something else may have made files, a file of that name elsewhere speaks for a wrong path."""
        if not found.guessed:
            return True
        if found.kind is not Kind.SCRIPT:
            return bool(found.elsewhere)
        around = found.path.rpartition("/")[0]
        return bool(_SCRIPTS.search(found.path) and ((around and around in self.tree.directories) or found.elsewhere))

    def _directory(self, step: Step) -> Iterator[Missing]:
        """The `working-directory` of a step."""
        node = _working_directory(step)
        path = step.directory
        if node is not None and path and self._free(step, path):
            where = elsewhere(self.pipeline, path, directory=True)
            yield Missing(step, Kind.DIRECTORY, path, node.text or "", node.place, where, node=node)

    def _step(self, step: Step) -> Iterator[Missing]:
        if step.uses is None or step.directory != "" or self.pipeline.platform is not Platform.ACTIONS:
            return
        if step.uses.local:
            path = normal(step.uses.name)
            files = [f"{path}/{name}".lstrip("/") for name in ("action.yml", "action.yaml", "Dockerfile")]
            if path is not None and not any(map(self.tree.has, files)) and self._free(step, files[0]):
                where = tuple(each.rpartition("/")[0] for each in self.tree.callable.get(path.rpartition("/")[2], ()))
                yield Missing(step, Kind.DIRECTORY, path, step.uses.name, step.uses.node.place, where)
            return
        for name in _INPUTS.get(step.uses.name.lower(), ()):
            node = step.inputs.get(name) if name != "cache-dependency-path" or step.input("cache") else None
            lines = [line.strip() for line in (node.text or "").split("\n")] if node is not None else []
            paths = [normal(line) for line in lines if line and "${{" not in line and "://" not in line]
            given = [path for path in paths if path]
            if node is not None and len(given) == len(lines) == 1 and self._free(step, given[0]):
                where = elsewhere(self.pipeline, given[0])
                yield Missing(step, Kind.PATH, given[0], lines[0], node.place, where, node=node)

    def _free(self, step: Step, path: str) -> bool:
        """Whether nothing is at a path that a step needs, and nothing can have put it there."""
        sure = self.made.ready and not self.made.unread and not self.made.somewhere
        glob = any(sign in path for sign in "*?[")
        asks = _ASKS.search(step.condition or "") or step.tolerated
        return sure and not asks and absent(self.tree, path, glob=glob) and not self.made.holds(path, glob=glob)


def missing(job: Job) -> Iterator[Missing]:
    """The paths that the job needs and that are not there, in order, as far as it is certain."""
    if not job.pipeline.tree.known or _ASKS.search(job.condition or ""):
        return
    for count, each in enumerate(Walk(job).found()):
        if count == _MOST:
            return
        yield each


def _working_directory(step: Step) -> Node | None:
    """Where GitHub Actions is told the step's directory: at the step, the job, or the workflow."""
    job = step.job
    for node, path in ((step.node, ()), (job.node, ("defaults", "run")), (job.pipeline.root, ("defaults", "run"))):
        found = node.at(*path, "working-directory") if node is not None else None
        if found is not None:
            return found
    return None
