"""Reads the words of a shell script: quotes, variables, substitutions, templates.

Written by hand because the ready-made grammars misread ordinary scripts without saying so: tree-sitter-bash 0.25 takes
the line after `A=1 B=2` for the command of these assignments, and the text of a second here-document for commands.
The rules are those of POSIX.1-2024, Shell Command Language, section 2, and of the Bash Reference Manual, section 3.

`${{ x }}` (GitHub Actions) and `<< x >>` (CircleCI) are replaced before a shell sees the text: wherever they stand,
they are parts of their own kind. All loops move forward and nesting is bounded by MAX_DEPTH: the time is linear.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import cast

from ghapp.pipeline.shell.scan import ansi as decoded
from ghapp.pipeline.shell.scan import arithmetic, closing, template
from ghapp.pipeline.shell.syntax import Sequence, Unreadable
from ghapp.pipeline.word import Part, PartKind, Word

MAX_DEPTH = 30
"""How deep `$(…)`, `${…}`, quotes and compound statements may nest. Real scripts stay below ten."""

MAX_COUNT = 10_000
"""How many commands, substitutions and redirections a script may have. No script of people comes near."""

BLANK = re.compile(r"(?>(?:[ \t\r]++|\\\r?\n)+)")
_COMMON = re.compile(
    r"[ \t]*+(?:((?:[\w./:=,%^~{}\[\]-]|[@+!?*](?!\())(?>(?:[\w./:=,%^~{}\[\]#-]|[@+!?*](?!\())*))"
    r"|\"([^\"$`\\<]*+)\"|\"\$(?:([A-Za-z_]\w*+)|\{([A-Za-z_]\w*+)\})\"|'([^'$<]*+)')(?=[ \t\r\n;&|)]|\Z)"
)
_RUN = re.compile(r"(?>(?:[^ \t\r\n;&|<>()$`\"'\\?*+@!]|[?*+@!](?!\())+)")
_DOUBLE = re.compile(r'[^"$`\\<]++')
_NAME = re.compile(r"\$(?:\{([A-Za-z_]\w*|\d+|[@*#?$!-])\}|([A-Za-z_]\w*|[0-9@*#?$!-]))")
_QUOTED = re.compile(r"'|\$\{\{|<<")
_BRACES = re.compile(r"[^}'\"$`\\]++")
_UNESCAPED = re.compile(r"\\[$`\\\"]")
"""What a backslash takes effect before inside of backquotes, before the commands there are read; elsewhere it stays."""

_ANSI = re.compile(r"\$'((?>(?:[^'\\]|\\.)*))'", re.DOTALL)

# a NamedTuple's own constructor costs twice as much, and most words come this way
_part = cast("Callable[[type[Part], tuple[PartKind, str, str]], Part]", tuple.__new__)
_word = cast("Callable[[type[Word], tuple[tuple[Part, ...], str, int, int]], Word]", tuple.__new__)

LITERAL, UNKNOWN, EXPRESSION = PartKind.LITERAL, PartKind.UNKNOWN, PartKind.EXPRESSION
# by group of _COMMON: kind, quote, characters before the text
_FORMS = (
    (LITERAL, "", 0),
    (LITERAL, "", 0),
    (LITERAL, '"', 1),
    (PartKind.VARIABLE, '"', 2),
    (PartKind.VARIABLE, '"', 3),
    (LITERAL, "'", 1),
)


class Reader(ABC):
    """A position in a text, moving forward. `inner` collects the substitutions of the statement being read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.end: int = len(text)
        self.depth = 0
        self.count = 0
        self.inner: list[Sequence] = []

    def common(self) -> Word | None:
        """The word behind blanks when it is of a common form: plain, `'…'`, `"…"` or `"$NAME"`. Only for speed."""
        found = _COMMON.match(self.text, self.at, self.end)
        if found is None:
            return None
        kind, quote, before = _FORMS[found.lastindex or 0]
        text = found[found.lastindex or 0]
        start, self.at = found.start(found.lastindex or 0) - before, found.end()
        return _word(Word, ((_part(Part, (kind, text, quote)),), self.text[start : self.at], start, self.at))

    def word(self) -> Word | None:
        """The word that begins here, or None when something else does."""
        start = self.at
        if not self.text.startswith((" ", "\t"), start) and (word := self.common()) is not None:
            return word
        parts: list[Part] = []
        while self.at < self.end and self._piece(parts, parts_begin=self.at == start):
            pass
        return Word(tuple(parts), self.text[start : self.at], start, self.at) if self.at > start else None

    def need(self) -> Word:
        """The word that has to stand here."""
        word = self.word()
        if word is None:
            raise Unreadable
        return word

    def filled(self, at: int) -> re.Match[str] | None:
        """The template that begins at `at`."""
        return template(self.text, at, self.end)

    def _piece(self, parts: list[Part], *, parts_begin: bool) -> bool:
        """Reads one more piece of a word into `parts`; False at its end."""
        text, at = self.text, self.at
        char = text[at]
        if (run := _RUN.match(text, at, self.end)) is not None:
            parts.append(Part(LITERAL, run[0]))
            self.at = run.end()
        elif char == '"':
            parts.extend(self._double())
        elif char == "'":
            parts.extend(self._single())
        elif char == "$" or char == "`":
            self.dollar(parts)
        elif char == "\\":
            self._escape(parts)
        elif char in "?*+@!":
            self.at = closing(text, at + 1, self.end)
            if not self.at:
                raise Unreadable
            parts.append(Part(UNKNOWN, text[at : self.at]))
        elif char == "<" and (filled := self.filled(at)):
            parts.append(Part(EXPRESSION, filled[0]))
            self.at = filled.end()
        elif char in "<>" and parts_begin and text.startswith("(", at + 1):
            self.at += 2
            self._substitution(at, parts)
        else:
            return False
        return True

    def _escape(self, parts: list[Part]) -> None:
        """A backslash outside quotes: nothing before a line's end, else the next character as it is."""
        at = self.at
        following = self.text[at + 1 : at + 2]
        if following == "\r" and self.text.startswith("\n", at + 2):
            self.at += 3
        else:
            if following != "\n":
                parts.append(Part(LITERAL, following or "\\", "'"))
            self.at = min(at + 2, self.end)

    def _single(self) -> list[Part]:
        """`'…'`: everything as it stands, except templates."""
        parts: list[Part] = []
        begin = at = self.at + 1
        while True:
            sign = _QUOTED.search(self.text, at, self.end)
            if sign is None:
                raise Unreadable
            if sign[0] == "'":
                break
            filled = self.filled(sign.start())
            at = sign.end()
            if filled is not None:
                if sign.start() > begin:
                    parts.append(Part(LITERAL, self.text[begin : sign.start()], "'"))
                parts.append(Part(EXPRESSION, filled[0], "'"))
                begin = at = filled.end()
        if sign.start() > begin or not parts:
            parts.append(Part(LITERAL, self.text[begin : sign.start()], "'"))
        self.at = sign.end()
        return parts

    def _double(self) -> list[Part]:
        """`"…"`."""
        self.at += 1
        parts = self.expanded('"')
        self.at += 1
        return parts or [Part(LITERAL, "", '"')]

    def expanded(self, stop: str) -> list[Part]:
        """Text in which variables and substitutions work, up to (not over) `stop`; without one, up to the end."""
        self._deeper()
        parts: list[Part] = []
        literal = ""
        while self.at < self.end:
            text, at = self.text, self.at
            char = text[at]
            before = len(parts)
            if (run := _DOUBLE.match(text, at, self.end)) is not None:
                literal += run[0]
                self.at = run.end()
            elif char == stop:
                break
            elif char == "\\":
                following = text[at + 1 : at + 2]
                literal += "" if following == "\n" else following if following in '$`"\\' else char + following
                self.at = min(at + 2, self.end)
            elif char == "<" and (filled := self.filled(at)):
                parts.append(Part(EXPRESSION, filled[0], '"'))
                self.at = filled.end()
            elif char in "$`":
                self.dollar(parts, '"')
            else:
                literal += char
                self.at += 1
            if literal and len(parts) > before:
                parts.insert(before, Part(LITERAL, literal, '"'))
                literal = ""
        if stop and self.at >= self.end:
            raise Unreadable
        if literal:
            parts.append(Part(LITERAL, literal, '"'))
        self.depth -= 1
        return parts

    def dollar(self, parts: list[Part], quote: str = "") -> None:
        """What begins with `$` or a backquote, as one part."""
        text, at = self.text, self.at
        if (name := _NAME.match(text, at, self.end)) is not None:
            parts.append(Part(PartKind.VARIABLE, name[1] or name[2], quote))
            self.at = name.end()
        elif (filled := self.filled(at)) is not None:
            parts.append(Part(EXPRESSION, filled[0], quote))
            self.at = filled.end()
        elif text.startswith("$((", at) and (end := arithmetic(text, at + 1, self.end)):
            parts.append(Part(UNKNOWN, text[at:end], quote))
            self.at = end
        elif text.startswith("$(", at):
            self.at += 2
            self._substitution(at, parts, quote)
        elif text[at] == "`":
            self._backquoted(parts, quote)
        elif text.startswith("${", at):
            self._braces(quote)
            parts.append(Part(UNKNOWN, text[at : self.at], quote))
        elif not quote and (ansi := _ANSI.match(text, at, self.end)):
            parts.append(Part(LITERAL, decoded(ansi[1]), "'"))
            self.at = ansi.end()
        else:
            self.at += 1
            if quote or not text.startswith('"', at + 1):
                parts.append(Part(LITERAL, "$", quote))

    def _substitution(self, start: int, parts: list[Part], quote: str = "") -> None:
        """`$(…)` or `<(…)` whose parenthesis has been passed."""
        outer, self.inner = self.inner, []
        body = self.statements()
        if not self.text.startswith(")", self.at) or self.at >= self.end:
            raise Unreadable
        self.at += 1
        self.inner = outer
        outer.append(body)
        parts.append(Part(PartKind.SUBSTITUTION, self.text[start : self.at], quote))

    def _backquoted(self, parts: list[Part], quote: str) -> None:
        start = self.at
        end = start + 1
        while end < self.end and self.text[end] != "`":
            end += 2 if self.text[end] == "\\" else 1
        if end >= self.end:
            raise Unreadable
        if _UNESCAPED.search(self.text, start, end):
            self.inner.append(Sequence([], start + 1, end, readable=False))
        else:
            limit, self.end, self.at = self.end, end, start + 1
            outer, self.inner = self.inner, []
            outer.append(self.statements())
            if self.at < end:
                raise Unreadable
            self.end, self.inner = limit, outer
        self.at = end + 1
        parts.append(Part(PartKind.SUBSTITUTION, self.text[start : self.at], quote))

    def _braces(self, quote: str) -> None:
        """Passes `${…}` with whatever is nested in it. Inside of double quotes, single ones are ordinary characters."""
        self._deeper()
        self.at += 2
        ignored: list[Part] = []
        while self.at < self.end:
            char = self.text[self.at]
            if (run := _BRACES.match(self.text, self.at, self.end)) is not None:
                self.at = run.end()
            elif char == "}":
                self.at += 1
                self.depth -= 1
                return
            elif char == '"':
                self._double()
            elif char == "'" and not quote:
                self._single()
            elif char in "$`":
                self.dollar(ignored, quote)
            else:
                self.at += 2 if char == "\\" else 1
        raise Unreadable

    def counted(self) -> None:
        """Counts what a statement is made of: commands, substitutions, redirections."""
        self.count += 1
        if self.count > MAX_COUNT:
            raise Unreadable

    def _deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Unreadable

    @abstractmethod
    def statements(self, *stops: str) -> Sequence:
        """The statements up to `)`, `;;` or a stop word: the grammar's part."""
