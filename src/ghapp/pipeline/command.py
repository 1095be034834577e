"""A shell command as rules see it: its words, and all that decides whether it runs and what its failure does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from ghapp.pipeline.expansion import Scope as Scope
from ghapp.pipeline.expansion import expand
from ghapp.pipeline.options import WITH_VALUE
from ghapp.pipeline.source import Place, Text
from ghapp.pipeline.word import Assignment, PartKind, Redirection, Word

if TYPE_CHECKING:
    from ghapp.pipeline.model import Job, Step


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that could not be followed. What it does is unknown, so absence cannot be claimed after it."""

    place: Place
    reason: str


@dataclass(slots=True)
class Budget:
    """How much shell of one pipeline is walked: called files, and statements. `level`: how deep in each other now."""

    statements: int = 8_000
    files: set[str] = field(default_factory=set[str])
    level: int = 0

    def spend(self) -> None:
        """Takes one statement. Raises Spent when none is left."""
        if self.statements <= 0:
            raise Spent
        self.statements -= 1

    def open(self, path: str, most: int) -> bool:
        """Whether one more file may be followed; a file that has been counted always may."""
        if path not in self.files and len(self.files) >= most:
            return False
        self.files.add(path)
        return True


class Spent(Exception):  # noqa: N818 - no error: the rest of the pipeline's shell is not walked
    """The budget is used up."""


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
    """A test that decides whether a command runs: `if [ -d x ]; then …`, `[ -f x ] && …`, `case`, a loop's head.

    `and` stands only behind a question (`[ -f x ] && …`): a deed (`cd x && make`) decides no more than `set -e` does.
    `function`: a function of a script that does not call it itself. `trap`: what `trap '…' ERR` does, at the end.
    """

    kind: str  # if | else | and | or | case | loop | function | trap
    test: str  # the test as written
    start: int
    end: int


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
    followed: bool = False  # a call (of a function, script, target) whose own commands stand behind it

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
        """The program's base name (`docker` for `/usr/bin/docker` and `"$HOME/bin/docker"`); None when not literal."""
        if not self.words:
            return None
        first = self.words[0]
        if first.literal is not None:
            return first.literal.rpartition("/")[2]
        last = first.parts[-1]
        return last.text.rpartition("/")[2] if last.kind is PartKind.LITERAL and "/" in last.text else None

    def is_a(self, name: str, *subcommands: str) -> bool:
        """Whether the command is `name subcommand …`, options before and among the subcommands passed over.

        `command.is_a("aws", "ecr", "get-login-password")` is true for `aws --region eu-west-1 ecr get-login-password`.
        """
        if self.name != name:
            return False
        if not subcommands:
            return True
        operands = self._operands()
        return all(next(operands, None) == subcommand for subcommand in subcommands)

    @cached_property
    def operands(self) -> tuple[Word, ...]:
        """The words behind the program that are no options, subcommands included; behind `--`, all of them.

        Values of the options in `pipeline.options` are passed over; the value of any other option counts as an operand.
        """
        return tuple(word for word in self._arguments())

    def _operands(self) -> Iterator[str]:
        """The operands' texts, without those that may stand for any number of words (`aws $OPTIONS ecr …`)."""
        for word in self._arguments():
            literal = word.literal
            if literal is not None:
                yield literal
            elif len(word.parts) > 1 or word.raw.startswith('"'):
                yield self.expand(word)

    def _arguments(self) -> Iterator[Word]:
        valued = WITH_VALUE.get(self.name or "", frozenset[str]())
        words = iter(self.words[1:])
        for word in words:
            if word.raw == "--":
                yield from words
            elif not word.raw.startswith(("-", '"-', "'-")) or word.raw == "-":
                yield word
            elif word.raw in valued:
                next(words, None)

    def option(self, *names: str, attached: bool = False) -> Word | None:
        """The value of the first of the options given: `--x v`, `--x=v`, `-x v`, and `-xv` when `attached`."""
        for at, word in enumerate(self.words[1:], 2):
            if word.raw == "--":
                break
            begin = word.parts[0].text if word.parts[0].kind is PartKind.LITERAL else ""
            for name in names:
                if begin == name and len(word.parts) == 1:
                    return self.words[at] if at < len(self.words) else None
                if begin.startswith(f"{name}="):
                    return word.after(len(name) + 1)
                if attached and begin.startswith(name) and len(name) == 2:
                    return word.after(2)
        return None

    def has_option(self, *names: str, cluster: bool = False) -> bool:
        """Whether one of the options is given, with or without a value.

        `cluster`: one-letter options may be joined, so `-f` is found in `-fsS`.
        """
        letters = {name[1] for name in names if len(name) == 2 and cluster}
        for word in self.words[1:]:
            begin = word.parts[0].text if word.parts[0].kind is PartKind.LITERAL else ""
            if begin == "--":
                break
            if begin.partition("=")[0] in names:
                return True
            if letters and begin.startswith("-") and not begin.startswith("--") and letters & set(begin):
                return True
        return False

    def expand(self, word: Word) -> str:
        """The word's text with known variables and expressions filled in.

        What is unknown stays as written: `$X` (`${X}` only where it must), `$(…)`, `${{ … }}`.
        """
        return expand(word, self.variables, self.step.scope)[0]

    def literal(self, word: Word) -> str | None:
        """The word's text when all of it is known; else None."""
        text, known = expand(word, self.variables, self.step.scope)
        return text if known else None

    def word_place(self, word: Word) -> Place:
        return self.script.text.place(word.start, word.end)
