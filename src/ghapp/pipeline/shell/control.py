"""Runs what is made of commands: lists, pipes, tests, loops, groups, function definitions.

What cannot be decided is walked as well, with a guard: both branches of an `if`, every pattern of a `case`. A loop's
body is walked once; its variable is known only when the list has exactly one value. Of an `if` that the file itself
decides (`if false`, `if << parameters.build >>`) only one branch is run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from ghapp.pipeline.command import Command, Guard, Mask
from ghapp.pipeline.shell.outcome import asks, holds, mask_of, outcome
from ghapp.pipeline.shell.state import Frame, State, assigned_in
from ghapp.pipeline.shell.syntax import (
    AndOr,
    Background,
    Case,
    Function,
    Group,
    If,
    Loop,
    Pipe,
    Redirected,
    Statement,
)

if TYPE_CHECKING:
    from ghapp.pipeline.shell.evaluate import Shell

MAX_TEST = 400
"""Characters of a guard's test; longer ones are cut."""

MAX_QUESTIONS = 8
MAX_LOOKAHEAD = 16
MAX_FUNCTIONS = 300
"""What a hostile list of thousands could otherwise make quadratic."""


def pipe(shell: Shell, node: Pipe, frame: Frame) -> None:
    if node.negated:
        frame = frame.masked(Mask.NEGATED).tests()
    if len(node.elements) == 1:
        shell.run(node.elements[0], frame)
        return
    left = frame if shell.state.pipefail else frame.masked(Mask.PIPE)
    begin = len(shell.trail)
    for element in node.elements:
        shell.upstream = _output(shell, begin)
        begin = len(shell.trail)
        inside = frame if element is node.elements[-1] else left
        shell.apart(lambda element=element, inside=inside: shell.run(element, inside))
    shell.upstream = None


def _output(shell: Shell, begin: int) -> Command | None:
    """The command of the pipe's element begun at `begin` whose output goes on to the next."""
    for item in reversed(shell.trail[begin:]):
        if isinstance(item, Command) and item.words and item.calls == shell.calls and item.function == shell.function:
            return item
    return None


def and_or(shell: Shell, node: AndOr, frame: Frame) -> None:
    statement = shell.statement
    elements = [("", node.first), *node.rest]
    guards: tuple[Guard, ...] = ()
    ends = [(sign, outcome(element, shell.state.functions)) for sign, element in node.rest]
    for at, (sign, element) in enumerate(elements):
        if at:
            guards = _guards(shell, guards, sign, node.start, elements[at - 1][1])
        inside = frame
        if at < len(ends):
            hidden = mask_of(ends[at : at + MAX_LOOKAHEAD], tail=frame.tail)
            if hidden is None and ends[at][0] == "&&" and asks(element):
                hidden = Mask.CONDITION
            inside = (frame.masked(hidden) if hidden is not None else frame).tests()
        inside = inside.guarded(*guards) if guards else inside
        shell.statement = statement
        if guards:
            _maybe(shell, element, inside)
        else:
            shell.run(element, inside)


def _guards(shell: Shell, guards: tuple[Guard, ...], sign: str, start: int, before: Statement) -> tuple[Guard, ...]:
    """What decides whether the next element of an and-or list runs."""
    if sign == "||":
        return (_guard(shell, "or", start, before.end),)
    kept = tuple(guard for guard in guards[-MAX_QUESTIONS:] if guard.kind == "and")
    return (*kept, _guard(shell, "and", before.start, before.end)) if asks(before) else kept


def _guard(shell: Shell, kind: str, start: int, end: int) -> Guard:
    return Guard(kind, shell.script.text.value[start : min(end, start + MAX_TEST)], start, end)


def _maybe(shell: Shell, statement: Statement, frame: Frame) -> None:
    """Runs what may not run: afterwards only what holds either way is known."""
    ran = shell.apart(lambda: shell.run(statement, frame))
    shell.state.join([shell.state.fork(), ran])


def branch(shell: Shell, node: If, frame: Frame) -> None:
    guards: list[Guard] = []
    states: list[State] = []
    for test, body in node.branches:
        shell.sequence(test, frame.masked(Mask.CONDITION).tests())
        start = test.items[0].start if test.items else test.end
        verdict = holds(test, shell.step.scope)
        guard = () if verdict else (_guard(shell, "if", start, test.end),)
        inside = frame.guarded(*guards[-MAX_QUESTIONS:], *guard)
        if verdict is not False:
            states.append(shell.apart(lambda body=body, inside=inside: shell.sequence(body, inside)))
            guards.extend(replace(each, kind="else") for each in guard)
        if verdict:
            shell.state.join(states)
            return
    otherwise = node.otherwise
    if otherwise is not None:
        states.append(shell.apart(lambda: shell.sequence(otherwise, frame.guarded(*guards[-MAX_QUESTIONS:]))))
    else:
        states.append(shell.state.fork())
    shell.state.join(states)


def loop(shell: Shell, node: Loop, frame: Frame) -> None:
    for inner in node.inner:
        shell.substitute(inner, frame.masked(Mask.SUBSTITUTED), tail=True)
    shell.state.forget(assigned_in(shell.script.text.value[node.head : node.end]))
    if node.variable:
        value = node.values[0] if node.values and len(node.values) == 1 else None
        single = value is not None and not value.glob and (value.literal or "{")[0] not in "{~"
        shell.state.assign(node.variable, value if single else None)
    if node.test is not None:
        shell.sequence(node.test, frame.masked(Mask.CONDITION).tests())
    inside = frame.guarded(_guard(shell, "loop", node.start, node.head))._replace(tail=False)
    ran = shell.apart(lambda: shell.sequence(node.body, inside))
    shell.state.join([shell.state.fork(), ran])


def case(shell: Shell, node: Case, frame: Frame) -> None:
    for inner in node.inner:
        shell.substitute(inner, frame.masked(Mask.SUBSTITUTED), tail=True)
    states = [shell.state.fork()]
    for patterns, body in node.items:
        test = f"{node.subject.raw} in {'|'.join(pattern.raw for pattern in patterns)}"[:MAX_TEST]
        inside = frame.guarded(Guard("case", test, node.subject.start, patterns[-1].end))
        states.append(shell.apart(lambda body=body, inside=inside: shell.sequence(body, inside)))
        if any(pattern.raw == "*" for pattern in patterns):
            del states[0]
            break
    shell.state.join(states)


def group(shell: Shell, node: Group, frame: Frame) -> None:
    if node.subshell:
        shell.apart(lambda: shell.sequence(node.body, frame))
    else:
        shell.sequence(node.body, frame)


def redirected(shell: Shell, node: Redirected, frame: Frame) -> None:
    for inner in node.inner:
        shell.substitute(inner, frame.masked(Mask.SUBSTITUTED), tail=True)
    shell.run(node.body, frame._replace(redirections=(*node.redirections, *frame.redirections)))


def background(shell: Shell, node: Background, frame: Frame) -> None:
    shell.apart(lambda: shell.run(node.body, frame.masked(Mask.BACKGROUND)._replace(tail=True)))


def define(shell: Shell, node: Function, frame: Frame) -> None:
    if len(shell.state.functions) < MAX_FUNCTIONS:
        shell.state.functions = {**shell.state.functions, node.name: (node, shell.script)}


COMPOUND: dict[type, Callable[..., None]] = {
    Pipe: pipe,
    AndOr: and_or,
    Background: background,
    If: branch,
    Loop: loop,
    Case: case,
    Group: group,
    Redirected: redirected,
    Function: define,
}
