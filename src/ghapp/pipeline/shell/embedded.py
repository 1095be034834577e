"""Scripts inside of scripts: the operand of `bash -c`, `eval` and `trap`, the here-document of `bash <<EOF`."""

from __future__ import annotations

import re
from bisect import bisect_right

from ghapp.pipeline.source import Text
from ghapp.pipeline.word import Word

_ESCAPE = re.compile(r'\\(?:([$`"\\])|\n)')


def part_of(text: Text, start: int, end: int) -> Text:
    """The text from `start` up to `end`, mapped to the same places of the file."""
    return Text(text.value[start:end], text.source, _segments(text, start, end, 0), exact=text.exact)


def quoted(text: Text, word: Word) -> Text | None:
    """What a word that holds a script says, or None when it is pieced together of several quotes.

    In double quotes variables stay as they are: the outer shell would fill in the values that the inner one sees here.
    """
    raw = word.raw
    if len(raw) < 2 or raw[0] not in "'\"" or raw[-1] != raw[0]:
        return part_of(text, word.start, word.end) if word.literal == raw else None
    start, end = word.start + 1, word.end - 1
    quotes = {part.quote for part in word.parts}
    if quotes != {raw[0]} or (raw[0] == "'" and "'" in raw[1:-1]):
        return None
    if raw[0] == "'" or "\\" not in raw:
        return part_of(text, start, end)
    value = ""
    segments: list[tuple[int, int, int]] = []
    at = start
    for escape in [*_ESCAPE.finditer(text.value, start, end), None]:
        until = escape.start() if escape is not None else end
        segments.extend(_segments(text, at, until, len(value)))
        value += text.value[at:until]
        if escape is not None:
            at = escape.end() - 1 if escape[1] else escape.end()
    return Text(value, text.source, segments, exact=text.exact)


def _segments(text: Text, start: int, end: int, at: int) -> list[tuple[int, int, int]]:
    """The segments of text[start:end], as part of a value in which it begins at `at`."""
    segments = text.segments
    found: list[tuple[int, int, int]] = []
    index = max(0, bisect_right(segments, start, key=lambda segment: segment[0]) - 1)
    while index < len(segments) and segments[index][0] < end:
        value_at, file_at, length = segments[index]
        first = max(start, value_at)
        size = max(0, min(end, value_at + length) - first)
        found.append((first - start + at, file_at + first - value_at, size))
        index += 1
    return found
