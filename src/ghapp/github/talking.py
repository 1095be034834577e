"""Conversations on pull requests: what people may do, what was said, and replies."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ghapp.github.errors import Refused
from ghapp.github.line import Line

PAGE = 100
MOST_PAGES = 10
MOST_COMMENTS = PAGE * MOST_PAGES
CLOCKS_DIFFER = timedelta(minutes=1)  # GitHub's machines', and its times are whole seconds

_LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment on a pull request. `thread`: the id of the comment that begins the thread it stands in, 0 outside of
    threads. `app`: an App wrote it, if not ours. `path`: the file that it is about, in a thread."""

    id: int
    thread: int
    body: str
    app: bool
    path: str = ""


MAY_WRITE = ("admin", "write")
"""GitHub counts `maintain` as write and `triage` as read (REST, repos/get-collaborator-permission-level)."""


async def permission(line: Line, login: str) -> str:
    """What a person may do in the repository: `admin`, `write`, `read` or `none`."""
    if not _LOGIN.fullmatch(login):
        return "none"
    try:
        answer = await line.get(f"collaborators/{login}/permission")
    except Refused as refusal:
        if refusal.status == 404:
            return "none"
        raise
    return answer["permission"]


async def review_comment(line: Line, comment: int) -> Comment | None:
    """A comment of a thread; None when it is gone."""
    try:
        return _comment(await line.get(f"pulls/comments/{comment}"))
    except Refused as refusal:
        if refusal.status == 404:
            return None
        raise


async def comments(line: Line, pull: int, *, in_threads: bool, since: datetime | None = None) -> list[Comment]:
    """What was said in the threads of a pull request, or below it, oldest first; at most the first 1,000."""
    path = f"{'pulls' if in_threads else 'issues'}/{pull}/comments"
    params = {"since": (since - CLOCKS_DIFFER).strftime("%Y-%m-%dT%H:%M:%SZ")} if since is not None else {}
    found: list[Comment] = []
    for page in range(1, MOST_PAGES + 1):
        answer: list[dict[str, Any]] = await line.get(path, per_page=PAGE, page=page, **params)
        found += map(_comment, answer)
        if len(answer) < PAGE:
            break
    return found


async def reply(line: Line, pull: int, thread: int, body: str) -> None:
    """Says something in the thread that the comment `thread` begins; below the pull request if that is 0."""
    path = f"pulls/{pull}/comments/{thread}/replies" if thread else f"issues/{pull}/comments"
    await line.post(path, {"body": body})


def _comment(answer: dict[str, Any]) -> Comment:
    begins = answer["id"] if "path" in answer else 0
    user: dict[str, Any] = answer.get("user") or {}
    return Comment(
        id=answer["id"],
        thread=answer.get("in_reply_to_id") or begins,
        body=answer.get("body") or "",
        app=user.get("type") == "Bot",
        path=answer.get("path") or "",
    )
