"""Markdown in blocks: folded, listed, and as many as fit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ghapp.report.words import counted

BLOCK_BYTES = 16_000
"""The most that one finding, or one list of the summary, may take."""


def joined(parts: Iterable[str]) -> str:
    """The parts that there are, as paragraphs."""
    return "\n\n".join(part for part in parts if part)


def folded(heading: str, body: str) -> str:
    """`heading` is HTML, `body` Markdown."""
    return f"<details><summary>{heading}</summary>\n\n{body}\n\n</details>"


def listed(heading: str, items: Sequence[str], noun: str) -> str:
    """A heading and its list; nothing for an empty list."""
    return f"{heading}\n\n{fitted(items, BLOCK_BYTES, chr(10), noun)}" if items else ""


def folded_list(heading: str, items: Sequence[str], noun: str) -> str:
    """A list that opens at a click; nothing for an empty one."""
    return folded(heading, fitted(items, BLOCK_BYTES, "\n", noun)) if items else ""


def fitted(blocks: Sequence[str], limit: int, between: str, noun: str) -> str:
    """As many blocks as fit into `limit` bytes, whole, and a word on how many do not."""
    room = limit - 100  # for that word
    for shown, block in enumerate(blocks):
        room -= len(block.encode()) + len(between)
        if room < 0:
            left = counted(len(blocks) - shown, f"more {noun}")
            return between.join([*blocks[:shown], "", f"{left} did not fit here."]).strip()
    return between.join(blocks)
