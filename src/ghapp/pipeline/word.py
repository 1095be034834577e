"""The words of a shell command: what they are made of, and what of it is known."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

_NAMES = re.compile(r"\$\{?[!#]?(\w+)")


class PartKind(StrEnum):
    LITERAL = "literal"
    VARIABLE = "variable"
    EXPRESSION = "expression"
    SUBSTITUTION = "substitution"
    UNKNOWN = "unknown"


class Part(NamedTuple):
    """A piece of a shell word.

    `text`: a literal's value without its quotes; a variable's name (`X` for `$X` and `"${X}"`); an expression
    (`${{ x }}`, `<< x >>`), a substitution (`$(x)`) or anything else (`${X:-y}`, `$((1 + 2))`) as written.
    `quote`: `"`, `'` (also for a character behind a backslash) or empty.
    """

    kind: PartKind
    text: str
    quote: str = ""


class Word(NamedTuple):
    """One word of a command. `start` and `end` are offsets into the text of the command's script."""

    parts: tuple[Part, ...]
    raw: str
    start: int
    end: int

    @property
    def literal(self) -> str | None:
        """The word's value when nothing in it depends on anything; globs and braces stand in it as written."""
        parts = self.parts
        if len(parts) == 1:
            return parts[0].text if parts[0].kind is PartKind.LITERAL else None
        if all(part.kind is PartKind.LITERAL for part in parts):
            return "".join(part.text for part in parts)
        return None

    @property
    def glob(self) -> bool:
        """Whether an unquoted `*`, `?` or `[` makes the shell look for file names."""
        return any(
            part.kind is PartKind.LITERAL and not part.quote and any(sign in part.text for sign in "*?[")
            for part in self.parts
        )

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of the variables in the word, those in `${X:-y}` and `$(… $X …)` included."""
        found: list[str] = []
        for part in self.parts:
            if part.kind is PartKind.VARIABLE:
                found.append(part.text)
            elif part.kind in (PartKind.SUBSTITUTION, PartKind.UNKNOWN):
                found.extend(_NAMES.findall(part.text))
        return tuple(found)

    def after(self, count: int) -> Word:
        """The word without the first `count` characters of its unquoted literal beginning: `x` of `--option=x`."""
        first = self.parts[0]
        rest = first.text[count:]
        parts = (
            (Part(first.kind, rest, first.quote), *self.parts[1:]) if rest or len(self.parts) == 1 else self.parts[1:]
        )
        return Word(parts, self.raw[count:], self.start + count, self.end)


class Assignment(NamedTuple):
    """`NAME=value`; `value` is None for a form that is not followed (arrays, `+=`, `read`)."""

    name: str
    value: Word | None


class Redirection(NamedTuple):
    """`> file`, `<<< word`, here-document.

    `operator` has the descriptor with it (`2>`). `target` is None for a here-document, whose text is `body`, beginning
    at offset `start` of the script.
    """

    operator: str
    target: Word | None
    body: str | None = None
    start: int = 0
