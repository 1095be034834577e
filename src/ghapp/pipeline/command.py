"""A shell command as rules see it: its words, and all that decides whether it runs and what its failure does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from ghapp.pipeline.source import Place, Text
from ghapp.pipeline.word import Assignment, Redirection, Word

if TYPE_CHECKING:
    from ghapp.pipeline.model import Job, Step


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that could not be followed. What it does is unknown, so absence cannot be claimed after it."""

    place: Place
    reason: str


class Mask(StrEnum):
    """Why a failing command does not fail its step."""

    OR = "or"  # `cmd || true`, `cmd || echo …`: whatever follows `||` succeeds
    NO_ERREXIT = "no-errexit"  # `set +e`, or a shell without -e, and a later command follows
    CONDITION = "condition"  # stands in the test of if, while, until, or left of `&&`/`||` that decides something
    NEGATED = "negated"  # `! cmd`
    PIPE = "pipe"  # left of a pipe without pipefail
    SUBSTITUTED = "substituted"  # inside `$(…)` whose status is dropped (`echo "$(cmd)"`, `local x=$(cmd)`)
    BACKGROUND = "background"  # `cmd &`
    TOLERATED = "tolerated"  # the step or the job has continue-on-error


@dataclass(frozen=True, slots=True)
class Guard:
    """A test that decides whether a command runs: `if [ -d x ]; then …`, `[ -f x ] && …`, `case`, a loop's head."""

    kind: str  # if | else | and | or | case | loop | function
    test: str  # the test as written
    start: int
    end: int


class Scope(Protocol):
    """What names mean where a step runs."""

    def variable(self, name: str) -> str | None:
        """The value that env, executor or job give the variable, as written; None when it is not set or not known."""
        ...

    def expression(self, raw: str) -> str | None:
        """What `${{ x }}` or `<< x >>` says when it is certain: literals, env, inputs, parameters. Else None."""
        ...


@dataclass(eq=False, slots=True)
class Script:
    """One parsed piece of shell: a run block, or a script file that one calls."""

    text: Text
    shell: str  # bash | sh | other
    commands: tuple[Command, ...] = ()
    clean: bool = True  # False: parts did not parse; what stands there is unknown, never safe


@dataclass(eq=False)
class Command:
    """One simple command, in the order in which the job would run it.

    `words`: program and arguments without wrappers (`sudo`, `env`, `time`, `exec`, `timeout 5` …, kept in `wrappers`),
    assignments and redirections. No words: a bare assignment. `start`, `end`: offsets into `script.text`.
    `calls`: the call sites that led here, outermost first (empty for the step's own text).
    """

    step: Step
    script: Script
    words: tuple[Word, ...]
    start: int
    end: int
    assignments: tuple[Assignment, ...] = ()
    redirections: tuple[Redirection, ...] = ()
    wrappers: tuple[str, ...] = ()
    masks: tuple[Mask, ...] = ()
    guards: tuple[Guard, ...] = ()
    piped_from: Command | None = None
    piped_to: Command | None = None
    directory: str | None = ""
    calls: tuple[Place, ...] = ()
    function: str | None = None
    substituted: bool = False  # runs inside $(…), `…` or <(…)
    pipefail: bool = False
    errexit: bool = True
    variables: Mapping[str, Word | None] = field(default_factory=dict[str, "Word | None"])
    statement: tuple[int, int] = (0, 0)  # the whole list element (pipeline, and-or list) it belongs to

    @property
    def job(self) -> Job:
        return self.step.job

    @property
    def place(self) -> Place:
        return self.script.text.place(self.start, self.end)

    @property
    def path(self) -> str:
        return self.script.text.source.path

    @property
    def raw(self) -> str:
        return self.script.text.value[self.start : self.end]

    @cached_property
    def name(self) -> str | None:
        """The program's base name (`docker` for `/usr/bin/docker`); None when it is not literal."""
        literal = self.words[0].literal if self.words else None
        return literal.rpartition("/")[2] if literal is not None else None

    def word_place(self, word: Word) -> Place:
        return self.script.text.place(word.start, word.end)
