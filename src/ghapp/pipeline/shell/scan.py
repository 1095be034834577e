"""Finds where a piece of shell ends: templates, arithmetic, extended globs, here-documents. Functions over a text."""

from __future__ import annotations

import re

_TEMPLATE = re.compile(
    r"\$\{\{(?>(?:[^'}]++|'[^']*+'|\}(?!\}))*)\}\}"
    r"|<<\s*+[#^/]?\s*+(?:parameters|pipeline|matrix|orb|job|executor|include)\b[^<>\n]*+>>"
)
_LONGEST_TEMPLATE = 2000  # keeps a text full of openings from costing quadratic time
_LONGEST = 4000  # characters of an arithmetic expression or a glob: real ones have dozens

_ANSI_ESCAPE = re.compile(r"\\(?:([abefnrtv\\'\"?])|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|([0-7]{1,3}))")
_ANSI_NAMED = dict(zip("abefnrtv", "\a\b\x1b\f\n\r\t\v", strict=True))


def template(text: str, at: int, end: int) -> re.Match[str] | None:
    """What begins at `at` and is filled in before the shell runs: GitHub's expressions, CircleCI's parameters."""
    return _TEMPLATE.match(text, at, min(end, at + _LONGEST_TEMPLATE))


def closing(text: str, start: int, end: int) -> int:
    """The offset behind the parenthesis that closes the one at `start`; 0 when there is none."""
    depth = 0
    for at in range(start, min(end, start + _LONGEST)):
        depth += (text[at] == "(") - (text[at] == ")")
        if not depth:
            return at + 1
    return 0


def arithmetic(text: str, start: int, end: int) -> int:
    """The offset behind `((…))` beginning at `start`; 0 when its parentheses do not close together."""
    inner = closing(text, start + 1, end)
    return inner + 1 if inner and inner < end and text[inner] == ")" else 0


def document(text: str, start: int, end: int, delimiter: str, *, dash: bool) -> tuple[int, int]:
    """Where the here-document beginning at `start` ends, and where the line behind its delimiter begins.

    `dash`: tabs before the delimiter are passed over (`<<-`). Without the delimiter it goes on to the end, as in bash.
    """
    at = start
    while at < end:
        line_end = text.find("\n", at, end)
        line_end = end if line_end < 0 else line_end
        line = text[at:line_end].removesuffix("\r")
        if (line.lstrip("\t") if dash else line) == delimiter:
            return at, min(line_end + 1, end)
        at = line_end + 1
    return end, end


def ansi(body: str) -> str:
    """What `$'…'` says: its text with the escapes of ANSI C decoded."""
    return _ANSI_ESCAPE.sub(_decoded, body)


def _decoded(escape: re.Match[str]) -> str:
    named, hexadecimal, unicode, octal = escape.groups()
    if named:
        return _ANSI_NAMED.get(named, named)
    return chr(int(octal, 8) & 0xFF if octal else int(hexadecimal or unicode, 16))
