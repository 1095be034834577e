"""Reads a shell script into its statements: `parse(text)`.

The grammar is that of POSIX.1-2024, Shell Command Language, section 2.10, with bash's additions (`[[`, `((`,
`function`, `select`, arrays, `|&`). At the first statement that cannot be read it stops, as bash itself does.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ghapp.pipeline.shell.reader import BLANK, TEMPLATE, Reader
from ghapp.pipeline.shell.syntax import (
    AndOr,
    Background,
    Case,
    Function,
    Group,
    If,
    Loop,
    Parsed,
    Pipe,
    Redirected,
    Sequence,
    Simple,
    Statement,
    Unreadable,
)
from ghapp.pipeline.word import Assignment, Part, PartKind, Redirection, Word

MAX_CHARACTERS = 256 * 1024
"""Longer scripts are not read."""

_BREAK = re.compile(r"(?:[ \t\r]++|\\\r?\n|#[^\n]*+)++")
_KEYWORD = re.compile(
    r"(?:if|then|elif|else|fi|for|select|while|until|do|done|case|esac|function|coproc|!|\{|\}|\[\[|\(\(|\()"
    r"(?:(?=[\s;&|<>()]|\Z)|(?<=\())"
)
_TIME = re.compile(r"time(?:[ \t]+-p)?[ \t]+(?=[({])")
_REDIRECT = re.compile(r"(?:\d+|\{\w+\})?(?:<<<|<<-|<<|<>|<&|>&|>>|>\||&>>|&>|<(?!\()|>(?!\())")
_ASSIGN = re.compile(r"([A-Za-z_]\w*)(\[[^\]\n]*\])?(\+?)=")
_FUNCTION = re.compile(r"[ \t]*\([ \t]*\)")
_NAME = re.compile(r"[^\s;&|<>()$`\"'\\=]+")
_CONDITION = re.compile(r"&&|\|\||[()<>]")
_REGEX = re.compile(r"(?:[^\s()\\\"'$]|\\.)++")
_DECLARES = frozenset({"export", "local", "declare", "typeset", "readonly"})


@lru_cache(maxsize=512)
def parse(text: str, template: re.Pattern[str] = TEMPLATE) -> Parsed:
    """The statements of `text`. Templates (`${{ x }}` …) are opaque. Never raises; time is linear in the length."""
    return _Parser(text, template).script()


class _Parser(Reader):
    def script(self) -> Parsed:
        items: list[Statement] = []
        if len(self.text) > MAX_CHARACTERS:
            return Parsed(Sequence(items, 0, 0), 0)
        error = None
        try:
            while self._separated():
                self.depth = 0
                error = self.at
                items.append(self._item())
            error = self.at
            if self.at >= self.end:
                error = None
        except Unreadable:
            pass
        return Parsed(Sequence(items, 0, self.end), error)

    def _separated(self) -> bool:
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

    def statements(self, *stops: str) -> Sequence:
        self._deeper()
        start, items = self.at, list[Statement]()
        while self._separated():
            keyword = _KEYWORD.match(self.text, self.at, self.end)
            if keyword is not None and keyword[0] in stops:
                break
            items.append(self._item())
        self.depth -= 1
        return Sequence(items, start, items[-1].end if items else start)

    def _item(self) -> Statement:
        """An and-or list with the sign that ends it."""
        statement = self._and_or()
        self._blank()
        sign = self.text[self.at] if self.at < self.end else ""
        if sign == "&":
            self.at += 1
            return Background(statement.start, self.at, statement)
        if sign == ";" and not self.text.startswith((";;", ";&"), self.at):
            self.at += 1
        elif (
            sign
            and sign not in "\n;)#"
            and (isinstance(statement, Simple) or not _KEYWORD.match(self.text, self.at, self.end))
        ):
            raise Unreadable
        return statement

    def _and_or(self) -> Statement:
        first = self._pipe()
        rest: list[tuple[str, Statement]] = []
        while self.text.startswith(("&&", "||"), self.at) and self.at < self.end:
            operator = self.text[self.at : self.at + 2]
            self.at += 2
            self._separated()
            rest.append((operator, self._pipe()))
        return AndOr(first.start, rest[-1][1].end, first, rest) if rest else first

    def _pipe(self) -> Statement:
        start = self.at
        negated = False
        while self.text.startswith("!", self.at) and self.text[self.at + 1 : self.at + 2].isspace():
            negated = not negated
            self.at += 1
            self._blank()
        timed = _TIME.match(self.text, self.at, self.end)
        if timed is not None:
            self.at = timed.end()
        elements = [self._command()]
        self._blank()
        while self.text.startswith("|", self.at) and not self.text.startswith("||", self.at) and self.at < self.end:
            self.at += 2 if self.text.startswith("|&", self.at) else 1
            self._separated()
            elements.append(self._command())
            self._blank()
        if len(elements) == 1 and not negated:
            return elements[0]
        return Pipe(start, elements[-1].end, elements, negated)

    def _blank(self) -> None:
        blank = BLANK.match(self.text, self.at, self.end)
        if blank is not None:
            self.at = blank.end()

    def _command(self) -> Statement:
        keyword = _KEYWORD.match(self.text, self.at, self.end)
        if keyword is None:
            return self._simple()
        reader = _COMPOUND.get(keyword[0])
        if reader is None:
            raise Unreadable
        start = self.at
        if keyword[0] == "((":
            end = self.arithmetic(start)
            return self._arithmetic_command(end) if end else self._redirected(self._subshell(start))
        self.at = keyword.end()
        if keyword[0] in ("[[", "function"):
            return reader(self, start)
        return self._redirected(reader(self, start))

    def _redirected(self, body: Statement) -> Statement:
        redirections: list[Redirection] = []
        outer, self.inner = self.inner, []
        end = self.at
        while self._redirection(redirections):
            end = self.at
        self.at = end
        inner, self.inner = self.inner, outer
        return Redirected(body.start, end, body, redirections, inner) if redirections else body

    # simple commands

    def _simple(self) -> Statement:
        start = end = self.at
        outer, self.inner = self.inner, []
        simple = Simple(start, end, [], [], [], self.inner)
        text = self.text
        while True:
            if simple.words and not simple.declares and (word := self.common()) is not None:
                simple.words.append(word)
                simple.end = self.at
                continue
            self._blank()
            at = self.at
            char = text[at] if at < self.end else "\n"
            if char in "\n;|)#" or (char == "&" and not text.startswith("&>", at)):
                break
            if char == "(":
                return self._function(simple, outer)
            if not ((char in "<>&{" or char.isdigit()) and self._redirection(simple.redirections)) and not (
                self._assigned(simple)
            ):
                word = self.word()
                if word is None:
                    raise Unreadable
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
        self._separated()
        self._deeper()
        body = self._command()
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
            self._separated()
            if self.text.startswith(")", self.at) and self.at < self.end:
                break
            if self.word() is None:
                raise Unreadable
        self.at += 1

    def _redirection(self, redirections: list[Redirection]) -> bool:
        """Reads a redirection, if one begins here, into `redirections`."""
        self._blank()
        sign = _REDIRECT.match(self.text, self.at, self.end)
        if sign is None or self.filled(self.at) is not None:
            return False
        operator = sign[0]
        self.at = sign.end()
        self._blank()
        target = self.word()
        if target is None:
            raise Unreadable
        if operator.endswith(("<<", "<<-")) and not operator.endswith("<<<"):
            redirections.append(Redirection(operator, None))
            delimiter = "".join(
                part.text if part.kind is PartKind.LITERAL else "$" + part.text for part in target.parts
            )
            expands = not any(part.quote for part in target.parts)
            self.documents.append((redirections, delimiter, operator.endswith("-"), expands, self.inner))
        else:
            redirections.append(Redirection(operator, target))
        return True

    # tests

    def _arithmetic_command(self, end: int) -> Statement:
        start, self.at = self.at, end
        raw = self.text[start:end]
        opening = Word((Part(PartKind.LITERAL, "(("),), "((", start, start + 2)
        rest = Word((Part(PartKind.UNKNOWN, raw[2:-2]),), raw[2:-2], start + 2, end - 2)
        return self._redirected(Simple(start, end, [opening, rest], [], [], []))

    def _test(self, start: int) -> Statement:
        """`[[ … ]]` up to its end; signs and regular expressions are words of it."""
        outer, self.inner = self.inner, []
        words = [self._sign(start, self.at)]
        while words[-1].raw != "]]":
            self._separated()
            at = self.at
            pattern = _REGEX if words[-1].raw == "=~" else _CONDITION
            sign = pattern.match(self.text, at, self.end)
            if words[-1].raw == "=~":
                words.append(self._regex())
            elif sign is not None and not self.text.startswith(("<(", ">("), at):
                self.at = sign.end()
                words.append(self._sign(at, self.at))
            else:
                word = self.word()
                if word is None:
                    raise Unreadable
                words.append(word)
        simple = Simple(start, self.at, words, [], [], self.inner)
        self.inner = outer
        return self._redirected(simple)

    def _sign(self, start: int, end: int) -> Word:
        return Word((Part(PartKind.LITERAL, self.text[start:end]),), self.text[start:end], start, end)

    def _regex(self) -> Word:
        """The pattern behind `=~`: parentheses belong to it, blanks end it outside of them."""
        start, depth = self.at, 0
        parts: list[Part] = []
        while self.at < self.end and (depth or not self.text[self.at].isspace()):
            char = self.text[self.at]
            if char in "$\"'":
                piece = self.word()
                parts.extend(piece.parts if piece is not None else ())
                continue
            run = _REGEX.match(self.text, self.at, self.end)
            depth += (char == "(") - (char == ")")
            end = run.end() if run is not None else self.at + 1
            parts.append(Part(PartKind.LITERAL, self.text[self.at : end]))
            self.at = end
        return Word(tuple(parts), self.text[start : self.at], start, self.at)

    # compound commands

    def _expect(self, keyword: str) -> None:
        self._separated()
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
        self._blank()
        variable, values, head = "", None, self.at
        if self.text.startswith("((", self.at):
            self.at = head = self.arithmetic(self.at)
            if not head:
                raise Unreadable
        else:
            name = self.word()
            if name is None:
                raise Unreadable
            variable, head = name.raw, self.at
            self._separated()
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
            self._blank()
            word = self.word() if self.at < self.end and self.text[self.at] != "#" else None
            if word is None:
                return values, head
            values.append(word)
            head = self.at

    def _loop_body(self) -> Sequence:
        self._blank()
        if self.text.startswith(";", self.at):
            self.at += 1
        self._separated()
        opening, closing = ("{", "}") if self.text.startswith("{", self.at) else ("do", "done")
        self._expect(opening)
        body = self.statements(closing)
        self._expect(closing)
        return body

    def _case(self, start: int) -> Statement:
        outer, self.inner = self.inner, []
        self._blank()
        subject = self.word()
        inner, self.inner = self.inner, outer
        if subject is None:
            raise Unreadable
        self._expect("in")
        items: list[tuple[list[Word], Sequence]] = []
        while self._separated() and not self._ends_case():
            items.append((self._patterns(), self.statements("esac")))
            ending = re.compile(r";;&|;;|;&").match(self.text, self.at, self.end)
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
            self._blank()
            pattern = self.word()
            if pattern is None:
                raise Unreadable
            patterns.append(pattern)
            self._blank()
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

    def _named_function(self, start: int) -> Statement:
        self._blank()
        name = _NAME.match(self.text, self.at, self.end)
        if name is None:
            raise Unreadable
        self.at = name.end()
        brackets = _FUNCTION.match(self.text, self.at, self.end)
        if brackets is not None:
            self.at = brackets.end()
        return self._function_body(start, name[0])


_COMPOUND = {
    "if": _Parser._if,
    "while": _Parser._while,
    "until": _Parser._while,
    "for": _Parser._for,
    "select": _Parser._for,
    "case": _Parser._case,
    "{": _Parser._braced,
    "(": _Parser._subshell,
    "((": _Parser._subshell,
    "[[": _Parser._test,
    "function": _Parser._named_function,
}
