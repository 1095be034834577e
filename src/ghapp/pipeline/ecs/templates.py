"""Task definitions that stand in the repository as a file, and are deployed as they stand there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ghapp.pipeline.command import Command, Gap
from ghapp.pipeline.ecs.commands import verb
from ghapp.pipeline.ecs.definitions import definition_file
from ghapp.pipeline.images import Push, Tag, push_of
from ghapp.pipeline.model import Job, Step
from ghapp.pipeline.source import Place

DEPLOY = "aws-actions/amazon-ecs-deploy-task-definition"
RENDER = "aws-actions/amazon-ecs-render-task-definition"

_PATH = re.compile(r"(?:file://)?(?:\./)?([\w-][\w./-]*\.json)")
_HOLE = re.compile(r"<[^<>]+>|\$\{?\w+\}?|\{\{.*?\}\}|__\w+__|[A-Z][A-Z_]*|PLACEHOLDER|.*REPLACE_?ME.*")
_HARMLESS = re.compile(r"actions/|aws-actions/|docker/|hashicorp/setup-|circleci/aws-(?:cli|ecr)")
_READS = frozenset({"cat", "echo", "ls", "test", "[", "[[", "grep", "aws", "jq"})

MOST = 30
"""How many deployed files of a job are looked at."""


@dataclass(frozen=True, slots=True)
class Template:
    """A deployment of a task definition's file. `images`: what its containers run, as written."""

    item: Command | Step
    place: Place
    path: str
    images: tuple[str, ...]

    @property
    def hole(self) -> str | None:
        """An image that is only a placeholder; None without one."""
        return next((image for image in self.images if _HOLE.fullmatch(image)), None)

    def outdated(self, pushed: Sequence[Push]) -> tuple[str, Push] | None:
        """An image whose repository was pushed to under new tags only, with the last of these pushes."""
        for image in self.images:
            own = [push for push in pushed if push.repository == push_of(self.item, image).repository]
            if own and all(push.tag is Tag.UNIQUE for push in own):
                return image, own[-1]
        return None


def templates(job: Job) -> Iterator[Template]:
    """The files that the job deploys as they stand in the repository: nothing before can have changed them."""
    touched: list[str] = []
    left = MOST
    for item in job.trail:
        if isinstance(item, Gap) or left < 0:
            return
        path, place = _deployed(item)
        left -= bool(path)
        root = definition_file(job.pipeline.tree, path) if path else None
        containers = root.get("containerDefinitions") if root is not None else None
        if containers is not None and not any(path.rpartition("/")[2] in text for text in touched):
            images = (each.get("image") for each in containers.elements() if each.kind == "map")
            yield Template(item, place, path, tuple(image.text or "" for image in images if image is not None))
        if isinstance(item, Step) and item.uses is not None and not _HARMLESS.match(item.uses.name):
            return
        touched.append(_changed(item) if isinstance(item, Command) else "")


def _deployed(item: Command | Step) -> tuple[str, Place]:
    """The path of the file that the item registers; empty for any other item."""
    if isinstance(item, Command):
        word = item.option("--cli-input-json") if verb(item) == "register-task-definition" else None
        match = _PATH.fullmatch(item.expand(word)) if word is not None else None
        return (match[1], item.word_place(word)) if word is not None and match is not None else ("", item.place)
    node = item.inputs.get("task-definition") if item.uses is not None and item.uses.name == DEPLOY else None
    match = _PATH.fullmatch((node.text or "").strip()) if node is not None else None
    return (match[1], node.place) if node is not None and match is not None else ("", item.place)


def _changed(command: Command) -> str:
    """The part of a command that names files that it may change."""
    if command.name not in _READS:
        return command.raw
    return " ".join(each.target.raw for each in command.redirections if each.target is not None)


def rendered(template: Template) -> str | None:
    """The id of the step that puts the new image into the same file; None without one."""
    step = template.item.step if isinstance(template.item, Command) else template.item
    for each in step.job.steps[: step.index]:
        if each.uses is not None and each.uses.name == RENDER and each.id:
            given = _PATH.fullmatch((each.input("task-definition") or "").strip())
            if given is not None and given[1] == template.path:
                return each.id
    return None
