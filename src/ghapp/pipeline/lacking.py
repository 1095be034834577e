"""Which paths that a command or step needs the repository does not have. What the job makes of its own is not seen."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ghapp.pipeline.absent import absent
from ghapp.pipeline.actions.workspace import normal, own_path
from ghapp.pipeline.command import Command, Gap, Mask
from ghapp.pipeline.model import Job, Step
from ghapp.pipeline.operands import Kind, Operand, operands
from ghapp.pipeline.rule import Platform
from ghapp.pipeline.shell.shells import SHELLS
from ghapp.pipeline.source import Place
from ghapp.pipeline.yaml import Node

_HIDDEN = frozenset({Mask.OR, Mask.CONDITION, Mask.NEGATED})
_ASKS = re.compile(r"hashfiles|\boutputs\.|\benv\.|^\W*false\W*$", re.IGNORECASE)
_GLOB = re.compile(r"[*?[]")
_OTHER = re.compile(r"\{\{|://|[\s,@#]")
"""What a path of the repository does not contain: expressions, addresses, references to others', lists."""

STARS = re.compile(r"\*{2,}")
"""What bash takes for one star, as long as its option `globstar` is off."""

INPUTS = {
    "actions/setup-node": ("node-version-file", "cache-dependency-path"),
    "actions/setup-python": ("python-version-file", "cache-dependency-path"),
    "actions/setup-go": ("go-version-file",),
    "actions/setup-java": ("java-version-file", "cache-dependency-path"),
    "actions/setup-dotnet": ("global-json-file", "cache-dependency-path"),
    "aquasecurity/trivy-action": ("trivyignores",),
    "aws-actions/amazon-ecs-deploy-task-definition": ("task-definition", "codedeploy-appspec"),
    "aws-actions/amazon-ecs-render-task-definition": ("task-definition",),
    "aws-actions/aws-cloudformation-github-deploy": ("template",),
    "bridgecrewio/checkov-action": ("directory", "config_file"),
    "chromaui/action": ("workingDir",),
    "cypress-io/github-action": ("working-directory",),
    "docker/build-push-action": ("file", "context"),
    "github/codeql-action/init": ("config-file",),
    "golangci/golangci-lint-action": ("working-directory",),
    "grafana/k6-action": ("filename",),
    "hadolint/hadolint-action": ("dockerfile",),
    "matt-ball/newman-action": ("collection", "environment"),
    "ruby/setup-ruby": ("working-directory",),
}
"""Inputs of actions that fail, or as Checkov check nothing, where the path is missing (their sources, read 2026-11)."""


@dataclass(frozen=True, slots=True)
class Lack:
    """A path that is not in the repository, as `text` says it, at `place`.

    `path`: from the repository's root, a glob where `glob`. `operand` or `node`: what says it; neither for `uses: ./x`.
    """

    item: Command | Step
    kind: Kind
    path: str
    text: str
    place: Place
    glob: bool = False
    operand: Operand | None = None
    node: Node | None = None


def lacking(job: Job) -> dict[int, list[Lack]]:
    """What the repository lacks of what the job surely needs, by the id of the command or step that needs it.

    A step's directory is needed by the first of its commands. What stands behind a gap is left out, unless a script
    or an action runs there: it may have made anything.
    """
    found: dict[int, list[Lack]] = {}
    step: Step | None = None
    last: Command | Step | None = None
    for item in job.trail if not asks(job.condition) else ():
        lacks: list[Lack] = []
        if isinstance(item, Gap):
            if isinstance(last, Step) or id(last) in found or (last is not None and _runs_script(last)):
                continue
            break
        if isinstance(item, Step):
            lacks += _uses(item)
        else:
            if item.step is not step:
                step = item.step
                lacks += _directory(step)
            lacks += _operands(item)
        last = item
        if lacks:
            found[id(item)] = lacks
    return found


def _runs_script(command: Command) -> bool:
    return command.name in (*SHELLS, "source", ".") or any("/" in word.raw for word in command.words[:1])


def asks(condition: str | None) -> bool:
    """Whether a condition may ask for the path, or never holds."""
    return condition is not None and _ASKS.search(condition) is not None


def _operands(command: Command) -> Iterator[Lack]:
    tree = command.job.pipeline.tree
    for each in operands(command):
        path = STARS.sub("*", each.path) if each.glob else each.path
        if not absent(tree, path, glob=each.glob) or not _HIDDEN.isdisjoint(command.masks):
            continue
        if asks(command.step.condition) or (command.directory and command.directory not in tree.directories):
            continue
        if not _beside(command, path):
            yield Lack(command, each.kind, each.path, each.text, command.place, each.glob, each)


def _beside(command: Command, path: str) -> bool:
    """Whether a script of which it is not known where it runs has the path beside it."""
    pipeline = command.job.pipeline
    own = posixpath.join(posixpath.dirname(pipeline.path), path)
    return pipeline.platform is Platform.SHELL and not absent(pipeline.tree, own, glob=_GLOB.search(path) is not None)


def _directory(step: Step) -> Iterator[Lack]:
    """The `working-directory` of a step, where GitHub Actions is told it: at the step, the job, or the workflow."""
    job, path = step.job, step.directory
    if not path or path in job.pipeline.tree.directories or job.pipeline.document is None or asks(step.condition):
        return
    for node, keys in ((step.node, ()), (job.node, ("defaults", "run")), (job.pipeline.root, ("defaults", "run"))):
        found = node.at(*keys, "working-directory") if node is not None else None
        if found is not None and found.kind == "scalar":
            yield Lack(step, Kind.DIRECTORY, path, found.value, found.place, node=found)
            return


def _uses(step: Step) -> Iterator[Lack]:
    pipeline = step.job.pipeline
    if step.uses is None or pipeline.platform is not Platform.ACTIONS or asks(step.condition):
        return
    if step.directory != "" and not step.uses.at_commit:
        return
    if step.uses.local:
        path = own_path(step.uses)
        files = [f"{path}/{name}".lstrip("/") for name in ("action.yml", "action.yaml", "Dockerfile")]
        if path and not any(map(pipeline.tree.has, files)):
            yield Lack(step, Kind.DIRECTORY, path, step.uses.name, step.uses.node.place)
        return
    for name in INPUTS.get(step.uses.name.lower(), ()):
        node = step.inputs.get(name)
        text = node.text if node is not None else None
        if node is None or not text or (name == "cache-dependency-path" and not step.input("cache")):
            continue
        path = normal(text) if not _OTHER.search(text) else None
        glob = _GLOB.search(text) is not None
        if path and absent(pipeline.tree, path, glob=glob):
            yield Lack(step, Kind.PATH, path, text, node.place, glob, node=node)
