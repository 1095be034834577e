"""Runs a script on paper: its commands in the order in which the job would run them.

What cannot be decided is walked as well, with a guard: both branches of an `if`, every pattern of a `case`. A loop's body
is walked once; its variable is known only when the list has exactly one value. Functions run where they are called.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from ghapp.pipeline.command import Command, Gap, Guard, Mask, Script
from ghapp.pipeline.expansion import expand
from ghapp.pipeline.shell.outcome import asks, mask_of
from ghapp.pipeline.shell.state import NOTHING, Frame, State, assigned_in
from ghapp.pipeline.shell.syntax import (
    AndOr,
    Background,
    Case,
    Function,
    Group,
    If,
    Loop,
    Parsed,
    Pipe,
    Redirected,
    Sequence,
    Simple,
    Statement,
)
from ghapp.pipeline.shell.wrappers import WRAPPERS, unwrap
from ghapp.pipeline.source import Place
from ghapp.pipeline.word import Part, PartKind, Word

if TYPE_CHECKING:
    from ghapp.pipeline.model import Step

_STATUS = re.compile(r"\$\?|PIPESTATUS")


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
        depth: int = 0,
    ) -> None:
        self.step = step
        self.script = script
        self.state = state
        self.trail = trail
        self.react = react
        self.calls = calls
        self.depth = depth
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
            self.statement = (item.start, item.end)
            self.next = items[at + 1] if at < last else after
            self.run(item, frame if at == last else inside)
        self.next = after

    def run(self, statement: Statement, frame: Frame) -> None:
        self.step.job.pipeline.budget.spend()
        _RUNNERS[type(statement)](self, statement, frame)

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
        words = self.program(tuple(node.words))
        wrappers: tuple[str, ...] = ()
        assignments = tuple(node.assignments)
        if words and words[0].raw in WRAPPERS:
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

    def program(self, words: tuple[Word, ...]) -> tuple[Word, ...]:
        """The words with a program that stands in a variable filled in: `$SUDO apt-get`, `$DC up`, `"$@"`."""
        for _ in range(4):
            first = words[0] if words else NOTHING
            if len(first.parts) != 1 or first.parts[0].kind is not PartKind.VARIABLE:
                break
            name, quote = first.parts[0].text, first.parts[0].quote
            if name in ("@", "*") and self.state.arguments is not None:
                filled = self.state.arguments
            elif (text := self.outright(first)) is None:
                break
            else:
                pieces = [text] if quote else text.split()
                filled = tuple(first._replace(parts=(Part(PartKind.LITERAL, piece),)) for piece in pieces)
            words = (*(word._replace(raw=first.raw, start=first.start, end=first.end) for word in filled), *words[1:])
        return words

    def outright(self, word: Word) -> str | None:
        """A word's text when all of it is known."""
        text, known = expand(word, self.state.variables, self.step.scope)
        return text if known else None

    def unheeded(self) -> Mask:
        """Without -e nobody heeds a status, unless the next statement reads it (`rc=$?`)."""
        following = self.next
        if following is not None and _STATUS.search(self.script.text.value, following.start, following.end):
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

    def pipe(self, node: Pipe, frame: Frame) -> None:
        if node.negated:
            frame = frame.masked(Mask.NEGATED).tests()
        if len(node.elements) == 1:
            self.run(node.elements[0], frame)
            return
        left = frame if self.state.pipefail else frame.masked(Mask.PIPE)
        begin = len(self.trail)
        for element in node.elements:
            self.upstream = self._output(begin)
            begin = len(self.trail)
            inside = frame if element is node.elements[-1] else left
            self.apart(lambda element=element, inside=inside: self.run(element, inside))
        self.upstream = None

    def _output(self, begin: int) -> Command | None:
        """The command of the pipe's element begun at `begin` whose output goes on to the next."""
        for item in reversed(self.trail[begin:]):
            if isinstance(item, Command) and item.words and item.calls == self.calls and item.function == self.function:
                return item
        return None

    def and_or(self, node: AndOr, frame: Frame) -> None:
        statement = self.statement
        elements = [("", node.first), *node.rest]
        guards: tuple[Guard, ...] = ()
        for at, (sign, element) in enumerate(elements):
            if at:
                guards = self._guards(guards, sign, node.start, elements[at - 1][1])
            rest = elements[at + 1 :]
            hidden = mask_of(rest, self.state.functions, tail=frame.tail) if rest else None
            if rest and hidden is None and asks(element) and rest[0][0] == "&&":
                hidden = Mask.CONDITION
            inside = frame.masked(hidden) if hidden is not None else frame
            if rest:
                inside = inside.tests()
            inside = inside.guarded(*guards) if guards else inside
            self.statement = statement
            if guards:
                self._maybe(element, inside)
            else:
                self.run(element, inside)

    def _guards(self, guards: tuple[Guard, ...], sign: str, start: int, before: Statement) -> tuple[Guard, ...]:
        """What decides whether the next element of an and-or list runs."""
        text = self.script.text.value
        if sign == "||":
            return (Guard("or", text[start : before.end], start, before.end),)
        kept = tuple(guard for guard in guards if guard.kind == "and")
        if not asks(before):
            return kept
        return (*kept, Guard("and", text[before.start : before.end], before.start, before.end))

    def _maybe(self, statement: Statement, frame: Frame) -> None:
        """Runs what may not run: afterwards only what holds either way is known."""
        ran = self.apart(lambda: self.run(statement, frame))
        self.state.join([self.state.fork(), ran])

    def branch(self, node: If, frame: Frame) -> None:
        text = self.script.text.value
        guards: list[Guard] = []
        states: list[State] = []
        for test, body in node.branches:
            self.sequence(test, frame.masked(Mask.CONDITION).tests())
            raw = text[test.items[0].start : test.end] if test.items else ""
            inside = frame.guarded(*guards, Guard("if", raw, test.start, test.end))
            if raw.rstrip("; \n") != "false":
                states.append(self.apart(lambda body=body, inside=inside: self.sequence(body, inside)))
            guards.append(Guard("else", raw, test.start, test.end))
        otherwise = node.otherwise
        if otherwise is not None:
            states.append(self.apart(lambda: self.sequence(otherwise, frame.guarded(*guards))))
        else:
            states.append(self.state.fork())
        self.state.join(states)

    def loop(self, node: Loop, frame: Frame) -> None:
        for inner in node.inner:
            self.substitute(inner, frame.masked(Mask.SUBSTITUTED), tail=True)
        text = self.script.text.value
        self.state.forget(assigned_in(text[node.head : node.end]))
        if node.variable:
            value = node.values[0] if node.values and len(node.values) == 1 else None
            single = value is not None and not value.glob and (value.literal or "{")[0] not in "{~"
            self.state.assign(node.variable, value if single else None)
        if node.test is not None:
            self.sequence(node.test, frame.masked(Mask.CONDITION).tests())
        inside = frame.guarded(Guard("loop", text[node.start : node.head], node.start, node.head))
        if inside.tail:
            inside = inside._replace(tail=False)
        ran = self.apart(lambda: self.sequence(node.body, inside))
        self.state.join([self.state.fork(), ran])

    def case(self, node: Case, frame: Frame) -> None:
        for inner in node.inner:
            self.substitute(inner, frame.masked(Mask.SUBSTITUTED), tail=True)
        states = [self.state.fork()]
        for patterns, body in node.items:
            test = f"{node.subject.raw} in {'|'.join(pattern.raw for pattern in patterns)}"
            inside = frame.guarded(Guard("case", test, node.subject.start, patterns[-1].end))
            states.append(self.apart(lambda body=body, inside=inside: self.sequence(body, inside)))
            if any(pattern.raw == "*" for pattern in patterns):
                del states[0]
                break
        self.state.join(states)

    def group(self, node: Group, frame: Frame) -> None:
        if node.subshell:
            self.apart(lambda: self.sequence(node.body, frame))
        else:
            self.sequence(node.body, frame)

    def redirected(self, node: Redirected, frame: Frame) -> None:
        for inner in node.inner:
            self.substitute(inner, frame.masked(Mask.SUBSTITUTED), tail=True)
        self.run(node.body, frame._replace(redirections=(*node.redirections, *frame.redirections)))

    def background(self, node: Background, frame: Frame) -> None:
        self.apart(lambda: self.run(node.body, frame.masked(Mask.BACKGROUND)._replace(tail=True)))

    def define(self, node: Function, frame: Frame) -> None:
        self.state.functions = {**self.state.functions, node.name: (node, self.script)}

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


_RUNNERS = {
    Simple: Shell.simple,
    Pipe: Shell.pipe,
    AndOr: Shell.and_or,
    Background: Shell.background,
    If: Shell.branch,
    Loop: Shell.loop,
    Case: Shell.case,
    Group: Shell.group,
    Redirected: Shell.redirected,
    Function: Shell.define,
}
