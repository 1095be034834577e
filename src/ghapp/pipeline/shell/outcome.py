"""How a statement ends, as far as it can be told without running it: what decides whether `||` hides a failure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum

from ghapp.pipeline.command import Mask, Script
from ghapp.pipeline.expansion import Scope
from ghapp.pipeline.shell.syntax import (
    AndOr,
    Background,
    Function,
    Group,
    Pipe,
    Redirected,
    Sequence,
    Simple,
    Statement,
)
from ghapp.pipeline.word import PartKind, Word

Functions = Mapping[str, tuple[Function, Script]]


class Outcome(Enum):
    OK = "succeeds"
    FAIL = "fails"
    LEAVE_OK = "leaves the script or function with success"
    LEAVE_FAIL = "leaves the script or function with failure"
    MAYBE = "cannot be told"


_SURE = frozenset({"true", ":", "echo", "printf"})
_QUESTIONS = frozenset(
    word
    for words in ("[ [[ (( test command which type hash grep egrep fgrep", "cmp diff pgrep getent id jq true false")
    for word in words.split()
)
_MAX_CALLS = 5
_SPLITS = re.compile(r"^$|[\s*?]")


def outcome(statement: Statement, functions: Functions, calls: int = 0) -> Outcome:
    """`exit`, `return`, `false`, `echo` and what is built of them; everything else may go either way."""
    if isinstance(statement, Simple):
        return _simple(statement, functions, calls)
    if isinstance(statement, Redirected):
        return outcome(statement.body, functions, calls)
    if isinstance(statement, Group):
        found = _sequence(statement.body, functions, calls)
        return _status(found) if statement.subshell else found
    if isinstance(statement, AndOr):
        found = outcome(statement.first, functions, calls)
        for sign, each in statement.rest:
            found = _then(found, sign, outcome(each, functions, calls))
        return found
    if isinstance(statement, Pipe):
        found = _status(outcome(statement.elements[-1], functions, calls))
        flipped = {Outcome.OK: Outcome.FAIL, Outcome.FAIL: Outcome.OK}
        return flipped.get(found, found) if statement.negated else found
    return Outcome.OK if isinstance(statement, Background | Function) else Outcome.MAYBE


def _simple(simple: Simple, functions: Functions, calls: int) -> Outcome:
    if not simple.words:
        return Outcome.MAYBE if simple.inner else Outcome.OK
    name = simple.words[0].literal
    if name in ("exit", "return"):
        code = simple.words[1].literal if len(simple.words) > 1 else None
        return Outcome.LEAVE_OK if code == "0" else Outcome.LEAVE_FAIL
    if name in functions and calls < _MAX_CALLS:
        found = outcome(functions[name or ""][0].body, functions, calls + 1)
        return Outcome.LEAVE_FAIL if found is Outcome.LEAVE_FAIL else _status(found)
    if name in _SURE:
        return Outcome.OK
    return Outcome.FAIL if name == "false" else Outcome.MAYBE


def _sequence(sequence: Sequence, functions: Functions, calls: int) -> Outcome:
    found = Outcome.OK
    for item in sequence.items:
        found = outcome(item, functions, calls)
        if found in (Outcome.LEAVE_OK, Outcome.LEAVE_FAIL):
            break
    return found


def _status(found: Outcome) -> Outcome:
    """What is left of leaving a subshell or function: its status."""
    return {Outcome.LEAVE_OK: Outcome.OK, Outcome.LEAVE_FAIL: Outcome.FAIL}.get(found, found)


def _then(status: Outcome, sign: str, following: Outcome) -> Outcome:
    """How a list ends when `sign` and one more element stand behind what has ended with `status`."""
    if status in (Outcome.LEAVE_OK, Outcome.LEAVE_FAIL):
        return status
    if status is Outcome.MAYBE:
        return Outcome.OK if following is Outcome.OK and sign == "||" else Outcome.MAYBE
    return following if (status is Outcome.OK) == (sign == "&&") else status


def mask_of(rest: list[tuple[str, Outcome]], *, tail: bool) -> Mask | None:
    """What hides the failure of a command that `rest` follows in its and-or list; None when nothing does.

    `rest`: each sign with how its element ends. `tail`: the list is the last thing that runs, so its status counts.
    """
    status = Outcome.FAIL
    ran_last = False
    for at, (sign, following) in enumerate(rest):
        ran_last = at == len(rest) - 1 and (status is Outcome.MAYBE or (status is Outcome.OK) == (sign == "&&"))
        status = _then(status, sign, following)
        if status is Outcome.LEAVE_FAIL:
            return None
        if status is Outcome.LEAVE_OK:
            return Mask.OR
    if status is Outcome.FAIL:
        return None if ran_last or tail else Mask.CONDITION
    return Mask.OR if status is Outcome.OK else Mask.CONDITION


def asks(statement: Statement) -> bool:
    """Whether a command is a question (`[ -f x ]`, `command -v x`, `! x`, `$FLAG`) rather than a deed (`cd x`)."""
    if isinstance(statement, Pipe):
        return statement.negated or asks(statement.elements[-1])
    if isinstance(statement, Redirected):
        return asks(statement.body)
    if not isinstance(statement, Simple) or not statement.words:
        return False
    name = statement.words[0].literal
    words = [word.raw for word in statement.words[1:4]]
    return name is None or name in _QUESTIONS or (name == "git" and "diff" in words)


def holds(test: Sequence, scope: Scope) -> bool | None:
    """How a test turns out on every run: `true`, `<< parameters.x >>`, `[ "<< parameters.x >>" = "y" ]`; else None."""
    only = test.items[0] if len(test.items) == 1 else None
    if not isinstance(only, Simple):
        return None
    match [_constant(word, scope) for word in only.words]:
        case ["true" | ":"]:
            return True
        case ["false"]:
            return False
        case ["[" | "[[", "-n" | "-z" as sign, str(text), "]" | "]]"]:
            return (text == "") == (sign == "-z")
        case ["[" | "[[", str(left), "=" | "==" | "!=" as sign, str(right), "]" | "]]"]:
            return (left == right) == (sign != "!=")
        case _:
            return None


def _constant(word: Word, scope: Scope) -> str | None:
    """The word's text if nothing but the file decides it; a pattern, and what may be several words, has none."""
    texts: list[str] = []
    for part in word.parts:
        text = scope.constant(part.text) if part.kind is PartKind.EXPRESSION else part.text
        if text is None or part.kind not in (PartKind.LITERAL, PartKind.EXPRESSION):
            return None
        if not part.quote and _SPLITS.search(text):
            return None
        texts.append(text)
    return "".join(texts)
