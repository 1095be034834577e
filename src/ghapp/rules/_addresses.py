"""Where the steps of a job look for databases, caches and their like: by URLs, by variables, by clients' options."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ghapp.pipeline import Command, Job, StepKind
from ghapp.pipeline.backends import BACKENDS, LOCAL, of_port, of_scheme, of_variable
from ghapp.pipeline.source import Place, Text
from ghapp.pipeline.yaml import Node

_URL = re.compile(
    r"(?<![\w+.-])(?P<scheme>[a-z][a-z0-9]*)(?:\+[a-z0-9]+)?://(?:[^\s/@'\"<>]*@)?"
    r"(?P<host>\[::1\]|\w[\w.-]*)(?::(?P<port>\d{2,5}))?(?=[/?'\"\s,;]|$)"
)
_PAIR = re.compile(r"(?<![\w./@:-])(?P<host>localhost|127\.0\.0\.1):(?P<port>\d{2,5})(?=[/?'\"\s,;]|$)")
_HOST_NAME = re.compile(r"(?:^|_|PG)(?:HOST|HOSTNAME|SERVER|ADDR|ADDRESS)$")
_BARE_HOST = re.compile(r"\[::1\]|\w[\w.-]*")
_DATABASE = re.compile(r"(?:^|_)(?:DB|DATABASE)_")
_CLIENTS = {
    "psql": "postgres",
    "pg_isready": "postgres",
    "createdb": "postgres",
    "pg_restore": "postgres",
    "mysql": "mysql",
    "mysqladmin": "mysql",
    "redis-cli": "redis",
    "mongosh": "mongodb",
}
_ELSEWHERE = ("docker", "docker-compose", "podman", "kubectl", "ssh", "echo", "printf", "cat")
"""Programs whose words mean another machine, another container, or nothing."""


@dataclass(frozen=True, slots=True)
class Address:
    """A backend looked for at `host`:`port`, as `who` says at `place`; `text.value[start:end]` is the host.

    `backend`: None for a database of any kind. `port`: None where that is not said and there is no usual one.
    """

    backend: str | None
    host: str
    port: int | None
    who: str
    place: Place
    text: Text
    start: int
    end: int

    @property
    def local(self) -> bool:
        return self.host in LOCAL

    @property
    def shown(self) -> str:
        return f"`{self.host}:{self.port}`" if self.port else f"`{self.host}`"


def addresses(job: Job) -> list[Address]:
    """What the run steps of a job are told, in the environment and in their commands."""
    found = list(in_environment(job))
    for command in job.commands:
        if command.name not in _ELSEWHERE:
            found += _in_command(command)
    return found


def in_environment(job: Job) -> Iterator[Address]:
    """What variables say. Where a step gives one another value, that of the job counts no more."""
    for scope in scopes(job):
        for name, node in scope.items():
            yield from _in_value(name, node, scope)


def scopes(job: Job) -> list[Mapping[str, Node]]:
    """The variables of the job and those of its run steps, each value once."""
    steps = [step.env for step in job.steps if step.kind is StepKind.RUN and step.env]
    given = {name for each in steps for name in each}
    return [{name: node for name, node in job.env.items() if name not in given}, *steps]


def _in_value(name: str, node: Node, scope: Mapping[str, Node]) -> Iterator[Address]:
    if node.text is None:
        return
    text = node.as_text()
    who = f"`{name}`"
    match = _BARE_HOST.fullmatch(text.value)
    if match is not None:
        backend = of_variable(name)
        if _HOST_NAME.search(name) and (backend is not None or _DATABASE.search(name)):
            port = _port_beside(name, scope) or (BACKENDS[backend].port if backend is not None else None)
            yield Address(backend, match[0], port, who, node.place, text, 0, match.end())
        return
    yield from _written(text, 0, len(text.value), who, node.place, of_variable(name))


def _port_beside(name: str, scope: Mapping[str, Node]) -> int | None:
    """What DB_PORT says beside DB_HOST."""
    beside = scope.get(re.sub(r"(?:HOST|HOSTNAME|SERVER|ADDR|ADDRESS)$", "PORT", name))
    said = beside.text if beside is not None else None
    return int(said) if said is not None and re.fullmatch(r"\d{2,5}", said) else None


def _written(text: Text, start: int, end: int, who: str, place: Place | None, named: str | None) -> Iterator[Address]:
    """URLs and `localhost:6379` in text.value[start:end]. `named`: the backend that the variable speaks of."""
    around = f"{who} {text.value[start:end]}".lower()
    for pattern in (_URL, _PAIR):
        for match in pattern.finditer(text.value, start, end):
            said = match["port"]
            backend = of_scheme(match["scheme"]) if pattern is _URL else named
            backend = backend or (of_port(int(said), around) if said else None)
            if backend is not None:
                port = int(said) if said else BACKENDS[backend].port
                where = place or text.place(*match.span())
                yield Address(backend, match["host"], port, who, where, text, *match.span("host"))


def _in_command(command: Command) -> Iterator[Address]:
    text = command.script.text
    backend = _CLIENTS.get(command.name or "")
    who = f"`{command.name}`" if command.name is not None else "a variable"
    yield from _written(text, command.start, command.end, who, None, None)
    host = command.option("-h", "--host", attached=True) if backend is not None else None
    if backend is not None and host is not None and _BARE_HOST.fullmatch(host.raw):
        given = command.option("-P" if backend == "mysql" else "-p", "--port", attached=True)
        said = given.raw if given is not None else str(BACKENDS[backend].port)
        if said.isdecimal():
            yield Address(backend, host.raw, int(said), who, command.place, text, host.start, host.end)
