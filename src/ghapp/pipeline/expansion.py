"""What a word says once the known variables and expressions are filled in.

Two kinds of names: those that the script itself has assigned (`variables`), and those from outside, which the step's
`scope` knows. A word that was assigned is kept with everything filled in that was known at that moment (`bind`), so
a later assignment cannot change it. Nothing grows without bound: a value has at most MAX_PARTS parts and MAX_LENGTH
characters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Protocol

from ghapp.pipeline.word import Part, PartKind, Word

MAX_PARTS = 64
MAX_LENGTH = 8192

Variables = Mapping[str, "Word | None"]

_DEFAULT = re.compile(r"\$\{([A-Za-z_]\w*|\d+)(?::?([-?=])(.*))?\}", re.DOTALL)
_EXPRESSION = re.compile(r"\$\{\{(?>(?:[^'}]++|'[^']*+'|\}(?!\}))*)\}\}|<<[^<>\n]++>>")


class Scope(Protocol):
    """What names mean where a step runs."""

    def variable(self, name: str) -> str | None:
        """The value that env, executor or job give the variable, as written; None when it is not set or not known."""
        ...

    def expression(self, raw: str) -> str | None:
        """What `${{ x }}` or `<< x >>` says when it is certain: literals, env, inputs, parameters. Else None."""
        ...

    def constant(self, raw: str) -> str | None:
        """As `expression`, but None also for what another run may say otherwise: a pipeline parameter's default."""
        ...


def bind(word: Word, variables: Variables) -> Word | None:
    """The word with the script's variables filled in, as an assignment keeps it; None when it would grow too large."""
    if len(word.parts) == 1 and word.parts[0].kind is PartKind.LITERAL:
        return word
    parts: list[Part] = []
    for part in word.parts:
        parts.extend(_bound(part, variables))
        if len(parts) > MAX_PARTS or sum(len(piece.text) for piece in parts) > MAX_LENGTH:
            return None
    return word._replace(parts=tuple(parts))


def _bound(part: Part, variables: Variables) -> tuple[Part, ...]:
    name = _name(part)
    if name is None or name not in variables:
        return (part,)
    value = variables[name]
    if value is None or not _tells(value):
        return (Part(PartKind.UNKNOWN, f"${name}", part.quote),)
    return value.parts or _default(part)


def expand(word: Word, variables: Variables, scope: Scope) -> tuple[str, bool]:
    """The word's text as far as it is known, and whether all of it is.

    What is unknown stays as written: `$NAME` (whether it was `${NAME}` or not), `$(…)`, `${{ … }}`. A variable whose
    value the script computes (`X=$(…)`) stays `$X`.
    """
    out: list[str] = []
    known = True
    following = ""
    for part in reversed(word.parts):
        text, certain = _expanded(part, variables, scope, following)
        out.append(text)
        known = known and certain
        following = text or following
    return "".join(reversed(out)), known


def _expanded(part: Part, variables: Variables, scope: Scope, following: str) -> tuple[str, bool]:
    if part.kind is PartKind.LITERAL:
        return part.text, True
    if part.kind is PartKind.EXPRESSION:
        return _filled(part.text, scope)
    name = _name(part)
    if name is not None and name in variables:
        value = variables[name]
        if value is not None and _tells(value):
            return expand(value if value.parts else value._replace(parts=_default(part)), {}, scope)
    elif name is not None:
        outside = scope.variable(name)
        if outside is not None:
            return _filled(outside, scope)
    return _written(part, following), False


def _filled(text: str, scope: Scope) -> tuple[str, bool]:
    """Text with the expressions in it replaced by their values."""
    known = True

    def value(expression: re.Match[str]) -> str:
        nonlocal known
        found = scope.expression(expression[0])
        known = known and found is not None
        return expression[0] if found is None else found

    return _EXPRESSION.sub(value, text), known


def _name(part: Part) -> str | None:
    """The variable that the part stands for: `X` of `$X`, `${X:-y}` and `${X:?}`."""
    if part.kind is PartKind.VARIABLE:
        return part.text
    if part.kind is PartKind.UNKNOWN and (default := _DEFAULT.fullmatch(part.text)):
        return default[1]
    return None


def _tells(value: Word) -> bool:
    """Whether anything of the value is known, or comes from outside by name."""
    if not value.parts:
        return True
    computed = (PartKind.SUBSTITUTION, PartKind.UNKNOWN)
    return any(part.kind not in computed or _name(part) is not None for part in value.parts)


def _default(part: Part) -> tuple[Part, ...]:
    """What `${X:-default}` says when X is known to be empty."""
    default = _DEFAULT.fullmatch(part.text) if part.kind is PartKind.UNKNOWN else None
    if default is None or default[2] not in ("-", "=") or "$" in default[3]:
        return ()
    return (Part(PartKind.LITERAL, default[3].strip("\"'"), part.quote),)


def _written(part: Part, following: str) -> str:
    if part.kind is not PartKind.VARIABLE:
        return part.text
    plain = not (following[:1].isalnum() or following.startswith("_"))
    return f"${part.text}" if plain else f"${{{part.text}}}"
