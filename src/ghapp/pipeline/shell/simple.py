"""Reads simple commands: words, assignments, redirections, function definitions, `[[ … ]]` and `(( … ))`."""

from __future__ import annotations

import re
from abc import abstractmethod

from ghapp.pipeline.shell.reader import BLANK, Reader
from ghapp.pipeline.shell.scan import document
from ghapp.pipeline.shell.syntax import Function, Redirected, Sequence, Simple, Statement, Unreadable
from ghapp.pipeline.word import Assignment, Part, PartKind, Redirection, Word

_BREAK = re.compile(r"(?>(?:[ \t\r]++|\\\r?\n|#[^\n]*+)+)")
_REDIRECT = re.compile(r"(?:\d+|\{\w+\})?(?:<<<|<<-|<<|<>|<&|>&|>>|>\||&>>|&>|<(?!\()|>(?!\())")
_ASSIGN = re.compile(r"([A-Za-z_]\w*)(\[[^\]\n]*\])?(\+?)=")
_FUNCTION = re.compile(r"[ \t]*\([ \t]*\)")
_NAME = re.compile(r"[^\s;&|<>()$`\"'\\=]+")
_CONDITION = re.compile(r"&&|\|\||[()<>]")
_REGEX = re.compile(r"(?>(?:[^\s()\\\"'$]|\\.)+)")
_DECLARES = frozenset({"export", "local", "declare", "typeset", "readonly"})


class SimpleReader(Reader):
    """Reads what is no compound statement; `command` reads any."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.documents: list[tuple[list[Redirection], int, str, bool, list[Sequence]]] = []

    @abstractmethod
    def command(self) -> Statement:
        """The command that begins here: the grammar's part."""

    def blank(self) -> None:
        blank = BLANK.match(self.text, self.at, self.end)
        if blank is not None:
            self.at = blank.end()

    def separated(self) -> bool:
        """Passes blanks, comments, line ends; whether a statement can begin here."""
        while True:
            blank = _BREAK.match(self.text, self.at, self.end)
            if blank is not None:
                self.at = blank.end()
            if self.at >= self.end:
                return False
            if self.text[self.at] != "\n":
                return self.text[self.at] not in ");"
            self.newline()

    def newline(self) -> None:
        """Passes a line's end and the here-documents whose text follows it."""
        self.at += 1
        for redirections, at, delimiter, expands, inner in self.documents:
            operator = redirections[at].operator
            end, behind = document(self.text, self.at, self.end, delimiter, dash=operator.endswith("-"))
            redirections[at] = Redirection(operator, None, self.text[self.at : end], self.at)
            if expands:
                self._substitutions(end, inner)
            self.at = behind
        self.documents.clear()

    def _substitutions(self, end: int, inner: list[Sequence]) -> None:
        """Reads what a here-document up to `end` substitutes, into `inner`."""
        if "$(" in self.text[self.at : end] or "`" in self.text[self.at : end]:
            limit, self.end = self.end, end
            outer, self.inner = self.inner, inner
            self.expanded("")
            self.end, self.inner = limit, outer

    def simple(self) -> Statement:
        start = end = self.at
        self.counted()
        outer, self.inner = self.inner, []
        simple = Simple(start, end, [], [], [], self.inner)
        text = self.text
        while True:
            if simple.words and not simple.declares and (word := self.common()) is not None:
                simple.words.append(word)
                simple.end = self.at
                continue
            self.blank()
            at = self.at
            char = text[at] if at < self.end else "\n"
            if char in "\n;|)#" or (char == "&" and not text.startswith("&>", at)):
                break
            if char == "(":
                return self._function(simple, outer)
            if char == "\\" and text.startswith("\\<<", at):  # CircleCI's way to write `<<` itself
                self.at, char = at + 1, "<"
            if not ((char in "<>&{" or char.isdigit()) and self._redirection(simple.redirections)) and not (
                self._assigned(simple)
            ):
                word = self.need()
                simple.words.append(word)
                if len(simple.words) == 1 and word.raw in _DECLARES:
                    simple.declares = True
            simple.end = self.at
        self.inner = outer
        if simple.end == start:
            raise Unreadable
        return simple

    def _function(self, simple: Simple, outer: list[Sequence]) -> Statement:
        brackets = _FUNCTION.match(self.text, self.at, self.end)
        if brackets is None or len(simple.words) != 1 or simple.assignments or simple.redirections:
            raise Unreadable
        self.at = brackets.end()
        self.inner = outer
        return self._function_body(simple.start, simple.words[0].raw)

    def _function_body(self, start: int, name: str) -> Statement:
        self.separated()
        self._deeper()
        body = self.command()
        if isinstance(body, Simple) and not (body.words and body.words[0].raw in ("[[", "((")):
            raise Unreadable
        self.depth -= 1
        return Function(start, body.end, name, body)

    def _assigned(self, simple: Simple) -> bool:
        """`NAME=value` where it is an assignment: before the command's name, or behind export, local, declare."""
        if simple.words and not simple.declares:
            return False
        sign = _ASSIGN.match(self.text, self.at, self.end)
        if sign is None:
            return False
        self.at = sign.end()
        followed = not sign[2] and not sign[3]
        if self.text.startswith("(", self.at):
            self._array()
            followed = False
        value = self._value() if followed or self.at == sign.end() else None
        simple.assignments.append(Assignment(sign[1], value if followed else None))
        return True

    def _value(self) -> Word:
        return self.word() or Word((Part(PartKind.LITERAL, ""),), "", self.at, self.at)

    def _array(self) -> None:
        self.at += 1
        while True:
            self.separated()
            if self.text.startswith(")", self.at) and self.at < self.end:
                break
            self.need()
        self.at += 1

    def _redirection(self, redirections: list[Redirection]) -> bool:
        """Reads a redirection, if one begins here, into `redirections`."""
        self.blank()
        sign = _REDIRECT.match(self.text, self.at, self.end)
        if sign is None or self.filled(self.at) is not None:
            return False
        self.counted()
        operator = sign[0]
        self.at = sign.end()
        self.blank()
        target = self.need()
        if operator.endswith(("<<", "<<-")) and not operator.endswith("<<<"):
            redirections.append(Redirection(operator, None))
            delimiter = "".join(
                part.text if part.kind is PartKind.LITERAL else "$" + part.text for part in target.parts
            )
            expands = not any(part.quote for part in target.parts)
            self.documents.append((redirections, len(redirections) - 1, delimiter, expands, self.inner))
        else:
            redirections.append(Redirection(operator, target))
        return True

    def arithmetic_command(self, end: int) -> Statement:
        start, self.at = self.at, end
        raw = self.text[start:end]
        opening = Word((Part(PartKind.LITERAL, "(("),), "((", start, start + 2)
        rest = Word((Part(PartKind.UNKNOWN, raw[2:-2]),), raw[2:-2], start + 2, end - 2)
        return self.redirected(Simple(start, end, [opening, rest], [], [], []))

    def test(self, start: int) -> Statement:
        """`[[ … ]]` up to its end; signs and regular expressions are words of it."""
        outer, self.inner = self.inner, []
        words = [self._sign(start, self.at)]
        while words[-1].raw != "]]":
            self.separated()
            at = self.at
            pattern = _REGEX if words[-1].raw == "=~" else _CONDITION
            sign = pattern.match(self.text, at, self.end)
            if words[-1].raw == "=~":
                words.append(self._regex())
            elif sign is not None and not self.text.startswith(("<(", ">("), at):
                self.at = sign.end()
                words.append(self._sign(at, self.at))
            else:
                word = self.need()
                words.append(word)
        simple = Simple(start, self.at, words, [], [], self.inner)
        self.inner = outer
        return self.redirected(simple)

    def _sign(self, start: int, end: int) -> Word:
        return Word((Part(PartKind.LITERAL, self.text[start:end]),), self.text[start:end], start, end)

    def _regex(self) -> Word:
        """The pattern behind `=~`: parentheses belong to it, blanks end it outside of them."""
        start, depth = self.at, 0
        parts: list[Part] = []
        while self.at < self.end and (depth or not self.text[self.at].isspace()):
            char = self.text[self.at]
            if char in "$\"'":
                parts.extend(self.need().parts)
                continue
            run = _REGEX.match(self.text, self.at, self.end)
            depth += (char == "(") - (char == ")")
            end = run.end() if run is not None else self.at + 1
            parts.append(Part(PartKind.LITERAL, self.text[self.at : end]))
            self.at = end
        return Word(tuple(parts), self.text[start : self.at], start, self.at)

    def redirected(self, body: Statement) -> Statement:
        redirections: list[Redirection] = []
        outer, self.inner = self.inner, []
        end = self.at
        while self._redirection(redirections):
            end = self.at
        self.at = end
        inner, self.inner = self.inner, outer
        return Redirected(body.start, end, body, redirections, inner) if redirections else body

    def named_function(self, start: int) -> Statement:
        self.blank()
        name = _NAME.match(self.text, self.at, self.end)
        if name is None:
            raise Unreadable
        self.at = name.end()
        brackets = _FUNCTION.match(self.text, self.at, self.end)
        if brackets is not None:
            self.at = brackets.end()
        return self._function_body(start, name[0])
