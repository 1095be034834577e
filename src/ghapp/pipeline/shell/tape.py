"""What a script did in one step, kept to be played again in another.

Local actions, reusable workflows and CircleCI commands bring the same run blocks into job after job, and an edit is
tried on all that call its file. What a script does hangs on little: how its step runs it, what names mean to that step,
and the files that it calls. A tape knows all of it, and is played only where it is the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

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

_PIPED = ("piped_from", "piped_to")
_UNPIPED = dict.fromkeys(_PIPED)


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
    """A trail that belongs to no step.

    `files`: what was read, by path; None where that could not be. `statements`: how many were run. `scripts` and
    `items`: what stands in the trail, commands as their fields; `links`: what they refer to, by number.
    """

    answers: Listener
    files: dict[str, Source | None]
    statements: int
    scripts: tuple[Script, ...]
    items: tuple[dict[str, Any] | Gap, ...]
    links: tuple[tuple[int, str, int], ...]

    @classmethod
    def of(
        cls, answers: Listener, files: dict[str, Source | None], statements: int, trail: Sequence[Command | Gap]
    ) -> Tape:
        """What a step did."""
        scripts: dict[Script, int] = {}
        at = {id(item): number for number, item in enumerate(trail)}
        items: list[dict[str, Any] | Gap] = []
        links: list[tuple[int, str, int]] = []
        for number, item in enumerate(trail):
            if isinstance(item, Gap):
                items.append(item)
                continue
            scripts.setdefault(item.script, len(scripts))
            _ = item.name  # told once for all steps
            links += [(number, name, at[id(other)]) for name in _PIPED if (other := getattr(item, name)) is not None]
            items.append({**item.__dict__, "step": None, "script": scripts[item.script], **_UNPIPED})
        blank = tuple(Script(script.text, script.shell, clean=script.clean) for script in scripts)
        return cls(answers, files, statements, blank, tuple(items), tuple(links))

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
        scripts = [Script(each.text, each.shell, clean=each.clean) for each in self.scripts]
        trail: list[Any] = []
        for item in self.items:
            if isinstance(item, Gap):
                trail.append(item)
            else:
                command = Command.__new__(Command)
                command.__dict__ = fields = item.copy()
                fields["step"], fields["script"] = step, scripts[item["script"]]
                trail.append(command)
        for at, name, other in self.links:
            setattr(trail[at], name, trail[other])
        return trail


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
