"""Reads a shell script into its statements: `parse(text)`.

The grammar is that of POSIX.1-2024, Shell Command Language, section 2.10, with bash's additions (`[[`, `((`,
`function`, `select`, arrays, `|&`). At the first statement that cannot be read it stops, as bash itself does.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import ClassVar

from ghapp.pipeline.shell.scan import arithmetic
from ghapp.pipeline.shell.simple import SimpleReader
from ghapp.pipeline.shell.syntax import (
    AndOr,
    Background,
    Case,
    Group,
    If,
    Loop,
    Parsed,
    Pipe,
    Sequence,
    Statement,
    Unreadable,
)
from ghapp.pipeline.word import Word

MAX_CHARACTERS = 256 * 1024
"""Longer scripts are not read."""

_KEYWORD = re.compile(
    r"(?:if|then|elif|else|fi|for|select|while|until|do|done|case|esac|function|coproc|!|\{|\}|\[\[|\(\(|\()"
    r"(?:(?=[\s;&|<>()]|\Z)|(?<=\())"
)
_ENDING = re.compile(r";;&|;;|;&")
_TIME = re.compile(r"time(?:[ \t]+-p)?[ \t]+(?=[({])")


@lru_cache(maxsize=512)
def parse(text: str) -> Parsed:
    """The statements of `text`. Templates (`${{ x }}` …) are opaque. Never raises; time is linear in the length."""
    return _Parser(text).script()


class _Parser(SimpleReader):
    def script(self) -> Parsed:
        items: list[Statement] = []
        if len(self.text) > MAX_CHARACTERS:
            return Parsed(Sequence(items, 0, 0), 0)
        error = None
        try:
            while self.separated():
                self.depth = 0
                error = self.at
                items.append(self._item())
            error = self.at
            if self.at >= self.end:
                error = None
        except Unreadable:
            pass
        return Parsed(Sequence(items, 0, self.end), error)

    def statements(self, *stops: str) -> Sequence:
        self._deeper()
        self.counted()
        start, items = self.at, list[Statement]()
        while self.separated():
            keyword = _KEYWORD.match(self.text, self.at, self.end)
            if keyword is not None and keyword[0] in stops:
                break
            items.append(self._item())
        self.depth -= 1
        return Sequence(items, start, items[-1].end if items else start)

    def _item(self) -> Statement:
        """An and-or list with the sign that ends it."""
        statement = self._and_or()
        self.blank()
        sign = self.text[self.at] if self.at < self.end else ""
        if sign == "&":
            self.at += 1
            return Background(statement.start, self.at, statement)
        if sign == ";" and not self.text.startswith((";;", ";&"), self.at):
            self.at += 1
        elif sign and sign not in "\n;)#" and not _KEYWORD.match(self.text, self.at, self.end):
            raise Unreadable
        return statement

    def _and_or(self) -> Statement:
        first = self._pipe()
        rest: list[tuple[str, Statement]] = []
        while self.text.startswith(("&&", "||"), self.at) and self.at < self.end:
            operator = self.text[self.at : self.at + 2]
            self.at += 2
            self.separated()
            rest.append((operator, self._pipe()))
        return AndOr(first.start, rest[-1][1].end, first, rest) if rest else first

    def _pipe(self) -> Statement:
        start = self.at
        negated = False
        while self.text.startswith("!", self.at) and self.text[self.at + 1 : self.at + 2].isspace():
            negated = not negated
            self.at += 1
            self.blank()
        timed = _TIME.match(self.text, self.at, self.end)
        if timed is not None:
            self.at = timed.end()
        elements = [self.command()]
        self.blank()
        while self.text.startswith("|", self.at) and not self.text.startswith("||", self.at) and self.at < self.end:
            self.at += 2 if self.text.startswith("|&", self.at) else 1
            self.separated()
            elements.append(self.command())
            self.blank()
        if len(elements) == 1 and not negated:
            return elements[0]
        return Pipe(start, elements[-1].end, elements, negated)

    def command(self) -> Statement:
        keyword = _KEYWORD.match(self.text, self.at, self.end)
        if keyword is None:
            return self.simple()
        reader = self.compound.get(keyword[0])
        if reader is None:
            raise Unreadable
        start = self.at
        if keyword[0] == "((":
            end = arithmetic(self.text, start, self.end)
            return self.arithmetic_command(end) if end else self.redirected(self._subshell(start))
        self.at = keyword.end()
        if keyword[0] in ("[[", "function"):
            return reader(self, start)
        return self.redirected(reader(self, start))

    def _expect(self, keyword: str) -> None:
        self.separated()
        if not self.text.startswith(keyword, self.at) or self.at + len(keyword) > self.end:
            raise Unreadable
        self.at += len(keyword)

    def _if(self, start: int) -> Statement:
        branches: list[tuple[Sequence, Sequence]] = []
        otherwise = None
        while True:
            test = self.statements("then")
            self._expect("then")
            branches.append((test, self.statements("elif", "else", "fi")))
            if not self.text.startswith("elif", self.at):
                break
            self.at += 4
        if self.text.startswith("else", self.at):
            self.at += 4
            otherwise = self.statements("fi")
        self._expect("fi")
        return If(start, self.at, branches, otherwise)

    def _while(self, start: int) -> Statement:
        test = self.statements("do")
        self._expect("do")
        body = self.statements("done")
        self._expect("done")
        return Loop(start, self.at, test.end, body, test)

    def _for(self, start: int) -> Statement:
        outer, self.inner = self.inner, []
        self.blank()
        variable, values, head = "", None, self.at
        if self.text.startswith("((", self.at):
            self.at = head = arithmetic(self.text, self.at, self.end)
            if not head:
                raise Unreadable
        else:
            name = self.need()
            variable, head = name.raw, self.at
            self.separated()
            if self.text.startswith("in", self.at):
                self.at += 2
                values, head = self._values()
        inner, self.inner = self.inner, outer
        body = self._loop_body()
        return Loop(start, self.at, head, body, None, variable, values, inner)

    def _values(self) -> tuple[list[Word], int]:
        values: list[Word] = []
        head = self.at
        while True:
            self.blank()
            word = self.word() if self.at < self.end and self.text[self.at] != "#" else None
            if word is None:
                return values, head
            values.append(word)
            head = self.at

    def _loop_body(self) -> Sequence:
        self.blank()
        if self.text.startswith(";", self.at):
            self.at += 1
        self.separated()
        opening, closing = ("{", "}") if self.text.startswith("{", self.at) else ("do", "done")
        self._expect(opening)
        body = self.statements(closing)
        self._expect(closing)
        return body

    def _case(self, start: int) -> Statement:
        outer, self.inner = self.inner, []
        self.blank()
        subject = self.need()
        inner, self.inner = self.inner, outer
        self._expect("in")
        items: list[tuple[list[Word], Sequence]] = []
        while self.separated() and not self._ends_case():
            items.append((self._patterns(), self.statements("esac")))
            ending = _ENDING.match(self.text, self.at, self.end)
            if ending is not None:
                self.at = ending.end()
        self._expect("esac")
        return Case(start, self.at, subject, items, inner)

    def _ends_case(self) -> bool:
        keyword = _KEYWORD.match(self.text, self.at, self.end)
        return keyword is not None and keyword[0] == "esac"

    def _patterns(self) -> list[Word]:
        patterns: list[Word] = []
        if self.text.startswith("(", self.at):
            self.at += 1
        while True:
            self.blank()
            patterns.append(self.need())
            self.blank()
            sign = self.text[self.at : self.at + 1]
            self.at += 1
            if sign == ")":
                return patterns
            if sign != "|":
                raise Unreadable

    def _braced(self, start: int) -> Statement:
        body = self.statements("}")
        self._expect("}")
        return Group(start, self.at, body, subshell=False)

    def _subshell(self, start: int) -> Statement:
        self.at = start + 1
        body = self.statements()
        self._expect(")")
        return Group(start, self.at, body, subshell=True)

    compound: ClassVar[dict[str, Callable[[_Parser, int], Statement]]] = {
        "if": _if,
        "while": _while,
        "until": _while,
        "for": _for,
        "select": _for,
        "case": _case,
        "{": _braced,
        "(": _subshell,
        "((": _subshell,
        "[[": SimpleReader.test,
        "function": SimpleReader.named_function,
    }
