"""Where an edit may be made, and how text is written there."""

from __future__ import annotations

import re

from ghapp.pipeline.yaml import Node

_INDICATORS = frozenset("-?:,[]{}#&*!|>'\"%@`")
_NOT_TEXT = re.compile(
    r"""(?: ~|null|true|false|yes|no|on|off|y|n|<<|=
      | [-+]?[0-9][0-9_]*(?::[0-5]?[0-9])*(?:\.[0-9_]*)?(?:e[-+]?[0-9]+)?
      | [-+]?\.[0-9_]+(?:e[-+]?[0-9]+)? | 0x[0-9a-f_]+ | 0o?[0-7_]+ | 0b[01_]+
      | [-+]?\.(?:inf|nan) | [0-9]{4}-[0-9][0-9]?-[0-9][0-9]?.* )?""",
    re.VERBOSE | re.IGNORECASE,
)
_UNPRINTABLE = re.compile("[^\t\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]|[\u2028\u2029]")


def editable(node: Node) -> bool:
    """Whether the node stands once, in a file with plain line ends: neither it nor what holds it has an anchor."""
    if "\r" in node.source.text:
        return False
    at: Node | None = node
    while at is not None:
        if at.anchor is not None or at.kind == "alias":
            return False
        at = at.parent
    return True


def in_flow(node: Node) -> bool:
    """Whether the node stands in a `{…}` or `[…]`."""
    at = node.parent
    while at is not None:
        if at.kind in ("map", "seq") and at.style:
            return True
        at = at.parent
    return False


def column_of(node: Node) -> int:
    """The column at which the node begins, counted from 0."""
    source = node.source
    return node.start - source.line_starts[source.line_of(node.start) - 1]


def own_line(node: Node) -> bool:
    """Whether only blanks stand before the node on its line."""
    return not node.source.text[node.start - column_of(node) : node.start].strip(" ")


def is_text(value: str) -> bool:
    """Whether every reader takes it for text when it stands without quotes: neither number, date, flag nor null."""
    return _NOT_TEXT.fullmatch(value) is None


def fits_plain(value: str, *, flow: bool) -> bool:
    """Whether the value can stand without quotes, in a single line."""
    if not value or value != value.strip() or not printable(value) or "\t" in value:
        return False
    if value[0] in _INDICATORS and not (value[0] in "-?:" and value[1:2].strip()):
        return False
    if ": " in value or " #" in value or value.endswith(":") or value.startswith(("---", "...")):
        return False
    return not (flow and any(sign in value for sign in ",[]{}?:"))


def printable(text: str) -> bool:
    """Whether the text can stand in one line of YAML as it is."""
    return _UNPRINTABLE.search(text) is None


def quoted(text: str, style: str) -> str | None:
    """Text as it is written between the quotes of `style`; None when it cannot be in one line."""
    if not printable(text):
        return None
    return text.replace("'", "''") if style == "'" else text.replace("\\", "\\\\").replace('"', '\\"')
