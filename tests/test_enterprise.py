"""GitHub Enterprise Server: the same, below other addresses."""

from __future__ import annotations

from pathlib import Path

from house import CI, FINDING, open_house
from test_journeys import the_run


async def test_a_github_enterprise_server_is_spoken_to_below_its_own_addresses(tmp_path: Path) -> None:
    async with open_house(tmp_path, api="/api/v3") as house:
        pull = await house.pull_request({CI: FINDING})
        paths = {call.path for call in house.github.calls}

    assert (the_run(pull).conclusion, len(pull.reviews)) == ("failure", 1)
    assert "/api/graphql" in paths
    assert "/graphql" not in paths
