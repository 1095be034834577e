"""What a running shell knows, and what stands around the statement that it runs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from ghapp.pipeline.command import Guard, Mask, Script
from ghapp.pipeline.expansion import bind
from ghapp.pipeline.shell.syntax import Function
from ghapp.pipeline.word import Part, PartKind, Redirection, Word

MAX_VARIABLES = 200
"""Variables that one shell may assign; further ones are not known."""

Variables = dict[str, "Word | None"]


class Frame(NamedTuple):
    """What surrounds a statement.

    `tail`: its status is the status of the whole, so it counts even without -e. `tested`: something tests that status
    (`if`, `||`, `!`), so that -e sleeps inside. `redirections`: those of the compound statements around it.
    """

    masks: tuple[Mask, ...] = ()
    guards: tuple[Guard, ...] = ()
    redirections: tuple[Redirection, ...] = ()
    tail: bool = True
    substituted: bool = False
    tested: bool = False

    def tests(self) -> Frame:
        return self._replace(tail=True, tested=True)

    def masked(self, mask: Mask) -> Frame:
        if mask in self.masks:
            return self
        return self._replace(masks=(*self.masks, mask))

    def guarded(self, *guards: Guard) -> Frame:
        return self._replace(guards=(*self.guards, *guards))


@dataclass(slots=True)
class State:
    """One shell process. Its mappings are replaced, never changed, so commands and forks may keep them.

    `variables`: what the script has assigned, positional parameters included (`1`, `@`); None: not followed.
    `arguments`: the words of the call, None when they are not known. `ended`: "exit" or "return" once the statements
    that follow cannot run.
    """

    directory: str | None
    errexit: bool
    pipefail: bool
    variables: Variables = field(default_factory=dict[str, "Word | None"])
    exported: frozenset[str] = frozenset()
    functions: dict[str, tuple[Function, Script]] = field(default_factory=dict[str, "tuple[Function, Script]"])
    stack: tuple[str | None, ...] = ()
    arguments: tuple[Word, ...] | None = None
    ended: str = ""

    def fork(self) -> State:
        return State(
            self.directory,
            self.errexit,
            self.pipefail,
            self.variables,
            self.exported,
            self.functions,
            self.stack,
            self.arguments,
            self.ended,
        )

    def assign(self, name: str, value: Word | None) -> None:
        if name in self.variables or len(self.variables) < MAX_VARIABLES:
            self.variables = {**self.variables, name: bind(value, self.variables) if value is not None else None}

    def move(self, directory: str | None) -> None:
        """`cd`: what `$(pwd)` and `$PWD` have told so far is the directory that is left."""
        if any(value is not None and not _HERE.isdisjoint(value.parts) for value in self.variables.values()):
            self.variables = {name: _settled(value, self.directory) for name, value in self.variables.items()}
        self.directory = directory

    def forget(self, names: set[str]) -> None:
        """Makes what may have changed unknown."""
        if names:
            self.variables = {**self.variables, **dict.fromkeys(sorted(names)[:MAX_VARIABLES])}

    def positional(self, words: tuple[Word, ...]) -> None:
        """Sets `$1` … `$9`, `$@` and `$*` as a call with these words does."""
        self.arguments = words
        values: Variables = {str(at): words[at - 1] if at <= len(words) else NOTHING for at in range(1, 10)}
        values["@"] = values["*"] = words[0] if len(words) == 1 else None if words else NOTHING
        self.variables = {**self.variables, **values}

    def join(self, branches: list[State]) -> None:
        """Goes on from one of `branches`, it is not known which: what differs between them is unknown."""
        going = [branch for branch in branches if not branch.ended]
        self.ended = "" if going else branches[0].ended
        branches = going or branches
        first = branches[0]
        self.directory = first.directory if all(one.directory == first.directory for one in branches) else None
        self.errexit = all(one.errexit for one in branches)
        self.pipefail = all(one.pipefail for one in branches)
        self.stack = first.stack
        self.exported = first.exported.union(*(one.exported for one in branches))
        self.functions = {name: body for one in branches for name, body in one.functions.items()}
        self.variables = first.variables
        for other in branches[1:]:
            self.variables = _common(self.variables, other.variables)


NOTHING = Word((), "", 0, 0)
"""The value of a parameter that is known to be empty."""

_ASSIGNED = re.compile(r"(?<![\w$-])([A-Za-z_]\w*)\+?=|\b(?:read|getopts|mapfile|readarray)\b([^\n;|&]*)|\b(shift)\b")
_POSITIONAL = {*map(str, range(1, 10)), "@", "*"}


def assigned_in(text: str) -> set[str]:
    """The names that a piece of script may assign, rather too many; `shift` stands for all positional parameters."""
    names: set[str] = set()
    for name, read, shift in _ASSIGNED.findall(text):
        if shift:
            names |= _POSITIONAL
        names.update([name] if name else re.findall(r"[A-Za-z_]\w*", read))
    return names


_HERE = frozenset(
    Part(kind, text, quote)
    for kind, text in ((PartKind.SUBSTITUTION, "$(pwd)"), (PartKind.VARIABLE, "PWD"))
    for quote in ("", '"')
)
_ROOT = Part(PartKind.SUBSTITUTION, "$(git rev-parse --show-toplevel)")


def _settled(value: Word | None, directory: str | None) -> Word | None:
    """A value with `$(pwd)` said in another way, so that it still names `directory` when the shell stands elsewhere."""
    if value is None or _HERE.isdisjoint(value.parts):
        return value
    if directory is None:
        return None
    there = (_ROOT, Part(PartKind.LITERAL, f"/{directory}")) if directory else (_ROOT,)
    return value._replace(parts=tuple(new for part in value.parts for new in (there if part in _HERE else (part,))))


def _common(one: Variables, other: Variables) -> Variables:
    if one is other:
        return one
    return {name: value if _says(value) == _says(other.get(name)) else None for name, value in {**other, **one}.items()}


def _says(value: Word | None) -> tuple[Part, ...] | None:
    return None if value is None else value.parts
