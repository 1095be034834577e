"""Text from pull requests made fit for Markdown: no mention, image, link, HTML or markup in it comes alive on GitHub.

Whatever could mean something goes into a code span or a fence that is longer than any in the text: GitHub looks for
mentions, issue numbers, commits and addresses everywhere except in code.
"""

from __future__ import annotations

import re
from html import escape

_BACKTICKS = re.compile("`+")
_SPAN = re.compile("`([^`]+)`")
_WORD = re.compile(r"(?P<before>[(\"'“‘]*)(?P<core>.*?)(?P<after>[)\"'”’.,;:!?…]*)", re.DOTALL)
_ALIVE = re.compile(r"[`*_~<>\[\]{}|\\&@#$^:]|www\.|\b[0-9a-f]{7,40}\b|[a-z]-\d", re.IGNORECASE)
"""Signs of markup, mentions, addresses, commits (7 to 40 hex digits) and ticket numbers (`GH-12`)."""
_BLOCK = re.compile(r"[-+=]+|\d+[.)]")
"""What makes a list, a heading or a rule of a line that begins with it."""


def clean(text: str) -> str:
    """The text without control, bidirectional and other invisible characters; newlines and tabs stay."""
    if text.isprintable():
        return text
    return "".join(map(_visible, text.replace("\r\n", "\n")))


def _visible(char: str) -> str:
    if char.isprintable() or char in "\n\t":
        return char
    if "\ud800" <= char <= "\udfff":  # a byte of a file name that is not UTF-8
        return "\ufffd"
    return " " if char.isspace() else ""


def one_line(text: str) -> str:
    return " ".join(clean(text).split())


def shortened(text: str, limit: int) -> str:
    """At most `limit` bytes of UTF-8, with an ellipsis where it was cut."""
    data = text.encode("utf-8", "replace")
    return text if len(data) <= limit else data[: limit - 3].decode("utf-8", "ignore") + "…"


def code(text: str) -> str:
    """A code span that holds the text on one line."""
    text = one_line(text)
    fence = "`" * (_longest_run(text) + 1)
    pad = " " if not text or text[0] == "`" or text[-1] == "`" else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def fenced(text: str, info: str = "") -> str:
    """A fenced block that holds the text as it is, apart from invisible characters."""
    text = clean(text)
    fence = "`" * max(3, _longest_run(text) + 1)
    body = text if not text or text.endswith("\n") else f"{text}\n"
    return f"{fence}{info}\n{body}{fence}"


def prose(text: str) -> str:
    """A sentence of a rule: its `code` stays code, and every word that could come alive becomes code."""
    said = ""
    for at, piece in enumerate(_SPAN.split(one_line(text))):
        more = code(piece) if at % 2 else _words(piece, first=not at)
        said += f" {more}" if said.endswith("`") and more.startswith("`") else more  # two spans that touch are none
    return said


def _words(text: str, *, first: bool) -> str:
    words = text.split(" ")
    safe = [_word(word) for word in words]
    if first and _BLOCK.fullmatch(words[0]):
        safe[0] = code(words[0])
    return " ".join(safe)


def _word(word: str) -> str:
    match = _WORD.fullmatch(word)
    if match is None or not _ALIVE.search(match["core"]):
        return word
    return f"{match['before']}{code(match['core'])}{match['after']}"


def cell(markdown: str) -> str:
    """Markdown for a table: GitHub divides a row at every pipe that has no backslash, also within code."""
    return markdown.replace("\\|", "\\ |").replace("|", "\\|")


def html_line(text: str) -> str:
    """A rule's title for an HTML element, its `code` as code. Not for words of a pull request: see `html_code`."""
    pieces = _SPAN.split(one_line(text))
    return "".join(f"<code>{escape(piece)}</code>" if at % 2 else escape(piece) for at, piece in enumerate(pieces))


def html_code(text: str) -> str:
    return f"<code>{escape(one_line(text))}</code>"


def _longest_run(text: str) -> int:
    return max(map(len, _BACKTICKS.findall(text)), default=0)
