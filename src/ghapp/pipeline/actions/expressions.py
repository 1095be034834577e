"""`${{ }}` expressions: cut into tokens, and read where nothing has to be computed.

Literals and references (`inputs.x`, `matrix['os']`) have a value; operators and functions are never evaluated.
Lexical rules from docs.github.com/actions/reference/workflows-and-actions/expressions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from ghapp.pipeline.kept import remembered

MAX_TEXT = 1 << 16
"""Longest text, in characters, that substitution may make: nested values could otherwise double with every level."""

Path = tuple[str, ...]
Lookup = Callable[[Path], str | None]

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<name>[A-Za-z_][A-Za-z0-9_-]*)
      | (?P<number>[+-]?(?:0x[0-9a-fA-F]+|[0-9]+(?:\.[0-9]+)?))
      | '(?P<string>[^']*(?:''[^']*)*)'
      | (?P<operator>&&|\|\||[=!<>]=|[()\[\].,!<>*])
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word of an expression. `text`: a string's value, anything else as written."""

    kind: Literal["name", "number", "string", "operator"]
    text: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text: an expression (`text` without `${{` and `}}`) or what stands between them."""

    text: str
    expression: bool


def pieces(text: str) -> Iterator[Piece]:
    """The text cut at its `${{ }}`. What is opened and never closed is text."""
    at = 0
    while (start := text.find("${{", at)) >= 0 and (end := _close(text, start + 3)) >= 0:
        if start > at:
            yield Piece(text[at:start], expression=False)
        yield Piece(text[start + 3 : end], expression=True)
        at = end + 2
    if at < len(text):
        yield Piece(text[at:], expression=False)


def _close(text: str, at: int) -> int:
    """Where the `}}` stands that ends the expression; one inside a quoted string does not."""
    end = text.find("}}", at)
    while end >= 0 and (quote := text.find("'", at, end)) >= 0:
        at = text.find("'", quote + 1) + 1
        if not at:
            return -1
        if at > end:
            end = text.find("}}", at)
    return end


@remembered
def tokens(expression: str) -> tuple[Token, ...] | None:
    """The words of an expression, given with or without its `${{ }}`; None when it is not well formed."""
    expression = bare(expression)
    found: list[Token] = []
    at, end = 0, len(expression)
    while at < end:
        match = _TOKEN.match(expression, at)
        if match is None:
            return None
        if match["string"] is not None:
            found.append(Token("string", match["string"].replace("''", "'")))
        else:
            kind = "name" if match["name"] else "number" if match["number"] else "operator"
            found.append(Token(kind, match[0].lstrip()))
        at = match.end()
    return tuple(found)


def bare(expression: str) -> str:
    """The expression without `${{`, `}}` and the blanks around it."""
    expression = expression.strip()
    if expression.startswith("${{") and expression.endswith("}}"):
        expression = expression[3:-2].strip()
    return expression


def evaluate(expression: str, lookup: Lookup) -> str | None:
    """The value of a literal, or what `lookup` says of a reference; None for everything else."""
    words = tokens(expression)
    if not words:
        return None
    if len(words) == 1 and (literal := _literal(words[0])) is not None:
        return literal
    path = reference(words)
    return lookup(path) if path else None


def _literal(token: Token) -> str | None:
    if token.kind == "string":
        return token.text
    if token.kind == "number" and token.text.isdigit():
        return token.text
    return {"true": "true", "false": "false", "null": ""}.get(token.text)


def reference(words: tuple[Token, ...]) -> Path | None:
    """`inputs.x` and `inputs['x']` as ("inputs", "x"); None when the words are anything but one such reference."""
    if not words or words[0].kind != "name":
        return None
    path = [words[0].text]
    at = 1
    while at < len(words):
        if words[at].text == "." and at + 1 < len(words) and words[at + 1].kind == "name":
            path.append(words[at + 1].text)
            at += 2
        elif (
            words[at].text == "["
            and at + 2 < len(words)
            and words[at + 1].kind == "string"
            and words[at + 2].text == "]"
        ):
            path.append(words[at + 1].text)
            at += 3
        else:
            return None
    return tuple(path)


def substitute(text: str, lookup: Lookup) -> str | None:
    """The text with every expression replaced by its value; None when one of them has none."""
    return _replace(text, lambda expression: evaluate(expression, lookup))


def expand(text: str, lookup: Lookup) -> str:
    """The text with the expressions replaced that have a value; the others stay as written."""
    expanded = _replace(text, lambda expression: _or_written(expression, evaluate(expression, lookup)))
    return text if expanded is None else expanded


def _or_written(expression: str, value: str | None) -> str:
    return "${{" + expression + "}}" if value is None else value


def _replace(text: str, value_of: Callable[[str], str | None]) -> str | None:
    if "${{" not in text:
        return text
    values: list[str] = []
    size = 0
    for piece in pieces(text):
        value = value_of(piece.text) if piece.expression else piece.text
        if value is None or (size := size + len(value)) > MAX_TEXT:
            return None
        values.append(value)
    return "".join(values)
