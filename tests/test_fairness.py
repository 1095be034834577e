"""Many pull requests at once: GitHub's limits are kept, and a noisy organisation delays nobody but itself."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from house import CI, FINDING, TERRAFORM, WORKFLOW, House, open_house

from ghapp.demo.github import Pull

pytestmark = pytest.mark.asyncio(loop_scope="module")


def opened(house: House, name: str) -> Pull:
    repository = house.github.repository(name, files={CI: WORKFLOW, "main.tf": TERRAFORM})
    repository.commit({CI: FINDING}, branch="feature")
    return repository.pull_request(head="feature", title="A change")


def is_done(pull: Pull) -> bool:
    return bool(pull.reviews) and [run.status for run in pull.repository.check_runs()] == ["completed"]


async def test_a_noisy_organisation_waits_for_its_turn_and_delays_no_other(tmp_path: Path) -> None:
    async with open_house(tmp_path, writes_a_minute=9) as house:
        house.github.limits.content = True
        noisy = [opened(house, f"noisy/shop-{number}") for number in range(12)]
        quiet = [opened(house, f"quiet-{number}/shop") for number in range(3)]
        await house.github.deliver(concurrency=15)
        async with asyncio.timeout(60):
            while not all(map(is_done, quiet)) or sum(map(is_done, noisy)) < 3:  # noqa: ASYNC110 - a row, not an event
                await asyncio.sleep(0.05)
        waiting = {each.subject for each in await house.inbox.waiting() if each.name.startswith("noisy")}

        assert sum(map(is_done, noisy)) == 3, "nine writes"
        assert len(waiting) >= 9
        assert not [call for call in house.github.calls if call.status in (403, 429)]


async def test_what_is_not_written_counts_for_nobody(tmp_path: Path) -> None:
    async with open_house(tmp_path, writes_a_minute=9) as house:
        for _ in range(6):
            pull = await house.pull_request({"README.md": "# Shop\n"})

            assert [run.status for run in pull.repository.check_runs(pull.head_sha)] == ["completed"]
