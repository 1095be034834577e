"""Builds the step of a run block around a text, without YAML."""

from __future__ import annotations

from typing import Protocol

import pytest

from ghapp.pipeline.model import Command, Gap, Job, Pipeline, Step, StepKind
from ghapp.pipeline.rule import Platform
from ghapp.pipeline.shell import follow
from ghapp.pipeline.source import Source, Text
from ghapp.pipeline.tree import Tree
from ghapp.pipeline.yaml import Node


class Names:
    """A scope from a mapping: variables by name, expressions as written."""

    def __init__(self, values: dict[str, str]) -> None:
        self.values = values

    def variable(self, name: str) -> str | None:
        return self.values.get(name)

    def expression(self, raw: str) -> str | None:
        return self.values.get(raw)

    constant = expression


class Ran:
    """What a step did."""

    def __init__(self, trail: tuple[Command | Gap, ...]) -> None:
        self.trail = trail
        self.commands = [item for item in trail if isinstance(item, Command)]
        self.reasons = [item.reason for item in trail if isinstance(item, Gap)]

    @property
    def lines(self) -> list[str]:
        """Each command's words with everything known filled in; gaps as `?`, bare assignments as written."""
        return [
            "?" if isinstance(item, Gap) else " ".join(map(item.expand, item.words)) if item.words else item.raw
            for item in self.trail
        ]

    def __getitem__(self, program: str) -> Command:
        """The first command of that name."""
        return next(command for command in self.commands if command.name == program)

    def masks(self, program: str) -> list[str]:
        return [str(mask) for mask in self[program].masks]

    def guards(self, program: str) -> list[tuple[str, str]]:
        return [(guard.kind, guard.test) for guard in self[program].guards]


class Run(Protocol):
    """Runs a script as a step, in a repository of `files`, where `names` are known; `more` sets the step's fields."""

    def __call__(
        self, text: str, files: dict[str, str] | None = None, names: dict[str, str] | None = None, **more: object
    ) -> Ran: ...


def a_step(text: str, names: dict[str, str] | None = None) -> Step:
    source = Source(".github/workflows/ci.yml", text)
    node = Node("scalar", source, 0, len(text), "", text, None)
    pipeline = Pipeline(Platform.ACTIONS, source, Tree.of({}))
    return Step(
        Job(pipeline, "build", node, node), 0, StepKind.RUN, node, Names(names or {}), text=Text.of_file(source)
    )


@pytest.fixture
def run() -> Run:
    def running(
        text: str, files: dict[str, str] | None = None, names: dict[str, str] | None = None, **more: object
    ) -> Ran:
        step = a_step(text, names)
        for key, value in more.items():
            setattr(step, key, value)
        return Ran(follow(step, Tree.of(files or {})))

    return running
