"""The inbox, against a real SQLite file."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from inbox.desk import ScriptedDesk, delivery, until

from ghapp.inbox import Call, Delivery, Inbox, Instead, Later, StoreDown, Worker


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'inbox.db'}"


async def opened(url: str) -> Inbox:
    inbox = Inbox(url)
    await asyncio.to_thread(inbox.open)
    return inbox


@asynccontextmanager
async def at_work(url: str, desk: ScriptedDesk, **options: Any) -> AsyncIterator[Inbox]:
    inbox = await opened(url)
    worker = Worker(url, "test", desk.open, **options)
    await asyncio.to_thread(worker.start)
    try:
        yield inbox
    finally:
        await asyncio.to_thread(worker.stop)
        inbox.close()


async def settled(inbox: Inbox) -> None:
    async with asyncio.timeout(15):
        while await inbox.waiting():  # noqa: ASYNC110 - a row, not an event
            await asyncio.sleep(0.05)


async def test_a_stored_delivery_is_answered_with_all_its_fields(url: str) -> None:
    desk, sent = ScriptedDesk(), delivery()
    async with at_work(url, desk) as inbox:
        await inbox.put(sent)
        await settled(inbox)

    assert [call.delivery for call in desk.calls] == [sent]
    assert not desk.calls[0].again


async def test_the_first_answer_begins_soon_after_the_delivery_was_stored(url: str) -> None:
    desk = ScriptedDesk()
    async with at_work(url, desk) as inbox:
        await asyncio.sleep(0.3)
        began = time.monotonic()
        await inbox.put(delivery())
        await until(lambda: desk.calls)
        waited = time.monotonic() - began
        await settled(inbox)

    assert waited < 1


async def test_a_delivery_seen_twice_is_answered_once(url: str) -> None:
    desk, sent = ScriptedDesk(), delivery()
    async with at_work(url, desk) as inbox:
        await asyncio.gather(*(inbox.put(sent) for _ in range(5)))
        await settled(inbox)
        await inbox.put(sent)
        await settled(inbox)

    assert len(desk.calls) == 1


async def test_what_was_stored_while_no_worker_ran_is_answered_later(url: str) -> None:
    inbox = await opened(url)
    sent = delivery()
    await inbox.put(sent)
    inbox.close()
    desk = ScriptedDesk()
    async with at_work(url, desk) as inbox:
        await settled(inbox)

    assert [call.delivery for call in desk.calls] == [sent]


async def test_a_newer_push_supersedes_the_running_answer(url: str) -> None:
    began, go_on = asyncio.Event(), asyncio.Event()
    found: dict[str, bool] = {}

    async def answer(call: Call) -> Mapping[str, Any]:
        loop.call_soon_threadsafe(began.set)
        while not go_on.is_set():  # noqa: ASYNC110 - it belongs to another loop
            await asyncio.sleep(0.02)
        found[call.delivery.pull.head[0]] = await call.superseded()
        return {}

    loop = asyncio.get_running_loop()
    async with at_work(url, ScriptedDesk(answer)) as inbox:
        await inbox.put(delivery(head="1" * 40))
        await began.wait()
        await inbox.put(delivery(head="2" * 40, at="2026-11-21T12:00:01Z"))
        go_on.set()
        await settled(inbox)

    assert found == {"1": True, "2": False}


async def test_the_first_delivery_of_a_pull_request_is_alone_and_no_later_one_is(url: str) -> None:
    found: dict[str, bool] = {}

    async def answer(call: Call) -> Mapping[str, Any]:
        found[call.delivery.guid] = await call.alone()
        return {}

    async with at_work(url, ScriptedDesk(answer)) as inbox:
        first, second = delivery(), delivery(guid="again")
        await inbox.put(first)
        await settled(inbox)
        await inbox.put(second)
        await settled(inbox)

    assert found == {first.guid: True, second.guid: False}


async def test_an_older_push_that_arrives_late_supersedes_nothing(url: str) -> None:
    found: dict[str, bool] = {}

    async def answer(call: Call) -> Mapping[str, Any]:
        await asyncio.sleep(0.5)
        found[call.delivery.pull.head[0]] = await call.superseded()
        return {}

    async with at_work(url, ScriptedDesk(answer)) as inbox:
        await inbox.put(delivery(head="2" * 40, at="2026-11-21T12:00:05Z"))
        await inbox.put(delivery(head="1" * 40, at="2026-11-21T12:00:00Z"))
        await settled(inbox)

    assert found == {"1": True, "2": False}


SECOND, LATER = "2026-11-21T12:00:00Z", "2026-11-21T12:00:01Z"
A, B, C = "a" * 40, "b" * 40, "c" * 40


@pytest.mark.parametrize(
    ("newer", "older", "expected"),
    [
        ({"head": B, "at": LATER}, {"head": A, "at": SECOND}, True),
        ({"head": A, "at": SECOND}, {"head": B, "at": LATER}, False),
        ({"head": A, "at": LATER}, {"head": A, "at": SECOND}, False),
        ({"head": B, "at": LATER, "number": 2}, {"head": A, "at": SECOND}, False),
        ({"head": B, "at": SECOND, "previous": A}, {"head": A, "at": SECOND}, True),
        ({"head": A, "at": SECOND}, {"head": B, "at": SECOND, "previous": A}, False),
        ({"head": C, "at": SECOND, "previous": B}, {"head": A, "at": SECOND}, False),
        ({"head": A, "at": SECOND, "previous": B, "received": 0.0}, {"head": B, "at": SECOND, "previous": A}, False),
        ({"head": B, "at": SECOND, "previous": A}, {"head": A, "at": SECOND, "previous": B}, True),
        ({"head": B, "at": LATER}, {"head": A, "at": SECOND, "kind": "rerun"}, False),
        ({"head": B, "at": LATER, "kind": "command"}, {"head": A, "at": SECOND}, False),
    ],
    ids=[
        "a later push",
        "an earlier push that arrives later",
        "the same head",
        "another pull request",
        "the next push within a second",
        "the push before, within a second",
        "the push after the next, within a second, which is left to GitHub to say",
        "there and back within a second, received first",
        "there and back within a second, received last",
        "a push after someone asked for a re-run",
        "a command after a push",
    ],
)
def test_what_supersedes_what(newer: dict[str, Any], older: dict[str, Any], expected: bool) -> None:
    one, other = delivery(**{"received": 2.0, **newer}), delivery(**{"received": 1.0, **older})

    assert one.supersedes(other) == expected


async def test_deliveries_of_one_pull_request_are_answered_one_at_a_time(url: str) -> None:
    running, most = 0, 0

    async def answer(call: Call) -> Mapping[str, Any]:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.1)
        running -= 1
        return {}

    async with at_work(url, ScriptedDesk(answer)) as inbox:
        for _ in range(4):
            await inbox.put(delivery())
        await settled(inbox)

    assert most == 1


async def test_a_noisy_installation_does_not_delay_the_others(url: str) -> None:
    order: list[int] = []

    async def answer(call: Call) -> Mapping[str, Any]:
        await asyncio.sleep(0.05)
        order.append(call.delivery.installation)
        return {}

    inbox = await opened(url)
    for number in range(40):
        await inbox.put(delivery(number=number, installation=1))
    await inbox.put(delivery(number=99, installation=2))
    inbox.close()
    async with at_work(url, ScriptedDesk(answer)) as inbox:
        await settled(inbox)

    assert order.index(2) < 15


async def test_an_answer_that_must_wait_comes_back_by_itself_and_knows_it_is_a_repetition(url: str) -> None:
    async def answer(call: Call) -> Mapping[str, Any]:
        if not call.again:
            raise Later(0.5, "GitHub's limit is reached")
        return {}

    desk = ScriptedDesk(answer)
    async with at_work(url, desk) as inbox:
        await inbox.put(delivery())
        await settled(inbox)
        failed = await inbox.failed()

    assert [(call.delivery.attempt, call.again) for call in desk.calls] == [(1, False), (2, True)]
    assert failed == []
    assert desk.apologies == []


async def test_what_comes_down_to_others_has_them_answered_in_its_place_each_once(url: str) -> None:
    async def answer(call: Call) -> Mapping[str, Any]:
        asked = call.delivery
        if not asked.pull.number:
            pulls = [replace(asked.pull, number=number) for number in (1, 2)]
            raise Instead([asked.rerun(pull, after=9) for pull in pulls])
        return {}

    desk, suite = ScriptedDesk(answer), delivery("suite", number=0, kind="rerun")
    async with at_work(url, desk) as inbox:
        await inbox.put(suite)
        await settled(inbox)
        await inbox.put(suite)
        await settled(inbox)
        failed = await inbox.failed()
    found = sorted((each.delivery.guid, each.delivery.subject, each.delivery.run) for each in desk.calls)

    assert found == [("suite", "42#0", 0), ("suite.1", "42#1", 9), ("suite.2", "42#2", 9)]
    assert (failed, desk.apologies) == ([], [])


def test_what_was_stored_before_there_were_kinds_is_read() -> None:
    then = delivery().to_json()
    for since in ("kind", "run", "command"):
        del then[since]

    assert Delivery.from_json(then).kind == "review"


async def test_an_error_of_ours_is_apologised_for_and_kept_for_replay(url: str) -> None:
    broken = True

    async def answer(call: Call) -> Mapping[str, Any]:
        if broken:
            raise ValueError("a bug")
        return {}

    desk, sent = ScriptedDesk(answer), delivery()
    async with at_work(url, desk) as inbox:
        await inbox.put(sent)
        await settled(inbox)
        failed = await inbox.failed()
        broken = False
        await inbox.put(sent)
        await settled(inbox)
        seen_again = len(desk.calls)
        await inbox.replay(sent.guid)
        await settled(inbox)
        after = await inbox.failed()

    assert [(each.delivery, "a bug" in each.error) for each in failed] == [(sent, True)]
    assert [str(error) for _, error in desk.apologies] == ["a bug"]
    assert seen_again == 1, "GitHub's redelivery of a failed delivery changes nothing; an operator's replay does"
    assert len(desk.calls) == 2
    assert after == []


async def test_replay_refuses_what_it_does_not_know(url: str) -> None:
    inbox = await opened(url)
    await inbox.put(delivery("under-way"))

    with pytest.raises(LookupError, match="No delivery nobody"):
        await inbox.replay("nobody")
    with pytest.raises(LookupError, match="under way"):
        await inbox.replay("under-way")
    inbox.close()


async def test_a_store_that_cannot_be_written_is_said_before_github_hangs_up(url: str, tmp_path: Path) -> None:
    inbox = await opened(url)
    assert await inbox.ready()
    backup = sqlite3.connect(tmp_path / "inbox.db", isolation_level=None)
    backup.execute("BEGIN EXCLUSIVE")
    began = time.monotonic()

    with pytest.raises(StoreDown):
        await inbox.put(delivery())
    assert time.monotonic() - began < 8, "GitHub hangs up after ten seconds"
    backup.close()
    inbox.close()
    assert not await inbox.ready()


async def test_the_store_holds_no_pickles_and_writes_ahead(url: str, tmp_path: Path) -> None:
    async with at_work(url, ScriptedDesk()) as inbox:
        await inbox.put(delivery())
        await settled(inbox)
    database = sqlite3.connect(tmp_path / "inbox.db")
    mode = database.execute("PRAGMA journal_mode").fetchone()
    serialization = database.execute("SELECT DISTINCT serialization FROM workflow_status").fetchall()
    database.close()

    assert mode == ("wal",)
    assert serialization == [("portable_json",)]


async def test_what_was_answered_long_ago_is_forgotten_and_what_was_not_is_kept(url: str, tmp_path: Path) -> None:
    def rows() -> int:
        with closing(sqlite3.connect(tmp_path / "inbox.db")) as database:
            return database.execute("SELECT count(*) FROM workflow_status").fetchone()[0]

    async with at_work(url, ScriptedDesk()) as inbox:
        await inbox.put(delivery())
        await settled(inbox)
    async with at_work(url, ScriptedDesk(), kept=timedelta(days=1)):
        await asyncio.sleep(0.5)
        after_a_moment = rows()
    async with at_work(url, ScriptedDesk(), kept=timedelta(seconds=-5)):
        await until(lambda: not rows())

    assert after_a_moment == 1


async def test_a_second_worker_in_one_process_is_refused_and_the_first_goes_on(url: str) -> None:
    desk = ScriptedDesk()
    async with at_work(url, desk) as inbox:
        with pytest.raises(RuntimeError, match="one worker"):
            await asyncio.to_thread(Worker(url, "another", ScriptedDesk().open).start)
        await inbox.put(delivery())
        await settled(inbox)

    assert len(desk.calls) == 1


async def test_the_worker_ends_what_is_running_before_it_stops(url: str) -> None:
    ended: list[str] = []

    async def answer(call: Call) -> Mapping[str, Any]:
        await asyncio.sleep(1)
        ended.append(call.delivery.guid)
        return {}

    desk = ScriptedDesk(answer)
    async with at_work(url, desk) as inbox:
        await inbox.put(delivery("running"))
        await until(lambda: desk.calls)

    assert ended == ["running"]
