"""The conversation in which somebody gave a command: what it is about, and one answer, however often this is tried."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from ghapp.github import Comment, Line, Refused, comments, reply, review_comment
from ghapp.inbox import Command
from ghapp.review.markers import Mark, Seal

ANSWERED, FAILED, TURNED_AWAY = "answered", "failed", "turned-away"
MOST_TURNED_AWAY = 10
"""So many strangers are answered in the threads of a pull request, and one in each; then a troublemaker has his way
with himself alone."""


class Talk:
    """`at`: when the command was given, by GitHub's clock."""

    def __init__(self, line: Line, pull: int, said: Command, at: str, seal: Seal) -> None:
        self.said = said
        self.path = ""
        self._line, self._pull, self._seal = line, pull, seal
        self._at = datetime.fromisoformat(at)

    async def finding(self) -> Mark | None:
        """What the thread is about, by the comment of ours that it begins with; None if by no such."""
        if not self.said.thread:
            return None
        first = await review_comment(self._line, self.said.thread)
        if first is None or not first.app:
            return None
        self.path = first.path
        return self._seal.read(first.body)[1]

    async def answered(self, *words: str) -> bool:
        """Whether the command has an answer of one of these kinds, from an earlier try."""
        receipts = [self._seal.receipt_in(each.body) for each in await self._comments(self._at)]
        return any((word, self.said.comment) in receipts for word in words)

    async def turned_away(self) -> bool:
        """Whether enough was said to people without access: once in this thread, or often enough in all."""
        found = [each for each in await self._comments() if self._is_refusal(each)]
        return len(found) >= MOST_TURNED_AWAY or any(each.thread == self.said.thread for each in found)

    async def answer(self, text: str, word: str) -> None:
        """Says it. Where GitHub lets nobody say anything any more, there is nobody to be told."""
        body = f"{text}\n\n{self._seal.receipt(word, self.said.comment)}"
        with suppress(Refused):
            await reply(self._line, self._pull, self.said.thread, body)

    async def _comments(self, since: datetime | None = None) -> list[Comment]:
        found = await comments(self._line, self._pull, in_threads=bool(self.said.thread), since=since)
        return [each for each in found if each.app]

    def _is_refusal(self, comment: Comment) -> bool:
        receipt = self._seal.receipt_in(comment.body)
        return receipt is not None and receipt[0] == TURNED_AWAY
