"""Reads a makefile: its rules, its variables, and what a recipe line says once these are filled in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ghapp.pipeline.source import Source, Text

MAX_VALUE = 4096
"""How long a variable's value may grow, in characters."""

MAX_DEPTH = 8
"""How deep variables are looked up in variables."""

_UNKNOWN = "${MAKE_EXPRESSION}"

_CONDITION = re.compile(r"\s*(ifeq|ifneq|ifdef|ifndef|endif)\b")
_ASSIGNMENT = re.compile(r"\s*(?:export\s+|override\s+)*([\w.-]+)\s*(:{0,3}|\?|\+|!)=\s*(.*)", re.DOTALL)
_RULE = re.compile(r"([^\s:=#][^:=#]*?)\s*::?(?!=)([^;=]*)(?:;(.*))?$", re.DOTALL)
_REFERENCE = re.compile(r"\$(?:\$|\(([^()\n]*(?:\([^()\n]*\)[^()\n]*)*)\)|\{([^{}\n]*)\}|([@<^*?%+]|\w))")
_SHELL = re.compile(r"shell\s+(.*)", re.DOTALL)


@dataclass(slots=True)
class Rule:
    """`lines`: where each recipe line stands in the file. `odd`: it stands in a conditional, or is not plain."""

    prerequisites: list[str] = field(default_factory=list[str])
    lines: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    odd: bool = False


@dataclass(slots=True)
class Makefile:
    """`variables`: name to value; None for one that cannot be told. `patterns`: the targets of pattern rules."""

    source: Source
    variables: dict[str, str | None]
    rules: dict[str, Rule] = field(default_factory=dict[str, Rule])
    patterns: list[re.Pattern[str]] = field(default_factory=list[re.Pattern[str]])
    includes: bool = False
    default: str = ""

    @property
    def errexit(self) -> bool:
        return bool(re.search(r"-\w*e|errexit", self.variables.get(".SHELLFLAGS") or ""))

    @property
    def pipefail(self) -> bool:
        return "pipefail" in (self.variables.get(".SHELLFLAGS") or "")

    def could_make(self, name: str) -> bool:
        """Whether a pattern rule or an included file may hold the recipe of a target that has no rule here."""
        return self.includes or any(pattern.fullmatch(name) for pattern in self.patterns)

    def filled(self, start: int, end: int, known: dict[str, str]) -> Text:
        """The file's text from `start` to `end` as make hands it to the shell.

        `known`: what the automatic variables say (`@`, `<`); resolved variables are added. A name that the makefile
        does not define comes from the environment, as a shell variable does: `$(X)` is `${X}`.
        """
        pieces: list[str] = []
        segments: list[tuple[int, int, int]] = []
        length = 0
        at = start
        text = self.source.text
        for reference in [*_REFERENCE.finditer(text, start, end), None]:
            until = reference.start() if reference is not None else end
            value = self._said(reference, known, 0) if reference is not None else ""
            for piece, place in ((text[at:until], at), (value, until)):
                if piece:
                    segments.append((length, place, min(len(piece), end - place)))
                    pieces.append(piece)
                    length += len(piece)
            at = reference.end() if reference is not None else end
        return Text("".join(pieces), self.source, segments, exact=len(segments) < 2)

    def _said(self, reference: re.Match[str], known: dict[str, str], depth: int) -> str:
        """What `$(X)` says to the shell."""
        if reference[0] == "$$":
            return "$"
        name = reference[1] or reference[2] or reference[3] or ""
        if name in known:
            return known[name]
        computed = _SHELL.fullmatch(name)
        known[name] = f"${{{name}}}" if name.isidentifier() else f"$({computed[1]})" if computed else _UNKNOWN
        value = self.variables.get(name)
        if value is not None and depth < MAX_DEPTH:
            known[name] = _REFERENCE.sub(lambda found: self._said(found, known, depth + 1), value)[:MAX_VALUE]
        return known[name]


def read(source: Source, overrides: dict[str, str | None], outside: frozenset[str]) -> Makefile:
    """The makefile's rules and variables. `overrides`: those of the call, which win; `outside`: those of the
    environment, which win over `?=` alone."""
    makefile = Makefile(source, {**dict.fromkeys(outside), "MAKE": "make"})
    reader = _Reader(makefile)
    for start, end in _logical_lines(source.text):
        reader.line(start, end)
    makefile.variables.update(overrides)
    return makefile


def _logical_lines(text: str) -> list[tuple[int, int]]:
    """Where each line stands, lines that end with a backslash together with the next."""
    lines: list[tuple[int, int]] = []
    start = at = 0
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        at = end + 1
        if not text.endswith("\\", start, end):
            lines.append((start, end))
            start = at
    return lines


class _Reader:
    def __init__(self, makefile: Makefile) -> None:
        self.makefile = makefile
        self.current: list[Rule] = []
        self.conditions = 0
        self.defining = False

    def line(self, start: int, end: int) -> None:
        makefile = self.makefile
        text = makefile.source.text[start:end]
        if text.startswith("\t") and self.current:
            if text.strip():
                self._recipe(start, end)
            return
        text = re.sub(r"\\\n", " ", text).partition("#")[0].rstrip()
        word = text.split(None, 1)[0] if text.strip() else ""
        if self.defining or word == "define":
            self.defining = word != "endef"
        elif (condition := _CONDITION.match(text)) is not None:
            self.conditions += -1 if condition[1] == "endif" else 1
        elif word in ("include", "-include", "sinclude"):
            makefile.includes = True
        elif (assignment := _ASSIGNMENT.match(text)) is not None:
            self._assign(*assignment.groups())
        elif (rule := _RULE.match(text)) is not None:
            self._rule(rule, start)

    def _recipe(self, start: int, end: int) -> None:
        for rule in self.current:
            rule.lines.append((start + 1, end))
            rule.odd = rule.odd or self.conditions > 0 or len(rule.lines) > 500

    def _assign(self, name: str, sign: str, value: str) -> None:
        variables = self.makefile.variables
        if self.conditions or sign == "!":
            variables[name] = None
        elif sign == "+":
            before = variables.get(name, "")
            variables[name] = None if before is None else f"{before} {value}".strip()[:MAX_VALUE]
        elif sign != "?" or name not in variables:
            variables[name] = value[:MAX_VALUE]
        if name == ".DEFAULT_GOAL":
            self.makefile.default = value.strip()

    def _rule(self, rule: re.Match[str], start: int) -> None:
        makefile = self.makefile
        names = rule[1].split()
        prerequisites = [each for each in rule[2].split() if each != "|"]
        odd = self.conditions > 0 or any("$" in each for each in [*names, *prerequisites])
        self.current = []
        for name in names:
            if "%" in name:
                makefile.patterns.append(re.compile(re.escape(name).replace("%", ".+")))
                continue
            known = makefile.rules.setdefault(name, Rule())
            known.prerequisites.extend(prerequisites)
            known.odd = known.odd or odd
            self.current.append(known)
            if not makefile.default and not name.startswith("."):
                makefile.default = name
        self.current = self.current or [Rule()]
        if rule[3]:
            for each in self.current:
                each.odd = True
