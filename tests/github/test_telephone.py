"""The telephone against the demo's GitHub: tokens, repetitions, refusals, what is read and written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from ghapp.demo.github import REVIEWER, GitHub, Repository
from ghapp.github import (
    Line,
    Output,
    RateLimited,
    Refused,
    Telephone,
    Uncertain,
    changed_files,
    complete_check_run,
    find_check_runs,
    open_check_run,
    read,
    tree,
)
from ghapp.github.telephone import Contents


@asynccontextmanager
async def calling(**options: Any) -> AsyncGenerator[tuple[GitHub, Repository, Line]]:
    """A GitHub, a repository in it, and a line to that."""
    github = GitHub(permissions=options.pop("permissions", REVIEWER))
    repository = github.repository("acme/shop", files={"a.txt": "1\n"})
    url = options.pop("url", "http://github.test")
    telephone = Telephone(github.app.client_id, github.app.private_key, url, httpx.ASGITransport(github.asgi))
    yield github, repository, telephone.installation(repository.installation.id, repository.id, repository.full_name)
    await telephone.aclose()


async def test_twenty_calls_at_once_mint_one_token() -> None:
    async with calling() as (github, repository, line):
        await asyncio.gather(*(tree(line, repository.head()) for _ in range(20)))

    assert github.operations.count("apps/create-installation-access-token") == 1


async def test_a_token_is_renewed_before_it_expires() -> None:
    async with calling() as (github, repository, line):
        github.clock.advance(-3400)  # the first one is minted with less than five minutes to live
        await tree(line, repository.head())
        github.clock.advance(3400)
        await tree(line, repository.head())
        await tree(line, repository.head())

    assert github.operations.count("apps/create-installation-access-token") == 2


@pytest.mark.parametrize("trouble", [{"status": 502}, {"timeout": "before"}, {"truncated": True}])
async def test_a_read_is_tried_three_times(trouble: dict[str, Any]) -> None:
    async with calling() as (github, repository, line):
        github.fail("git/get-tree", times=2, **trouble)
        listing = await tree(line, repository.head())
        github.fail("git/get-tree", times=3, **trouble)
        with pytest.raises(Uncertain):
            await tree(line, repository.head())

    assert list(listing.entries) == ["a.txt"]
    assert line.requests >= 4


async def test_a_write_that_may_have_taken_effect_is_not_repeated_blindly() -> None:
    async with calling() as (github, repository, line):
        github.fail("checks/create", timeout="after")
        run = await open_check_run(line, repository.head(), "ghapp", "1 main", Output("t", "s"))

    assert [each.id for each in repository.check_runs()] == [run.id]


async def test_annotations_of_a_batch_whose_fate_is_unknown_stand_there_once() -> None:
    async with calling() as (github, repository, line):
        run = await open_check_run(line, repository.head(), "ghapp", "1 main", Output("t", "s"))
        github.fail("checks/update", timeout="after")
        github.fail("checks/update", timeout="before", after=2)
        annotations = tuple(
            {"path": "a.txt", "start_line": 1, "end_line": 1, "annotation_level": "notice", "message": str(number)}
            for number in range(120)
        )
        await complete_check_run(line, run, "1 main", "neutral", Output("t", "s", annotations=annotations))
    (posted,) = repository.check_runs()

    assert [each.message for each in posted.annotations] == [str(number) for number in range(120)]
    assert posted.conclusion == "neutral"


@pytest.mark.parametrize(
    ("headers", "message", "seconds"),
    [
        ({"retry-after": "7"}, "You have exceeded a secondary rate limit.", 8),
        ({}, "You have exceeded a secondary rate limit.", 60),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "0"}, "API rate limit exceeded", 1),
    ],
)
@pytest.mark.parametrize("status", [403, 429])
async def test_a_rate_limit_says_how_long_to_wait(
    status: int, headers: dict[str, str], message: str, seconds: float
) -> None:
    async with calling() as (github, repository, line):
        github.fail("git/get-tree", status=status, headers=headers, body={"message": message})
        with pytest.raises(RateLimited) as limit:
            await tree(line, repository.head())

    assert limit.value.reset_in == seconds


async def test_a_bare_429_is_a_rate_limit_and_a_bare_403_is_a_refusal() -> None:
    async with calling() as (github, repository, line):
        github.fail("git/get-tree", status=429, body={"message": "Too many"})
        with pytest.raises(RateLimited):
            await tree(line, repository.head())
        github.fail("git/get-tree", status=403, body={"message": "Resource not accessible by integration"})
        with pytest.raises(Refused, match="not accessible"):
            await tree(line, repository.head())


async def test_a_rate_limit_told_by_graphql_is_one() -> None:
    async with calling() as (github, _, line):
        github.fail("graphql", status=200, body={"errors": [{"type": "RATE_LIMITED", "message": "slow down"}]})
        with pytest.raises(RateLimited):
            await read(line, ["main:a.txt"])


async def test_an_app_that_was_uninstalled_is_refused() -> None:
    async with calling() as (_, repository, line):
        repository.installation.delete()
        with pytest.raises(Refused) as refusal:
            await tree(line, "main")

    assert refusal.value.status == 404


async def test_contents_that_graphql_does_not_give_are_read_as_blobs_and_what_is_not_there_is_missing() -> None:
    async with calling() as (github, repository, line):
        repository.commit({"large.txt": "x" * 600_000, "binary": b"\0\1", "latin": "ü".encode("latin-1")})
        listing = await tree(line, repository.head())
        shas = {path: entry.sha for path, entry in listing.entries.items()}
        reading = await read(line, [*shas.values(), "0" * 40, "main:nowhere"])
        blobs = github.operations.count("git/get-blob")

    assert reading.texts == {
        shas["a.txt"]: b"1\n",
        shas["large.txt"]: b"x" * 600_000,
        shas["binary"]: b"\0\1",
        shas["latin"]: "ü".encode("latin-1"),
    }
    assert blobs >= 3


async def test_a_query_that_is_too_much_for_graphql_is_answered_by_blobs() -> None:
    async with calling() as (github, repository, line):
        repository.commit({"b.txt": "2\n"}, branch="feature")
        pull = repository.pull_request(head="feature", title="A change")
        sha = (await tree(line, pull.head_sha)).entries["b.txt"].sha
        github.fail("graphql", status=200, body={"data": None, "errors": [{"message": "Something went wrong"}]})
        reading = await read(line, [sha], pull.number)

    assert reading.texts == {sha: b"2\n"}
    assert reading.head == pull.head_sha


async def test_contents_are_asked_for_in_queries_of_twenty_five_and_only_once() -> None:
    async with calling() as (github, repository, line):
        repository.commit({f"{number}.txt": f"{number}\n" for number in range(60)})
        shas = [entry.sha for entry in (await tree(line, repository.head())).entries.values()]
        first = await read(line, shas)
        again = await read(line, shas)

    assert len(first.texts) == len(set(shas))
    assert again.texts == first.texts
    assert github.operations.count("graphql") == 3


async def test_a_list_of_files_that_is_longer_than_announced_is_read_to_its_end() -> None:
    async with calling() as (_, repository, line):
        repository.commit({f"{number:03}.txt": "x\n" for number in range(205)}, branch="feature")
        pull = repository.pull_request(head="feature", title="A change")
        files = await changed_files(line, pull.number, 1)

    assert len(files) == 205


async def test_a_check_run_of_that_name_by_somebody_else_does_not_count() -> None:
    async with calling() as (github, repository, line):
        await open_check_run(line, repository.head(), "ghapp", "1 main", Output("t", "s"))
        other = Telephone("99", github.app.private_key, "http://github.test", httpx.ASGITransport(github.asgi))
        line.telephone.app = other.app
        found = await find_check_runs(line, repository.head(), "ghapp")

    assert found == []


async def test_a_redirect_to_another_host_is_not_followed() -> None:
    async with calling() as (github, repository, line):
        github.fail("git/get-tree", status=301, headers={"location": "http://evil.test/"}, body={})
        with pytest.raises(Refused, match="elsewhere"):
            await tree(line, repository.head())


async def test_a_write_to_a_renamed_repository_stays_a_write() -> None:
    async with calling() as (github, repository, line):
        location = f"http://github.test/repos/{repository.full_name}/check-runs"
        github.fail("checks/create", status=307, headers={"location": location}, body={})
        run = await open_check_run(line, repository.head(), "ghapp", "1 main", Output("t", "s"))

    assert [each.id for each in repository.check_runs()] == [run.id]


def test_the_oldest_contents_make_room_for_new_ones() -> None:
    contents = Contents(10)
    contents.put(1, "a", b"12345")
    contents.put(1, "b", b"12345")
    contents.get(1, "a")
    contents.put(1, "c", b"12345")

    assert contents.get(1, "a") == b"12345"
    assert contents.get(1, "b") is None
    assert contents.get(2, "a") is None


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://api.github.com", "https://github.com/acme/shop"),
        ("https://api.acme.ghe.com", "https://acme.ghe.com/acme/shop"),
        ("https://ghe.acme.example:8443/api/v3", "https://ghe.acme.example:8443/acme/shop"),
        ("http://127.0.0.1:8100", "http://127.0.0.1:8100/acme/shop"),
    ],
)
async def test_people_see_a_repository_beside_the_api(url: str, address: str) -> None:
    async with calling(url=url) as (_, _, line):
        assert line.address == address
