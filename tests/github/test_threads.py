"""Our threads against the demo's GitHub: read page by page, changed many at a time."""

from __future__ import annotations

from typing import Any

import pytest

from ghapp.demo.github import FIXER, Pull, Repository
from ghapp.demo.github import Thread as Posted
from ghapp.github import RESOLVING, Change, Line, OwnThread, Refused, Uncertain, change_threads, read

from .test_telephone import calling


async def reviewed(repository: Repository, line: Line, count: int = 1) -> Pull:
    """A pull request with so many threads of ours."""
    repository.commit({"a.txt": "".join(f"{number}\n" for number in range(count))}, branch="feature")
    pull = repository.pull_request(head="feature", title="A change")
    comments = [{"path": "a.txt", "line": at + 1, "side": "RIGHT", "body": f"Line {at}"} for at in range(count)]
    await line.post(f"pulls/{pull.number}/reviews", {"event": "COMMENT", "comments": comments})
    return pull


async def ours(line: Line, pull: Pull) -> tuple[OwnThread, ...]:
    return (await read(line, (), pull.number)).threads


async def test_a_thread_is_read_with_what_its_first_comment_says_and_where_it_stands() -> None:
    async with calling() as (_, repository, line):
        pull = await reviewed(repository, line)
        (thread,) = pull.threads
        (before,) = await ours(line, pull)
        thread.reply("octo-dev", "Really?")
        thread.resolve("octo-dev")
        pull.push({"a.txt": "another\n"})
        (after,) = await ours(line, pull)

    comment = thread.comments[0]
    assert before == OwnThread(
        thread.node_id, "a.txt", 1, 1, False, "", comment.node_id, comment.id, "Line 0", "ghapp", False, False
    )
    assert (after.line, after.start_line, after.resolved, after.resolved_by, after.answered) == (
        0, 0, True, "octo-dev", True,
    )  # fmt: skip


async def test_threads_of_others_are_passed_over_and_more_than_a_hundred_are_read_page_by_page() -> None:
    async with calling() as (github, repository, line):
        pull = await reviewed(repository, line, 2)
        for _ in range(210):
            thread = Posted(pull, pull.threads[0].place)
            pull.threads.append(thread)
            thread.reply("octo-dev", "And here?")
        pull.threads.append(pull.threads.pop(1))
        github.clear()
        threads = await ours(line, pull)

    assert [each.body for each in threads] == ["Line 0", "Line 1"]
    assert github.operations.count("graphql") == 3


@pytest.mark.parametrize("after", [0, 1], ids=["the first page", "the second"])
async def test_an_answer_without_threads_is_not_taken_for_none(after: int) -> None:
    async with calling() as (github, repository, line):
        pull = await reviewed(repository, line)
        for _ in range(100):
            pull.threads.append(Posted(pull, pull.threads[0].place))
            pull.threads[-1].reply("octo-dev", "And here?")
        github.fail("graphql", status=200, body={"data": {"repository": {}}}, after=after)

        with pytest.raises(Uncertain):
            await ours(line, pull)


async def test_many_changes_go_into_few_requests_and_do_what_they_say() -> None:
    async with calling(permissions=FIXER) as (github, repository, line):
        pull = await reviewed(repository, line, 20)
        threads = await ours(line, pull)
        github.clear()
        changes = [Change("edit", each.comment, f"{each.body}, edited") for each in threads]
        changes += [Change("resolve", each.id) for each in threads] + [Change("hide", threads[0].comment)]
        refused = await change_threads(line.asking(RESOLVING), changes)
        await change_threads(
            line.asking(RESOLVING), [Change("unresolve", threads[0].id), Change("show", threads[0].comment)]
        )

    assert refused == []
    assert github.operations.count("graphql") == 3
    assert [each.comments[0].body for each in pull.threads] == [f"Line {at}, edited" for at in range(20)]
    assert [each.is_resolved for each in pull.threads] == [False] + [True] * 19
    assert pull.threads[0].comments[0].minimized is None


async def test_what_github_refuses_is_told_and_the_rest_is_done() -> None:
    async with calling() as (_, repository, line):
        pull = await reviewed(repository, line)
        (thread,) = await ours(line, pull)
        resolving, gone = Change("resolve", thread.id), Change("edit", "PRRC_gone", "x")
        refused = await change_threads(line, [resolving, gone, Change("hide", thread.comment)])

    assert refused == [resolving, gone]
    assert pull.threads[0].comments[0].minimized == "RESOLVED"


ERRORS: dict[str, Any] = {
    "of a kind that may pass": {"path": ["c0"], "message": "Something went wrong", "type": "INTERNAL"},
    "of no kind": {"path": ["c0"], "message": "Something went wrong"},
    "about nothing in particular": {"message": "Something went wrong"},
}


@pytest.mark.parametrize("error", ERRORS)
async def test_an_error_that_may_pass_leaves_the_fate_of_the_changes_open(error: str) -> None:
    async with calling() as (github, repository, line):
        pull = await reviewed(repository, line)
        (thread,) = await ours(line, pull)
        github.fail("graphql", status=200, body={"data": {"c0": None}, "errors": [ERRORS[error]]})

        with pytest.raises(Uncertain):
            await change_threads(line, [Change("hide", thread.comment)])


@pytest.mark.parametrize("trouble", [{"timeout": "after"}, {"timeout": "before"}, {"status": 502}])
async def test_changes_whose_fate_is_unknown_are_made_again_since_they_say_how_things_are_to_be(
    trouble: dict[str, Any],
) -> None:
    async with calling() as (github, repository, line):
        pull = await reviewed(repository, line)
        (thread,) = await ours(line, pull)
        github.fail("graphql", **trouble)
        await change_threads(line, [Change("edit", thread.comment, "Mended")])

    assert [each.body for each in pull.comments] == ["Mended"]


async def test_an_installation_that_does_not_grant_a_permission_is_asked_for_it_once_an_hour() -> None:
    async with calling() as (github, _, line):
        await line.get("pulls")
        for _ in range(3):
            with pytest.raises(Refused):
                await line.asking(RESOLVING).get("pulls")

    assert github.operations.count("apps/create-installation-access-token") == 2


async def test_a_line_that_asks_for_more_counts_for_the_line_it_comes_of() -> None:
    async with calling(permissions=FIXER) as (github, _, line):
        await line.asking(RESOLVING).get("pulls")

    assert (line.requests, line.rate_remaining) == (2, 4999)
    assert github.calls[0].body["permissions"] == RESOLVING
