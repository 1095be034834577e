"""Reads `/ghapp …` comments."""

from __future__ import annotations

import re

from ghapp.inbox import Command

WORD = "/ghapp"
VERB_CHARACTERS = 40
REASON_CHARACTERS = 500

_UNTIL = re.compile(r"(?:^|\s)until\s+(\d{4}-\d\d-\d\d)$", re.IGNORECASE)


def read_command(body: str, *, comment: int, thread: int, by: str) -> Command | None:
    """The command in a comment's first line, `/ghapp ignore it is a test until 2027-01-31`; None when there is none.

    The verb may be one that does not exist, and the day one that no calendar has: people are told so.
    """
    first = body.lstrip("\ufeff").split("\n", 1)[0].split()
    if not first or first[0].lower() != WORD:
        return None
    verb, rest = (first[1] if len(first) > 1 else ""), " ".join(first[2:])
    until = _UNTIL.search(rest)
    reason = rest[: until.start()] if until else rest
    return Command(
        verb=verb.lower()[:VERB_CHARACTERS],
        reason=reason[:REASON_CHARACTERS],
        until=until[1] if until else "",
        comment=comment,
        thread=thread,
        by=by,
    )
