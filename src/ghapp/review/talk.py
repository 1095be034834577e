"""The conversation in which somebody gave a command: what it is about, and one answer, however often this is tried."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from ghapp.github import MOST_COMMENTS, Line, Refused, comments, reply, review_comment
from ghapp.inbox import Command
from ghapp.review.markers import Seal

ANSWERED, FAILED, TURNED_AWAY = "answered", "failed", "turned-away"
MOST_TURNED_AWAY = 10
"""So often, and once in each, strangers are answered in the threads of a pull request: nobody makes us flood it."""


class Subject(NamedTuple):
    """What a thread is about: the findings of a rule in a file."""

    rule: str
    path: str
    fingerprints: tuple[str, ...]


class Talk:
    """`at`: when the command was given, by GitHub's clock."""

    def __init__(self, line: Line, pull: int, said: Command, at: str, seal: Seal) -> None:
        self.said = said
        self._line, self._pull, self._seal = line, pull, seal
        self._at = datetime.fromisoformat(at)

    async def subject(self) -> Subject | None:
        """What the thread is about, by the comment of ours that it begins with; None if by no such."""
        first = await review_comment(self._line, self.said.thread) if self.said.thread else None
        if first is None or not first.app:
            return None
        _, mark, _ = self._seal.read(first.body)
        if mark is None:
            return None
        return Subject(mark.rule, first.path, tuple(each.fingerprint for each in mark.entries))

    async def answered(self, *words: str) -> bool:
        """Whether the command has an answer of one of these kinds, from an earlier try."""
        found = await comments(self._line, self._pull, in_threads=bool(self.said.thread), since=self._at)
        receipts = [self._seal.receipt_in(each.body) for each in found if each.app]
        return any((word, self.said.comment) in receipts for word in words)

    async def turned_away(self) -> bool:
        """Whether enough was said to people without access, here and in all, or more was said than can be looked at."""
        found = await comments(self._line, self._pull, in_threads=bool(self.said.thread))
        receipts = [(each.thread, self._seal.receipt_in(each.body)) for each in found if each.app]
        threads = [thread for thread, receipt in receipts if receipt is not None and receipt[0] == TURNED_AWAY]
        return self.said.thread in threads or len(threads) >= MOST_TURNED_AWAY or len(found) >= MOST_COMMENTS

    async def answer(self, text: str, word: str) -> None:
        """Says it. Where GitHub lets nobody say anything any more, there is nobody to be told."""
        body = f"{text}\n\n{self._seal.receipt(word, self.said.comment)}"
        with suppress(Refused):
            await reply(self._line, self._pull, self.said.thread, body)
