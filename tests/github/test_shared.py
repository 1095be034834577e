"""What an owner shares in its repository `.github`: how it is read, and how long it is remembered."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from github.test_telephone import calling

from ghapp.demo.github import GitHub, Repository
from ghapp.github import Line, SharedFile, read
from ghapp.github.shared import SharedFiles

FILE = ".github/ghapp.yml"
CONTENT, MINT = "repos/get-content", "apps/create-installation-access-token"


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def share(github: GitHub, text: str | bytes, **options: Any) -> Repository:
    return github.repository("acme/.github", {FILE: text}, **options)


def without_it(github: GitHub, repository: Repository, line: Line) -> Line:
    """A line of an installation that does not have `.github`."""
    github.installations.clear()
    installation = github.install("acme", repositories=["shop"])
    return line.telephone.installation(installation.id, repository.id, repository.full_name)


async def test_a_file_is_remembered_for_three_minutes() -> None:
    clock = Clock()
    async with calling() as (github, _, line):
        shared = SharedFiles(clock)
        home = share(github, "1\n")
        first = await shared.get(line, FILE)
        home.commit({FILE: "2\n"})
        clock.seconds = 179
        second = await shared.get(line, FILE)
        clock.seconds = 181
        third = await shared.get(line, FILE)

    assert [first.text, second.text, third.text] == [b"1\n", b"1\n", b"2\n"]
    assert (github.operations.count(CONTENT), github.operations.count(MINT)) == (2, 1)


async def test_that_there_is_none_is_remembered_for_an_hour() -> None:
    clock = Clock()
    async with calling() as (github, _, line):
        shared = SharedFiles(clock)
        first = await shared.get(line, FILE)
        share(github, "1\n")
        clock.seconds = 3599
        second = await shared.get(line, FILE)
        clock.seconds = 3601
        third = await shared.get(line, FILE)

    assert (first, second) == (SharedFile(hidden=True), SharedFile(hidden=True))
    assert third.text == b"1\n"


async def test_many_at_once_ask_once() -> None:
    async with calling() as (github, _, line):
        shared = SharedFiles()
        share(github, "1\n")
        found = await asyncio.gather(*(shared.get(line, FILE) for _ in range(20)))

    assert {each.text for each in found} == {b"1\n"}
    assert github.operations == [MINT, CONTENT]


async def test_its_token_may_read_that_repository_and_nothing_else() -> None:
    async with calling() as (github, _, line):
        share(github, "1\n")
        await SharedFiles().get(line, FILE)

    assert github.calls[0].body == {
        "repositories": [".github"],
        "permissions": {"metadata": "read", "contents": "read"},
    }
    assert line.requests == 2


async def test_what_was_read_before_is_better_than_nothing() -> None:
    clock = Clock()
    async with calling() as (github, _, line):
        shared = SharedFiles(clock)
        share(github, "1\n")
        await shared.get(line, FILE)
        clock.seconds = 200
        github.fail(CONTENT, times=3, status=502)
        again = await shared.get(line, FILE)

    assert again == SharedFile(b"1\n")


async def test_an_answer_that_does_not_come_is_not_waited_for_and_not_remembered() -> None:
    async with calling() as (github, _, line):
        shared = SharedFiles(patience=0.1)
        share(github, "1\n")
        github.latency = 0.3
        missed = await shared.get(line, FILE)
        github.latency = 0.0
        found = await shared.get(line, FILE)

    assert (missed, found) == (SharedFile(unread=True), SharedFile(b"1\n"))


async def test_a_file_over_a_mebibyte_is_told_by_its_size() -> None:
    async with calling() as (github, _, line):
        share(github, b"x" * ((1 << 20) + 1))
        found = await SharedFiles().get(line, FILE)

    assert found.text == bytes((1 << 20) + 1)


async def test_a_directory_is_no_file() -> None:
    async with calling() as (github, _, line):
        github.repository("acme/.github", {f"{FILE}/a.txt": "1\n"})
        found = await SharedFiles().get(line, FILE)

    assert found == SharedFile()


async def test_only_so_many_owners_are_remembered() -> None:
    async with calling() as (github, _, line):
        shared = SharedFiles(limit=1)
        share(github, "1\n")
        other = github.repository("other/shop")
        far = line.telephone.installation(other.installation.id, other.id, other.full_name)
        for each in (line, far, line):
            await shared.get(each, FILE)

    assert github.operations.count(CONTENT) == 2


@pytest.mark.parametrize(
    ("text", "private", "seen"),
    [
        ("1\n", False, b"1\n"),
        ("1\n", True, None),
        (b"\xff\xfe", False, bytes(2)),
        (b"\0", False, bytes(1)),
    ],
    ids=["public", "private", "not UTF-8", "binary"],
)
@pytest.mark.parametrize("expressions", [[], ["HEAD:a.txt"]], ids=["alone", "with others"])
async def test_a_public_file_is_read_along_with_other_contents(
    text: str | bytes, private: bool, seen: bytes | None, expressions: list[str]
) -> None:
    async with calling() as (github, repository, line):
        share(github, text, private=private)
        line = without_it(github, repository, line)
        hidden = await SharedFiles().get(line, FILE)
        answer = await read(line, expressions, shared=FILE)

    assert hidden == SharedFile(hidden=True)
    assert answer.shared == seen
    assert list(answer.texts) == expressions
    assert github.operations.count("graphql") == 1


async def test_an_owner_without_the_repository_does_not_spoil_the_query() -> None:
    async with calling() as (_, _, line):
        answer = await read(line, ["HEAD:a.txt"], shared=FILE)

    assert (answer.shared, answer.texts) == (None, {"HEAD:a.txt": b"1\n"})
