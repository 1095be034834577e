"""Runs a script on paper: makes its commands, in the order in which the job would run them.

Functions run where they are called. `control` runs what is made of commands.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from ghapp.pipeline.command import Command, Gap, Mask, Script
from ghapp.pipeline.expansion import expand
from ghapp.pipeline.shell.control import COMPOUND
from ghapp.pipeline.shell.state import NOTHING, Frame, State
from ghapp.pipeline.shell.syntax import Parsed, Sequence, Simple, Statement
from ghapp.pipeline.shell.wrappers import WRAPPERS, unwrap
from ghapp.pipeline.source import Place
from ghapp.pipeline.word import Part, PartKind, Word

if TYPE_CHECKING:
    from ghapp.pipeline.model import Step

MAX_LEVEL = 60
"""How deep statements, functions and scripts may run in each other; it keeps Python's own stack out of reach."""

_STATUS = re.compile(r"\$\?|PIPESTATUS")
_GLANCE = 300  # characters of the next statement in which its status may be read
_SUDO = frozenset({"SUDO", "sudo"})  # by convention empty or `sudo`: it changes who runs a program, not which
_ARGUMENTS = frozenset({'"$@"', "$@", "$*", '"${@}"'})
_MAX_WORDS = 200  # words of a command with `"$@"` filled in


class Calls(Protocol):
    """What a command does beyond running a program: builtins, and calls of what can be read."""

    def __call__(self, shell: Shell, command: Command, frame: Frame) -> None: ...


class Shell:
    """One shell process at work. `trail` is shared by all shells of a step."""

    def __init__(
        self,
        step: Step,
        script: Script,
        state: State,
        trail: list[Command | Gap],
        react: Calls,
        *,
        calls: tuple[Place, ...] = (),
    ) -> None:
        self.step = step
        self.script = script
        self.state = state
        self.trail = trail
        self.react = react
        self.calls = calls
        self.function: str | None = None
        self.running: tuple[str, ...] = ()
        self.called: set[str] = set()
        self.traps: list[tuple[Command, Word, str]] = []
        self.statement = (0, 0)
        self.next: Statement | None = None
        self.upstream: Command | None = None

    def perform(self, parsed: Parsed, frame: Frame) -> None:
        """Runs a whole text of `self.script`."""
        self.sequence(parsed.body, frame)
        if parsed.error is not None:
            self.script.clean = False
            self.gap(parsed.error, len(self.script.text.value), "Here the script cannot be read any further.")

    def gap(self, start: int, end: int, reason: str) -> None:
        self.trail.append(Gap(self.script.text.place(start, end), reason))

    def sequence(self, sequence: Sequence, frame: Frame) -> None:
        if not sequence.readable:
            self.gap(sequence.start, sequence.end, "This command substitution cannot be read.")
        items = sequence.items
        last = len(items) - 1
        inside = frame._replace(tail=False) if frame.tail and last > 0 else frame
        after = self.next
        for at, item in enumerate(items):
            if self.state.ended:
                break
            if not frame.substituted:
                self.statement = (item.start, item.end)
            self.next = items[at + 1] if at < last else after
            self.run(item, frame if at == last else inside)
        self.next = after

    def run(self, statement: Statement, frame: Frame) -> None:
        budget = self.step.job.pipeline.budget
        budget.spend()
        if budget.level >= MAX_LEVEL:
            self.gap(statement.start, statement.end, "Calls are nested too deep to be followed.")
            return
        budget.level += 1
        if isinstance(statement, Simple):
            self.simple(statement, frame)
        else:
            COMPOUND[type(statement)](self, statement, frame)
        budget.level -= 1

    def simple(self, node: Simple, frame: Frame) -> None:
        bare = not node.words
        upstream, self.upstream = self.upstream, None
        for at, inner in enumerate(node.inner):
            kept = bare and at == len(node.inner) - 1
            self.substitute(inner, frame if kept else frame.masked(Mask.SUBSTITUTED), tail=frame.tail or not kept)
        command = self.command(node, frame)
        self.trail.append(command)
        if upstream is not None:
            command.piped_from, upstream.piped_to = upstream, command
        for assignment in node.assignments if bare or node.declares else ():
            self.state.assign(assignment.name, assignment.value)
        if command.words:
            self.react(self, command, frame)

    def command(self, node: Simple, frame: Frame) -> Command:
        state = self.state
        words = self.settled(tuple(node.words))
        wrappers: tuple[str, ...] = ()
        assignments = tuple(node.assignments)
        if words and words[0].literal in WRAPPERS:
            wrappers, words, more = unwrap(words)
            assignments += more
        masks = frame.masks
        if not frame.tail and (frame.tested or not state.errexit):
            masks = (*masks, self.unheeded())
        return Command(
            step=self.step,
            script=self.script,
            words=words,
            start=node.start,
            end=node.end,
            assignments=assignments,
            redirections=(*node.redirections, *frame.redirections),
            wrappers=wrappers,
            masks=masks,
            guards=frame.guards,
            directory=state.directory,
            calls=self.calls,
            function=self.function,
            substituted=frame.substituted,
            pipefail=state.pipefail,
            errexit=state.errexit,
            variables=state.variables,
            statement=self.statement,
        )

    def settled(self, words: tuple[Word, ...]) -> tuple[Word, ...]:
        """The words with `"$@"` filled in, and a program that stands in a variable: `$SUDO apt-get`, `$DC up`."""
        if self.state.arguments is not None:
            words = self.with_arguments(words)
        for _ in range(4):
            first = words[0] if words else NOTHING
            if len(first.parts) != 1 or first.parts[0].kind is not PartKind.VARIABLE:
                break
            text = "" if first.parts[0].text in _SUDO else self.outright(first)
            if text is None:
                break
            pieces = [text] if first.parts[0].quote else text.split()
            words = (*(first._replace(parts=(Part(PartKind.LITERAL, piece),)) for piece in pieces), *words[1:])
        return words

    def with_arguments(self, words: tuple[Word, ...]) -> tuple[Word, ...]:
        out: list[Word] = []
        for word in words:
            if word.raw in _ARGUMENTS and len(words) + len(out) < _MAX_WORDS:
                out.extend(word._replace(parts=each.parts) for each in self.state.arguments or ())
            else:
                out.append(word)
        return tuple(out)

    def outright(self, word: Word) -> str | None:
        """A word's text when all of it is known."""
        text, known = expand(word, self.state.variables, self.step.scope)
        return text if known else None

    def unheeded(self) -> Mask:
        """Without -e nobody heeds a status, unless the next statement reads it (`rc=$?`)."""
        following = self.next
        if following is not None and _STATUS.search(
            self.script.text.value, following.start, min(following.end, following.start + _GLANCE)
        ):
            return Mask.CONDITION
        return Mask.NO_ERREXIT

    def substitute(self, body: Sequence, frame: Frame, *, tail: bool) -> None:
        """`$(…)`: a shell of its own, in which bash drops -e."""
        with_status = frame._replace(tail=tail or self.state.errexit, substituted=True, redirections=())
        self.apart(lambda: self.sequence(body, with_status), errexit=False)

    def apart(self, work: Callable[[], None], *, errexit: bool | None = None) -> State:
        """Does something in a copy of this shell, and returns the copy."""
        state = self.state
        self.state = state.fork()
        if errexit is not None:
            self.state.errexit = errexit
        statement = self.statement
        work()
        copy, self.state, self.statement = self.state, state, statement
        return copy

    def call(self, name: str, words: tuple[Word, ...] | None, frame: Frame) -> None:
        """Runs a function's body where it is called. `words`: its arguments; None when they are not known."""
        self.called.add(name)
        body, script = self.state.functions[name]
        outer = self.script, self.calls, self.function, self.running, self.statement
        around, arguments = self.state.variables, self.state.arguments
        if script is not self.script:
            self.calls = (*self.calls, self.script.text.place(*self.statement))
        self.script, self.function, self.running = script, name, (*self.running, name)
        if words is not None:
            self.state.positional(words)
        self.run(body.body, frame)
        self.state.arguments = arguments
        self.script, self.calls, self.function, self.running, self.statement = outer
        own = {name: value for name, value in self.state.variables.items() if not _parameter(name)}
        self.state.variables = {**own, **{name: value for name, value in around.items() if _parameter(name)}}
        if self.state.ended == "return":
            self.state.ended = ""


def _parameter(name: str) -> bool:
    return name.isdigit() or name in ("@", "*")
