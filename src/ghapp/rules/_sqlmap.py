"""Runs of sqlmap: directly, by Python, or in an image.

Source: the option list and the headers of data/xml/payloads/*.xml of sqlmapproject/sqlmap 1.10, and the status of runs
of 1.10.10 against targets with an injection, without one, and out of reach: 0 each time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ghapp.pipeline import Command, Edit, Job, Pipeline, Platform, Severity
from ghapp.pipeline.edits import replace_in
from ghapp.pipeline.model import Part, PartKind

PLATFORMS = (Platform.ACTIONS, Platform.ACTION, Platform.CIRCLECI, Platform.SHELL)

_PYTHON = re.compile(r"python[\d.]*")
_IMAGE = re.compile(r"(?:[\w.-]+/)+sqlmap(?:[:@][\w.:-]+)?")
_OTHER = frozenset(
    "-h -hh --help --version --update --wizard --shell --purge --dependencies --list-tampers "  # noqa: SIM905
    "--smoke-test --vuln-test --api-test --payload-lint".split()
)
"""What sqlmap is asked for instead of a test of a target: its own checks above all."""

_HOST = re.compile(r"(?:[a-z][a-z0-9+.-]*://)?(?:[^/@?#]*@)?(\[[^\]]*\]|[^/:?#]*)", re.IGNORECASE)
_LOCAL = frozenset({"localhost", "127.0.0.1", "0.0.0.0", "[::1]", "host.docker.internal"})  # noqa: S104


@dataclass(frozen=True, slots=True)
class Run:
    """`command` as it stands in the script; `view` as if sqlmap had been run directly."""

    command: Command
    view: Command

    def adding(self, option: str) -> Edit | None:
        """One more option, right behind the program."""
        program = self.view.words[0]
        return replace_in(self.command.script.text, program.end, program.end, f" {option}")

    def value(self, *names: str) -> str | None:
        """An option's value as far as it is known; None when the option is not given."""
        word = self.view.option(*names)
        return self.view.expand(word) if word is not None else None

    @property
    def opaque(self) -> bool:
        """Whether options may stand somewhere else: in a variable, in a configuration file."""
        values = False
        for word in self.view.words[1:]:
            alone = len(word.parts) == 1 and word.parts[0].kind is not PartKind.LITERAL and not word.parts[0].quote
            if (alone and not values) or "$@" in word.raw or "[@]" in word.raw:
                return True
            values = word.raw.startswith("-") and "=" not in word.raw
        return self.view.has_option("-c", "--config")

    @property
    def host(self) -> str:
        """The host that is attacked, as far as it is known; empty when the target is given in another way."""
        match = _HOST.match(self.value("-u", "--url") or "")
        return match[1] if match is not None else ""

    @property
    def local(self) -> bool:
        """Whether the target was started by the job itself, and so is thrown away with it."""
        host = self.host.lower()
        return host in _LOCAL or any(service.name == host for service in self.command.job.services if host)

    @property
    def gravity(self) -> Severity | None:
        """A target that is thrown away leaves little to lose."""
        return Severity.NOTICE if self.local else None


def runs(pipeline: Pipeline) -> Iterator[Run]:
    """The tests of targets that the pipeline's jobs run, in order."""
    for job in pipeline.jobs:
        yield from runs_of(job)


def runs_of(job: Job) -> Iterator[Run]:
    """The job's tests of targets, in order."""
    for command in job.commands:
        at = _program(command)
        if at is not None and command.script.clean:
            word, *rest = command.words[at:]
            if rest and at and rest[0].literal == "sqlmap":
                word, *rest = rest
            if rest and not any(each.raw in _OTHER for each in rest):
                named = word._replace(parts=(Part(PartKind.LITERAL, "sqlmap"),))
                yield Run(command, replace(command, words=(named, *rest)))


def _program(command: Command) -> int | None:
    """Which of the command's words is sqlmap."""
    if command.name in ("sqlmap", "sqlmap.py"):
        return 0
    if command.name is not None and _PYTHON.fullmatch(command.name):
        script = next((at for at, word in enumerate(command.words[1:], 1) if not word.raw.startswith("-")), 0)
        return script if command.words[script].raw.strip("\"'").endswith("sqlmap.py") else None
    if command.is_a("docker", "run") or command.is_a("podman", "run"):
        return next((at for at, word in enumerate(command.words) if _IMAGE.fullmatch(word.raw)), None)
    return None
