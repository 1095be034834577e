"""What `docker compose` starts: the services of the files it is given, or of those it finds in its directory.

Names of files and the keys of a service from docs.docker.com/reference/compose-file, read 2026-11.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ghapp.pipeline.command import Command
from ghapp.pipeline.source import BrokenFile
from ghapp.pipeline.tree import Tree
from ghapp.pipeline.yaml import Node, parse

FILES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
PROGRAMS = ("docker", "podman")
ALONE = ("docker-compose", "podman-compose")
STARTS = ("up", "run", "start", "create")


@dataclass(frozen=True, slots=True)
class Container:
    """One service of a compose file. `image`: as written, None for one that is built."""

    name: str
    image: str | None
    node: Node


def starts(command: Command) -> bool:
    """Whether the command is a compose that starts services."""
    by_plugin = any(command.is_a(program, "compose", verb) for program in PROGRAMS for verb in STARTS)
    return by_plugin or any(command.is_a(program, verb) for program in ALONE for verb in STARTS)


def containers(command: Command, tree: Tree) -> list[Container] | None:
    """The services that the command starts, with those they depend on; None when its files are not at hand.

    Without names it starts all of a file that have no `profiles`.
    """
    files = _files(command, tree)
    found: dict[str, Container] = {}
    for path in files or ():
        source = tree.source(path)
        try:
            root = parse(source).root if source is not None else None
        except BrokenFile:
            return None
        if root is None or root.get("include") is not None:
            return None
        found |= {each.name: each for each in _services(root)}
    return _chosen(found, _named(command)) if files else None


def _files(command: Command, tree: Tree) -> list[str]:
    """The paths of the files; none where they cannot be told."""
    if command.directory is None or command.has_option("--project-directory", "--env-file"):
        return []
    values = [word for at, word in enumerate(command.words[1:]) if command.words[at].raw in ("-f", "--file")]
    values += [word.after(7) for word in command.words if word.raw.startswith("--file=")]
    given = [command.literal(word) for word in values]
    if given:
        return [] if None in given else [_joined(command.directory, path) for path in given if path is not None]
    told = {*command.variables, *(each.name for each in command.assignments)}
    if "COMPOSE_FILE" in told or command.step.scope.variable("COMPOSE_FILE") is not None:
        return []
    first = next((path for name in FILES if tree.has(path := _joined(command.directory, name))), None)
    stem, ending = posixpath.splitext(first or "")
    more = f"{stem}.override{ending}"
    return [path for path in (first, more) if path is not None and tree.has(path)]


def _joined(directory: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(directory, path))


def _services(root: Node) -> Iterator[Container]:
    services = root.get("services", merge=True)
    for key, node in services.entries(merge=True) if services is not None else ():
        image = node.get("image", merge=True)
        yield Container(key.deref().value, image.text if image is not None else None, node)


def _named(command: Command) -> Sequence[str]:
    """The words behind the verb: names of services, and whatever options and a program to run in one say."""
    words = [word.literal or "" for word in command.operands]
    at = next(at for at, word in enumerate(words) if word in STARTS)
    return words[at + 1 :]


def _chosen(found: dict[str, Container], named: Sequence[str]) -> list[Container]:
    todo = [name for name in named if name in found]
    if not todo:
        return [each for each in found.values() if each.node.get("profiles", merge=True) is None]
    chosen: dict[str, Container] = {}
    while todo:
        name = todo.pop()
        if name in found and name not in chosen:
            chosen[name] = found[name]
            todo += _depends(found[name].node)
    return list(chosen.values())


def _depends(node: Node) -> list[str]:
    """`depends_on` is a list of names, or a map by name."""
    given = node.get("depends_on", merge=True)
    if given is None:
        return []
    return [each.text or "" for each in given.elements()] + [key.deref().value for key, _ in given.entries(merge=True)]
