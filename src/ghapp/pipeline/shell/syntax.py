"""What a shell script is made of: the tree that `grammar` reads and `evaluate` runs.

Offsets are into the script's text. `inner` holds what runs before the statement itself: the bodies of `$(…)`,
`` `…` ``, `<(…)` and of substitutions in here-documents, in order.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ghapp.pipeline.word import Assignment, Redirection, Word


class Unreadable(Exception):  # noqa: N818 - it is no error: the text is not ours to read
    """The text is no shell that we understand from here on."""


@dataclass(slots=True)
class Sequence:
    """Statements that run one after another. Not `readable`: something runs there that we do not understand."""

    items: list[Statement]
    start: int
    end: int
    readable: bool = True


@dataclass(slots=True)
class Simple:
    """One simple command, `[[ … ]]` and `(( … ))` included. `declares`: export, local, declare, readonly."""

    start: int
    end: int
    words: list[Word]
    assignments: list[Assignment]
    redirections: list[Redirection]
    inner: list[Sequence]
    declares: bool = False


@dataclass(slots=True)
class Pipe:
    """`a | b`, `! a`. A single element without `!` is never wrapped."""

    start: int
    end: int
    elements: list[Statement]
    negated: bool


@dataclass(slots=True)
class AndOr:
    """`a && b || c`: the first element, then (operator, element)."""

    start: int
    end: int
    first: Statement
    rest: list[tuple[str, Statement]]


@dataclass(slots=True)
class Background:
    """`a &`."""

    start: int
    end: int
    body: Statement


@dataclass(slots=True)
class If:
    """`branches`: (test, body) of `if` and every `elif`."""

    start: int
    end: int
    branches: list[tuple[Sequence, Sequence]]
    otherwise: Sequence | None


@dataclass(slots=True)
class Loop:
    """`for`, `select`, `while`, `until`. `head` ends where the loop's head does (`for x in a b`, `while test`)."""

    start: int
    end: int
    head: int
    body: Sequence
    test: Sequence | None = None
    variable: str = ""
    values: list[Word] | None = None
    inner: list[Sequence] = field(default_factory=list["Sequence"])


@dataclass(slots=True)
class Case:
    """`items`: (patterns, body)."""

    start: int
    end: int
    subject: Word
    items: list[tuple[list[Word], Sequence]]
    inner: list[Sequence]


@dataclass(slots=True)
class Group:
    """`{ … }`, or `( … )` when `subshell`."""

    start: int
    end: int
    body: Sequence
    subshell: bool


@dataclass(slots=True)
class Redirected:
    """A compound statement with redirections of its own: `done < list`."""

    start: int
    end: int
    body: Statement
    redirections: list[Redirection]
    inner: list[Sequence]


@dataclass(slots=True)
class Function:
    start: int
    end: int
    name: str
    body: Statement


Statement = Simple | Pipe | AndOr | Background | If | Loop | Case | Group | Redirected | Function


@dataclass(slots=True)
class Parsed:
    """A script as far as it could be read. `error`: where the first unreadable statement begins."""

    body: Sequence
    error: int | None = None
