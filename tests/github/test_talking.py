"""Conversations on pull requests, against the demo's GitHub."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ghapp.demo.github import Pull, Repository
from ghapp.github import Line, Refused, comments, permission, reply, review_comment

from .test_telephone import calling


def pull_request(repository: Repository) -> Pull:
    repository.commit({"a.txt": "2\n"}, branch="feature")
    return repository.pull_request(head="feature")


async def begin(line: Line, pull: Pull) -> int:
    """A thread, begun by the App; gives its first comment's id."""
    comment = {"path": "a.txt", "line": 1, "side": "RIGHT", "body": "Look here."}
    review = {"commit_id": pull.head_sha, "event": "COMMENT", "comments": [comment]}
    await line.post(f"pulls/{pull.number}/reviews", review)
    return pull.comments[0].id


@pytest.mark.parametrize(
    ("login", "allowed"),
    [
        ("octo-dev", "write"),
        ("boss", "admin"),
        ("reader", "read"),
        ("stranger", "none"),
        ("nobody-at-all", "none"),
        ("../../../user", "none"),
        ("octo-dev?x=1", "none"),
        ("", "none"),
    ],
)
async def test_it_is_known_what_a_person_may_do_whatever_the_name(login: str, allowed: str) -> None:
    async with calling() as (github, repository, line):
        repository.collaborator("boss", "admin")
        repository.collaborator("reader", "read")
        github.user("stranger")

        assert await permission(line, login) == allowed
    assert github.violations == []


async def test_a_trouble_is_not_taken_for_a_missing_permission() -> None:
    async with calling() as (github, _, line):
        github.fail("repos/get-collaborator-permission-level", status=403)
        with pytest.raises(Refused):
            await permission(line, "octo-dev")
        github.fail("pulls/get-review-comment", status=403)
        with pytest.raises(Refused):
            await review_comment(line, 1)


async def test_replies_stand_in_their_thread_or_below_the_pull_request() -> None:
    async with calling() as (github, repository, line):
        pull = pull_request(repository)
        start = await begin(line, pull)
        pull.threads[0].reply("octo-dev", "Why?")
        await reply(line, pull.number, start, "Because.")
        await reply(line, pull.number, 0, "All in all.")
        threads = await comments(line, pull.number, in_threads=True)
        below = await comments(line, pull.number, in_threads=False)
        first, none = await review_comment(line, start), await review_comment(line, 1)

    assert [(each.thread, each.body, each.app) for each in threads] == [
        (start, "Look here.", True),
        (start, "Why?", False),
        (start, "Because.", True),
    ]
    assert [(each.thread, each.body) for each in below] == [(0, "All in all.")]
    assert (first, none) == (threads[0], None)
    assert github.violations == []


async def test_what_was_said_since_then_is_read_page_after_page() -> None:
    async with calling() as (github, repository, line):
        pull = pull_request(repository)
        for number in range(120):
            pull.say("octo-dev", f"Comment {number}")
        later = datetime.now(UTC) + timedelta(hours=1)
        every = await comments(line, pull.number, in_threads=False)
        github.clock.advance(3700)
        pull.say("octo-dev", "The last one")
        newest = await comments(line, pull.number, in_threads=False, since=later)

    assert len(every) == 120
    assert [each.body for each in newest] == ["The last one"]
