"""JSON as a script writes it: text with gaps that the shell or the CI system fills in."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from ghapp.pipeline.model import Part, PartKind

_FIRST = 0xE000
GAPS = re.compile("[\ue000-\uf8ff]")
_MOSTGAPS = 0x1000
_BEGINS = re.compile('\\s*(?:\\{\\s*(?:["\'\\\\\ue000-\uf8ff}]|[\\w-]+\\s*:)|\\[\\s*[{"])')
_KEY = re.compile(r"([\"'])[\w$ {}.-]{1,60}\1\s*:")
_BLANK = re.compile(r"\s+")
_LONGEST = 20_000
_DEEPEST = 200
_VALUES = re.compile(r"\$\{\{(?:[^'}]|'[^']*'|\}(?!\}))*\}\}|<<[^<>\n]+>>|\$\{[^{}]*\}|\$\([^()]*\)|\$\w+")
_NAME = re.compile(r"\$\{?([A-Za-z_]\w*)\}?")
_DECODER = json.JSONDecoder(strict=False)


class Template:
    """The JSON text that a word or here-document makes. In `text`, the private character `chr(0xE000 + n)` stands for
    the part `gaps[n]`, which is filled in when the pipeline runs; in `filled`, those outside of strings are a number.
    """

    def __init__(self, parts: Sequence[Part]) -> None:
        self.gaps = [part for part in parts if part.kind is not PartKind.LITERAL][:_MOSTGAPS]
        order = iter(range(_FIRST, _FIRST + _MOSTGAPS))
        self.text = "".join(
            GAPS.sub("?", part.text) if part.kind is PartKind.LITERAL else chr(next(order, _FIRST)) for part in parts
        )
        self.quoted: set[int] = set()
        self.filled = self._fill() if self.like_json else ""

    @property
    def like_json(self) -> bool:
        """Whether somebody meant to write JSON."""
        text = self.text
        if len(text) > _LONGEST or text.count("{") + text.count("[") > _DEEPEST:
            return False
        return _BEGINS.match(text) is not None

    @property
    def has_keys(self) -> bool:
        return _KEY.search(self.text) is not None

    def _fill(self) -> str:
        """Notes which gaps stand within strings."""
        out: list[str] = []
        inside = escaped = False
        for char in self.text:
            if "\ue000" <= char <= "\uf8ff":
                if inside:
                    self.quoted.add(gap_of(char))
                else:
                    char = "0"
            elif char == '"' and not escaped:
                inside = not inside
            escaped = inside and char == "\\" and not escaped
            out.append(char)
        return "".join(out)

    def broken(self) -> tuple[int, str] | None:
        """Where it stops being JSON, and why; None when it is JSON, or may become it by what is filled in before."""
        text = self.filled
        begin = at = _next(text, 0)
        outside = _first_outside(self.text, self.quoted)
        try:
            while at < len(text):
                _, at = _DECODER.raw_decode(text, at)
                at = _next(text, at)
        except json.JSONDecodeError as error:
            why = "there is more behind its end" if at > begin else error.msg.lower()
            return (error.pos, why) if error.pos < outside else None
        return None


def gap_of(sign: str) -> int:
    """The number of the gap that a private character stands for."""
    return ord(sign) - _FIRST


def _next(text: str, at: int) -> int:
    """Where the next document begins, for there may be one on each line."""
    blank = _BLANK.match(text, at)
    return blank.end() if blank is not None else at


def _first_outside(text: str, quoted: set[int]) -> int:
    return next((each.start() for each in GAPS.finditer(text) if gap_of(each[0]) not in quoted), len(text) + 1)


def parts_of(text: str) -> tuple[Part, ...]:
    """A here-document, or an input of an action, as parts."""
    parts: list[Part] = []
    at = 0
    for each in _VALUES.finditer(text):
        parts.append(Part(PartKind.LITERAL, text[at : each.start()]))
        name = _NAME.fullmatch(each[0])
        if name is not None:
            parts.append(Part(PartKind.VARIABLE, name[1]))
        else:
            kind = PartKind.EXPRESSION if each[0].startswith(("${{", "<<")) else PartKind.SUBSTITUTION
            parts.append(Part(kind, each[0]))
        at = each.end()
    return (*parts, Part(PartKind.LITERAL, text[at:]))
