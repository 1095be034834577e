"""Container images that a job pushes, and whether each push makes a new tag or moves an old one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from ghapp.pipeline.command import Command
from ghapp.pipeline.handed import Handed
from ghapp.pipeline.kept import kept
from ghapp.pipeline.model import Job, Step
from ghapp.pipeline.word import Word

BUILDERS = ("docker", "podman", "nerdctl", "buildah")

_UNIQUE = re.compile(
    r"(?<![a-z])sha\d*(?![a-z])|commit|revision|rev-parse|git describe|build.?(?:num|number|id)|run.?(?:number|id)"
    r"|(?<![a-z])date(?![a-z])|time.?stamp|pipeline\.number|uuid|workflow_id",
    re.IGNORECASE,
)
_MOVING = re.compile(r"(?<![a-z])(?:env|environment|stage|branch|ref_name|head_ref|base_ref)(?![a-z])", re.IGNORECASE)
_HIDDEN = re.compile(r"\$\{\{.*?\}\}|\$\([^()]*(?:\([^()]*\)[^()]*)*\)|\$\{[^{}]*\}|\$\w+|<<[^<>]*>>|`[^`]*`")
_IMAGE = re.compile(r"(?:[\w./:-]|<\d+>)+")
_OTHER = re.compile(
    r"\b(?:crane|skopeo|regctl|oras|ko|pack|jib|kaniko|executor|img|imgpkg|earthly|skaffold|bazel|compose|bake|manifest"
    r"|docker-compose)\b.*(?:push|copy|publish|append|tag|destination|jib|build)",
)
_ACTIONS = re.compile(r"docker|ecr|image|container|kaniko|buildah|buildx", re.IGNORECASE)
_NO_PUSH = re.compile(
    r"^(?:docker/(?:setup|login|metadata|scout)|aws-actions/amazon-ecr-login|aws-actions/amazon-ecs|actions/"
    r"|(?:aquasecurity|anchore|hadolint)/)"
)


class Tag(Enum):
    """UNIQUE: new in each run (`app:$GITHUB_SHA`). MOVING: the same in each run (`app:latest`)."""

    UNIQUE = "unique"
    MOVING = "moving"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Push:
    """One image pushed. `image`: spelled out as far as it is known; `repository`: its last name, without the tag."""

    item: Command | Step
    image: str
    repository: str
    tag: Tag


@kept
def pushes(job: Job) -> tuple[Push, ...]:
    """What the job pushes, in order. A push whose image cannot be told is one of an UNKNOWN tag."""
    handed = Handed(job)
    found: list[Push] = []
    for item in job.trail:
        if isinstance(item, Command):
            found += _by_command(item, handed)
        elif isinstance(item, Step) and item.uses is not None:
            found += _by_step(item, handed)
    return tuple(found)


def push_of(item: Command | Step, image: str) -> Push:
    """The push of an image as it is spelled out: `registry/app:$(git rev-parse HEAD)`."""
    hidden: list[str] = []

    def hide(match: re.Match[str]) -> str:
        hidden.append(match[0])
        return f"<{len(hidden) - 1}>"

    def show(text: str) -> str:
        return re.sub(r"<(\d+)>", lambda match: hidden[int(match[1])], text)

    masked = _HIDDEN.sub(hide, image.strip().partition("@")[0])
    name, colon, tag = masked.rpartition("/")[2].partition(":")
    if (not colon and masked.endswith(">")) or not _IMAGE.fullmatch(masked):
        return Push(item, image, "", Tag.UNKNOWN)
    return Push(item, image, show(name), _tag(show(tag), constant="<" not in tag))


def _tag(text: str, *, constant: bool) -> Tag:
    if constant:
        return Tag.MOVING
    if _UNIQUE.search(text):
        return Tag.UNIQUE
    return Tag.MOVING if _MOVING.search(text.replace("env.", "")) else Tag.UNKNOWN


def _by_command(command: Command, handed: Handed) -> Iterator[Push]:
    name = command.name or ""
    words = _pushed(command, name) if name in BUILDERS else []
    if command.is_a("aws", "ecr", "put-image"):
        repository, tag = command.option("--repository-name"), command.option("--image-tag")
        said = [handed.spelled(command, word) for word in (repository, tag) if word is not None]
        yield push_of(command, "/" + ":".join(said)) if len(said) == 2 else Push(command, "", "", Tag.UNKNOWN)
    elif words is None or (name not in _TALK and _OTHER.search(command.raw[:MAX_RAW])):
        yield Push(command, "", "", Tag.UNKNOWN)
    for word in words or ():
        yield push_of(command, handed.spelled(command, word))


def _pushed(command: Command, name: str) -> list[Word] | None:
    """The images that docker and its like push; None when they push what cannot be told."""
    for verb in (("push",), ("image", "push")):
        if command.is_a(name, *verb):
            every = command.has_option("-a", "--all-tags") or len(command.operands) <= len(verb)
            return None if every else [command.operands[len(verb)]]
    output = command.option("--output", "-o")
    pushed = command.has_option("--push") or (output is not None and "registry" in output.raw)
    builds = command.is_a(name, "build") or command.is_a(name, "buildx", "build")
    if (builds and pushed) or command.is_a(name, "buildx", "imagetools", "create"):
        return _tags(command) or None
    return []


def _tags(command: Command) -> list[Word]:
    words = command.words
    apart = [words[at + 1] for at, word in enumerate(words[:-1]) if word.raw in ("-t", "--tag")]
    return apart + [word.after(6) for word in words if word.raw.startswith("--tag=")]


def _by_step(step: Step, handed: Handed) -> Iterator[Push]:
    uses = step.uses
    name, element = (uses.name, uses.element.replace("-", "_")) if uses is not None else ("", "")
    if name == "docker/build-push-action":
        if (step.input("push") or "") not in ("", "false") or "push=true" in (step.input("outputs") or ""):
            for line in re.split(r"[\n,]", handed.filled(step, step.input("tags") or "")):
                yield from _line(step, line.strip())
    elif name == "circleci/aws-ecr" and element in ("build_and_push_image", "push_image"):
        for tag in (step.input("tag") or "latest").split(","):
            yield push_of(step, f"{step.input('repo') or ''}:{tag.strip()}")
    elif name == "circleci/docker" and element in ("push", "publish"):
        for tag in (step.input("tag") or "$CIRCLE_SHA1").split(","):
            yield push_of(step, f"{step.input('image') or ''}:{tag.strip()}")
    elif _ACTIONS.search(name) and not _NO_PUSH.match(name):
        yield Push(step, "", "", Tag.UNKNOWN)


def _line(step: Step, line: str) -> Iterator[Push]:
    """One line of build-push-action's tags; `${{ steps.meta.outputs.tags }}` is what docker/metadata-action makes."""
    made = re.fullmatch(r"\$\{\{\s*steps\.([\w-]+)\.outputs\.tags\s*\}\}", line)
    maker = next((each for each in step.job.steps if made is not None and each.id == made[1]), None)
    if maker is None or maker.uses is None or maker.uses.name != "docker/metadata-action":
        if line:
            yield push_of(step, line)
        return
    image = (maker.input("images") or "").strip()
    tags = [each.strip() for each in (maker.input("tags") or "type=ref").split("\n") if each.strip()]
    for tag in tags:
        unique = tag.startswith("type=sha") or _UNIQUE.search(tag.partition("value=")[2])
        kind = Tag.UNIQUE if unique else Tag.UNKNOWN if "value=${{" in tag or "enable=" in tag else Tag.MOVING
        yield Push(step, image, image.rpartition("/")[2], kind)


MAX_RAW = 500
_TALK = frozenset({"echo", "printf", "cat", "grep"})
