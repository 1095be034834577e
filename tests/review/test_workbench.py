"""Where snapshots are judged: what takes too long or dies takes nothing else with it."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from house import CI, FINDING, TERRAFORM

from ghapp.review.snapshot import Side, Snapshot
from ghapp.review.workbench import Overrun, Workbench


def snapshot(text: str = FINDING) -> Snapshot:
    paths = frozenset({CI, "main.tf"})
    texts = {CI: text.encode(), "main.tf": TERRAFORM.encode()}
    return Snapshot(Side(paths, False, texts), Side(frozenset(), False), frozenset({CI}), {}, {})


@asynccontextmanager
async def workbench(places: int = 1, seconds: float = 30) -> AsyncGenerator[Workbench]:
    bench = Workbench(places, seconds)
    await bench.open()
    try:
        yield bench
    finally:
        await bench.close()


async def test_several_snapshots_are_judged_at_a_time_and_one_after_the_other() -> None:
    async with workbench(places=2) as bench:
        verdicts = await asyncio.gather(
            *(bench.judge(snapshot(), "https://ghapp.test/rules", "guid") for _ in range(5))
        )

    assert [verdict.findings for verdict in verdicts] == [1] * 5


async def test_an_analysis_that_takes_too_long_is_ended_and_the_next_one_is_not_hurt() -> None:
    async with workbench(seconds=0.001) as bench:
        with pytest.raises(Overrun):
            await bench.judge(snapshot(), "", "")
        bench._seconds = 30
        verdict = await bench.judge(snapshot(), "", "")

    assert verdict.findings == 1


def descendants() -> set[int]:
    """The processes that judge for this one."""
    mine: set[int] = set()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rpartition(") ")[2].split()[1])
            if parent == os.getpid() and b"workbench" in (entry / "cmdline").read_bytes():
                mine.add(int(entry.name))
        except OSError:
            continue
    return mine


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are found in /proc")
async def test_a_process_that_dies_takes_only_its_own_snapshot_with_it() -> None:
    async with workbench() as bench:
        await bench.judge(snapshot(), "", "")
        for process in descendants():
            os.kill(process, signal.SIGKILL)
        with pytest.raises(Overrun):
            await bench.judge(snapshot(), "", "")
        verdict = await bench.judge(snapshot(), "", "")

    assert verdict.findings == 1
    assert descendants() == set()


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="environments are found in /proc")
async def test_the_process_that_reads_strangers_files_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GHAPP_PRIVATE_KEY", "a secret")
    async with workbench() as bench:
        await bench.judge(snapshot(), "", "")
        environments = [(Path("/proc") / str(each) / "environ").read_bytes() for each in descendants()]

    assert len(environments) == 1
    assert b"secret" not in environments[0]


async def test_a_bug_of_ours_is_told_and_the_process_goes_on() -> None:
    async with workbench() as bench:
        broken = Snapshot(None, None, frozenset(), {}, {})  # type: ignore[arg-type]
        with pytest.raises(RuntimeError, match="AttributeError"):
            await bench.judge(broken, "", "")
        verdict = await bench.judge(snapshot(), "", "")

    assert verdict.findings == 1
