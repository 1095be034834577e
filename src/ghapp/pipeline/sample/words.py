"""Words and pipes on paper."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from ghapp.pipeline.command import Command
from ghapp.pipeline.glob import glob_regex
from ghapp.pipeline.sample.filters import FILTERS
from ghapp.pipeline.shell.grammar import parse
from ghapp.pipeline.shell.syntax import Pipe, Simple, Statement
from ghapp.pipeline.word import Part, PartKind, Redirection, Word

Lookup = Callable[[str], "str | None"]
"""The value of a variable, or of an expression (`${{ … }}`) as written; None when it is not known."""

Program = Callable[[list[str], "str | None"], "str | None"]
"""What a program that is no text filter prints, given its words and its input; None when that is not known."""

UNKNOWN = "\0"
"""Stands in an answer for a piece that is not known."""

MAX_TEXT = 250
MAX_PARTS = 30
MAX_WORD = 2_000
MAX_DEPTH = 6
MAX_PIPE = 10

_TRIM = re.compile(r"\$\{(\w+)(##?|%%?)([^{}$`]+)\}")
_REPLACE = re.compile(r"\$\{(\w+)(//?)((?:[^/{}$`\\]|\\.)+)(?:/([^{}$`\\]*))?\}")
_DEFAULT = re.compile(r"\$\{(\w+):?[-?][^{}]*\}")


def value_of(word: Word, lookup: Lookup, program: Program = lambda words, text: None, *, depth: int = 0) -> str:
    """The word's value. Pieces that are not known are UNKNOWN; a filter whose input has one gives UNKNOWN alone."""
    if len(word.parts) > MAX_PARTS or len(word.raw) > MAX_WORD:
        return UNKNOWN
    text = "".join(_part(part, lookup, program, depth) for part in word.parts)
    return text if len(text) <= MAX_TEXT else UNKNOWN


def _part(part: Part, lookup: Lookup, program: Program, depth: int) -> str:
    if part.kind is PartKind.LITERAL:
        return part.text
    if part.kind in (PartKind.VARIABLE, PartKind.EXPRESSION):
        found = lookup(part.text)
    elif part.kind is PartKind.UNKNOWN:
        found = _braces(part.text, lookup)
    else:
        found = _substitution(part.text, lookup, program, depth + 1)
    return UNKNOWN if found is None else found


def _braces(text: str, lookup: Lookup) -> str | None:
    """`${X##*/}`, `${X%%:*}`, `${X/a/b}`, `${X:-y}`."""
    if (match := _DEFAULT.fullmatch(text)) is not None:
        return lookup(match[1])
    match = _TRIM.fullmatch(text) or _REPLACE.fullmatch(text)
    value = lookup(match[1]) if match is not None else None
    if match is None or value is None or UNKNOWN in value:
        return None
    pattern = match[3].replace("\\", "").strip("\"'")
    if "/" in match[2]:
        count = 1 if match[2] == "/" else -1
        return None if any(sign in pattern for sign in "*?[#%") else value.replace(pattern, match[4] or "", count)
    return _trimmed(value, match[2], pattern)


def _trimmed(value: str, sign: str, pattern: str) -> str:
    """`value` without the shortest (`#`, `%`) or longest (`##`, `%%`) beginning or end that the pattern matches."""
    matches = glob_regex(pattern, star_crosses=True).fullmatch
    cuts = range(len(value) + 1)
    if sign[0] == "#":
        fitting = [at for at in cuts if matches(value[:at])]
        return value[(fitting[-1] if sign == "##" else fitting[0]) :] if fitting else value
    fitting = [at for at in cuts if matches(value[at:])]
    return value[: (fitting[0] if sign == "%%" else fitting[-1])] if fitting else value


def _substitution(text: str, lookup: Lookup, program: Program, depth: int) -> str | None:
    """What `$(…)` stands for: what a single pipe in it prints."""
    if text.startswith("<") or "\\`" in text or depth > MAX_DEPTH:
        return None
    parsed = parse(text[2:-1] if text.startswith("$") else text[1:-1])
    items = parsed.body.items
    if parsed.error is not None or len(items) != 1:
        return None
    printed = _printed(items[0], lookup, program, depth)
    return None if printed is None else printed.rstrip("\n")


def _printed(statement: Statement, lookup: Lookup, program: Program, depth: int) -> str | None:
    elements = statement.elements if isinstance(statement, Pipe) else [statement]
    text: str | None = ""
    for element in elements:
        if not isinstance(element, Simple) or not element.words:
            return None
        words = [value_of(word, lookup, program, depth=depth) for word in element.words]
        text = _run(words, _input(element.redirections, text, lookup, program, depth), program)
    return text


def _input(
    redirections: Iterable[Redirection], text: str | None, lookup: Lookup, program: Program, depth: int
) -> str | None:
    """What a program reads: `text`, unless a here-string is given."""
    for each in redirections:
        if each.operator == "<<<" and each.target is not None:
            return value_of(each.target, lookup, program, depth=depth)
    return text


def _run(words: list[str], text: str | None, program: Program) -> str | None:
    """What one program prints; `text` is its input."""
    if words[0] == "xargs" and len(words) > 1 and text is not None:
        words, text = [*words[1:], *text.split()], ""
    run = FILTERS.get(words[0])
    known = text is not None and not any(UNKNOWN in each for each in (*words, text))
    printed = run(words[1:], text) if run is not None and text is not None and known else None
    return printed if printed is not None else program(words, text)


def printed(command: Command, lookup: Lookup, program: Program) -> str | None:
    """What a command of a job prints, with everything that is piped into it."""
    pipe = [command]
    while (before := pipe[-1].piped_from) is not None and len(pipe) < MAX_PIPE:
        pipe.append(before)
    text: str | None = ""
    for each in reversed(pipe):
        text = _input(each.redirections, text, lookup, program, 0)
        text = _run([value_of(word, lookup, program) for word in each.words], text, program) if each.words else None
    return text
