"""Where a job runs: `runs-on`, `container` and `services`.

Labels of GitHub's own runners from docs.github.com/actions/reference/runners/github-hosted-runners and the table in
actions/runner-images' README. Any other label belongs to a runner that its owner set up: nothing is known of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ghapp.pipeline.actions.scope import Bindings
from ghapp.pipeline.model import Runner, RunnerKind, Service
from ghapp.pipeline.yaml import Node

Enumerate = Callable[[str], tuple[str, ...] | None]
"""Gives every value that a text can take over the job's matrix, or None when that is not known."""

_HOSTED = re.compile(
    r"(?:ubuntu-(?:latest|slim|\d\d\.04(?:-arm)?)"
    r"|windows-(?:latest|20\d\d(?:-vs20\d\d)?|11-(?:vs20\d\d-)?arm)"
    r"|macos-(?:latest|\d\d(?:\.\d\d)?)(?:-(?:large|xlarge|intel))?)",
    re.IGNORECASE,
)
_SYSTEMS = {"ubuntu": "Linux", "windows": "Windows", "macos": "macOS"}


def runner_of(job: Node, bindings: Bindings, enumerate_values: Enumerate) -> Runner:
    """The runner of a job, and the image its steps run in when it has a `container`."""
    node = job.get("runs-on", ignore_case=True)
    labels, alternatives = _labels(node, enumerate_values)
    image = _image(job.get("container", ignore_case=True))
    if image is not None:
        name = bindings.expand(image)
        return Runner(RunnerKind.DOCKER, labels, None if name.startswith("${{") else name, node)
    hosted = bool(labels) and alternatives and all(_HOSTED.fullmatch(label) for label in labels)
    return Runner(RunnerKind.HOSTED if hosted else RunnerKind.UNKNOWN, labels, None, node)


def _labels(node: Node | None, enumerate_values: Enumerate) -> tuple[tuple[str, ...], bool]:
    """The labels, and whether each alone names the runner: those of a list are asked for together, and with a group."""
    if node is None:
        return (), False
    if node.kind == "map":
        node = node.get("labels", ignore_case=True)
        return _labels(node, enumerate_values)[0], False
    if node.kind == "seq":
        texts = [item.text for item in node.elements()]
        values = [enumerate_values(text) or () for text in texts if text]
        return tuple(label.strip() for each in values for label in each), len(values) == 1
    return tuple(label.strip() for label in enumerate_values(node.text or "") or () if label.strip()), True


def _image(container: Node | None) -> str | None:
    """The image that `container` names, as a text or as its `image`; None without one."""
    if container is None:
        return None
    image = container.get("image", ignore_case=True) if container.kind == "map" else container
    return (image.text or None) if image is not None else None


def services_of(job: Node, bindings: Bindings) -> Iterator[Service]:
    """The job's service containers; an image's unknown expressions stay as written."""
    services = job.get("services", ignore_case=True)
    if services is None:
        return
    for key, node in services.entries():
        image = _image(node)
        yield Service(key.deref().value, bindings.expand(image) if image is not None else None, node)


def system(runner: Runner) -> str | None:
    """`runner.os` (Linux, Windows, macOS) when every label is one of GitHub's and all agree."""
    found = {_SYSTEMS[label.partition("-")[0].lower()] for label in runner.labels if _HOSTED.fullmatch(label)}
    return found.pop() if len(found) == 1 and all(_HOSTED.fullmatch(label) for label in runner.labels) else None


def on_windows(label: str) -> bool:
    """Whether a label, or a value of `runner.os`, says Windows."""
    return "windows" in label.lower()
