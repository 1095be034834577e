"""Where a job runs: its image or machine, its shell, its directory, its environment.

What the job says wins over what its executor says; environments add up
(circleci.com/docs/reference/reusing-config/#overriding-keys-when-invoking-an-executor).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ghapp.pipeline.circleci.library import Definition
from ghapp.pipeline.circleci.parameters import MAX_KEYS, Argument, Frame, Value, keys
from ghapp.pipeline.circleci.shells import BASH, Shell, default_shell, read_shell
from ghapp.pipeline.model import Runner, RunnerKind, Service, Uses
from ghapp.pipeline.yaml import Node

WINDOWS_ORB = "circleci/windows"
KINDS = ("docker", "machine", "macos")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all steps of a job share. `env`: the variables of job, executor and image."""

    runner: Runner
    services: tuple[Service, ...]
    shell: Shell
    working_directory: Value | None
    env: Mapping[str, Argument]


UNKNOWN = Surroundings(Runner(RunnerKind.UNKNOWN), (), BASH, None, {})
"""Where a job runs whose definition is not at hand."""


def surroundings(job: Node, frame: Frame) -> Surroundings:
    """Reads the job's own keys and those of the executor that it names."""
    layer, orb = _executor(job, frame)
    layers = [Argument(job, frame), *([layer] if layer is not None else [])]
    base = next((layer for layer in layers if _kind(layer)), layers[0])
    size = _first(layers, "resource_class")
    runner = _runner(base, size.value.text if size is not None else "", orb)
    images = _images(base)
    shell = _first(layers, "shell") or _key(_key(base, "machine"), "shell")
    directory = _first(layers, "working_directory")
    return Surroundings(
        runner=runner,
        services=tuple(_service(image) for image in images[1:]),
        shell=read_shell(shell.value.text) if shell is not None else default_shell(runner),
        working_directory=directory.value if directory is not None else None,
        env={name: value for layer in reversed([*layers, *images[:1]]) for name, value in environment(layer).items()},
    )


def environment(body: Argument) -> dict[str, Argument]:
    """The variables under a body's `environment`: a map or, as version 2.0 has it, a list of maps."""
    node = body.node.get("environment", merge=True)
    if node is None:
        return {}
    maps = [each.deref() for each in node.items[:MAX_KEYS]] if node.kind == "seq" else [node]
    return {name: body.frame.follow(value) for each in maps for name, value in keys(each)}


def _executor(job: Node, frame: Frame) -> tuple[Argument | None, Uses | None]:
    """The executor that the job names, to be read in a frame of its own. Of a registry orb's we know the arguments."""
    node = job.get("executor", merge=True)
    if node is None:
        return None, None
    named = frame.follow(node)
    name = _key(named, "name") if named.node.kind == "map" else named
    found = name.frame.library.find("executors", name.value.text) if name is not None else None
    if not isinstance(found, Definition):
        return named, found
    inner = Frame(found.library, declared=found.node.get("parameters"), given=named.node, outer=named.frame)
    return Argument(found.node, inner), None


def _runner(base: Argument, size: str, orb: Uses | None) -> Runner:
    labels = (size,) if size else ()
    own = "/" in size  # `namespace/resource`: a machine of the organisation's own
    kind = _kind(base)
    if kind == "docker":
        image = next((_key(each, "image") for each in _images(base)), None)
        where = RunnerKind.UNKNOWN if own else RunnerKind.DOCKER
        return Runner(where, labels, _address(image), image.node if image is not None else None)
    where = RunnerKind.UNKNOWN if own else RunnerKind.MACHINE
    if kind == "machine":
        image = _address(_key(_key(base, "machine"), "image"))
        windows = size.startswith("windows") or (image or "").startswith("windows")
        return Runner(where, ("windows", *labels) if windows else labels, image, base.node.get(kind, merge=True))
    if kind == "macos":
        return Runner(where, (kind, *labels), None, base.node.get(kind, merge=True))
    named = base.node.get("executor", merge=True)
    if orb is not None and orb.name == WINDOWS_ORB:
        return Runner(where, ("windows", *labels), None, named)
    return Runner(RunnerKind.UNKNOWN, labels, None, named)


def _kind(layer: Argument) -> str | None:
    return next((kind for kind in KINDS if layer.node.get(kind, merge=True) is not None), None)


def _images(base: Argument) -> list[Argument]:
    """The images of the docker executor; the steps run in the first."""
    docker = _key(base, "docker")
    return [docker.frame.follow(each.deref()) for each in docker.node.items[:MAX_KEYS]] if docker is not None else []


def _service(image: Argument) -> Service:
    name = _key(image, "name")
    return Service(name.value.text if name is not None else "", _address(_key(image, "image")), image.node)


def _address(image: Argument | None) -> str | None:
    """The image, filled in as far as it is known; None when not even its name is."""
    text = image.value.text if image is not None else ""
    return text if text and "<<" not in text.partition(":")[0] else None


def _key(body: Argument | None, key: str) -> Argument | None:
    node = body.node.get(key, merge=True) if body is not None else None
    return body.frame.follow(node) if body is not None and node is not None else None


def _first(layers: list[Argument], key: str) -> Argument | None:
    """The value that the job or else its executor gives a key."""
    return next((found for layer in layers if (found := _key(layer, key)) is not None), None)
