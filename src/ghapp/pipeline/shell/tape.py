"""What a script did in one step, kept to be played again in another.

Local actions, reusable workflows and CircleCI commands bring the same run blocks into job after job, and an edit is
tried on all that call its file. What a script does hangs on little: how its step runs it, what names mean to that step,
and the files that it calls. A tape knows all of it, and is played only where it is the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from ghapp.pipeline.command import Command, Gap, Script
from ghapp.pipeline.expansion import Scope
from ghapp.pipeline.kept import kept
from ghapp.pipeline.model import Step
from ghapp.pipeline.rule import Platform
from ghapp.pipeline.shell.process import MAX_FILES
from ghapp.pipeline.source import Source, Text
from ghapp.pipeline.tree import Tree
from ghapp.pipeline.yaml import Node

MAX_TAPES = 16
"""How many are kept of a script that is run in the same way."""


class Key(NamedTuple):
    """How a step runs its script."""

    node: Node
    platform: Platform
    shell: str
    errexit: bool
    pipefail: bool
    directory: str | None
    tolerated: bool


class Listener:
    """A step's scope that notes what it is asked."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self._variables: dict[str, str | None] = {}
        self._expressions: dict[str, str | None] = {}
        self._constants: dict[str, str | None] = {}

    def variable(self, name: str) -> str | None:
        self._variables[name] = value = self.scope.variable(name)
        return value

    def expression(self, raw: str) -> str | None:
        self._expressions[raw] = value = self.scope.expression(raw)
        return value

    def constant(self, raw: str) -> str | None:
        self._constants[raw] = value = self.scope.constant(raw)
        return value

    def heard(self, scope: Scope) -> bool:
        """Whether another scope gives the same answers."""
        asked = (
            (scope.variable, self._variables),
            (scope.expression, self._expressions),
            (scope.constant, self._constants),
        )
        return all(ask(name) == value for ask, answers in asked for name, value in answers.items())


@dataclass(frozen=True, slots=True)
class Tape:
    """What a step did.

    `files`: what was read, by path; None where that could not be. `statements`: how many were run.
    """

    answers: Listener
    files: dict[str, Source | None]
    statements: int
    trail: tuple[Command | Gap, ...]

    def fits(self, step: Step, tree: Tree) -> bool:
        """Whether the same would happen in another step."""
        budget = step.job.pipeline.budget
        return (
            self.statements <= budget.statements
            and len(budget.files.union(self.files)) <= MAX_FILES
            and self.answers.heard(step.scope)
            and all(tree.source(path) is source for path, source in self.files.items())
        )

    def play(self, step: Step) -> list[Command | Gap]:
        """The trail in another step."""
        budget = step.job.pipeline.budget
        budget.files.update(self.files)
        budget.statements -= self.statements
        scripts: dict[Script, Script] = {}
        twins: dict[Command, Command] = {}
        for item in self.trail:
            if isinstance(item, Command):
                script = item.script
                if script not in scripts:
                    scripts[script] = Script(script.text, script.shell, clean=script.clean)
                twins[item] = twin = Command.__new__(Command)
                _ = item.name  # told once for all steps
                twin.__dict__ = {**item.__dict__, "step": step, "script": scripts[script]}
        for twin in twins.values():
            twin.piped_from = twin.piped_from and twins[twin.piped_from]
            twin.piped_to = twin.piped_to and twins[twin.piped_to]
        return [twins[item] if isinstance(item, Command) else item for item in self.trail]


@kept
def _tapes(source: Source) -> dict[Key, list[Tape]]:
    return {}


def tapes_of(step: Step, text: Text) -> list[Tape]:
    """What is kept of a step's script."""
    if text.node is None:
        return []
    key = Key(
        text.node,
        step.job.pipeline.platform,
        step.shell,
        step.errexit,
        step.pipefail,
        step.directory,
        step.tolerated,
    )
    return _tapes(text.source).setdefault(key, [])
