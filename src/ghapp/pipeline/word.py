"""The words of a shell command: what they are made of, and what of it is known."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PartKind(StrEnum):
    LITERAL = "literal"
    VARIABLE = "variable"
    EXPRESSION = "expression"
    SUBSTITUTION = "substitution"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a shell word.

    `text`: a literal's value without its quotes; a variable's name (`X` for `$X` and `"${X}"`); an expression
    (`${{ x }}`, `<< x >>`), a substitution (`$(x)`) or anything else as written. `quote`: `"`, `'` or empty.
    """

    kind: PartKind
    text: str
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a command. `start` and `end` are offsets into the text of the command's script."""

    parts: tuple[Part, ...]
    raw: str
    start: int
    end: int

    @property
    def literal(self) -> str | None:
        """The word's value when nothing in it depends on anything; globs stand in it as written."""
        if all(part.kind is PartKind.LITERAL for part in self.parts):
            return "".join(part.text for part in self.parts)
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
        return tuple(part.text for part in self.parts if part.kind is PartKind.VARIABLE)


@dataclass(frozen=True, slots=True)
class Assignment:
    """`NAME=value`; `value` is None for a form that is not followed (arrays, `+=`, `read`)."""

    name: str
    value: Word | None


@dataclass(frozen=True, slots=True)
class Redirection:
    """`> file`, `<<< word`, here-document. `target` is None for a here-document, whose text is `body`."""

    operator: str
    target: Word | None
    body: str | None = None
