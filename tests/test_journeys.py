"""From the signed webhook to the posted review: the real app, real SQLite, the demo's GitHub."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest_asyncio
from house import FINDING, House, changed, open_house

CI = ".github/workflows/ci.yml"


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncGenerator[House]:
    async with open_house(tmp_path) as house:
        yield house


async def test_a_pull_request_that_brings_a_failure_gets_one_check_run_with_an_annotation_at_the_line(
    house: House,
) -> None:
    pull = await changed(house, {CI: FINDING})
    (run,) = pull.repository.check_runs(pull.head_sha)

    assert (run.status, run.conclusion) == ("completed", "neutral")
    assert [(each.path, each.start_line) for each in run.annotations] == [(CI, 10)]
    assert "https://ghapp.test/rules/cache-key-hashes-nothing" in run.output["summary"]
