"""What goes wrong on the way: each time the pull request ends in the right state, once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from typing import Any

import pytest
import pytest_asyncio
from house import CI, FINDING, WORKFLOW, House, open_house
from test_journeys import the_run

pytestmark = pytest.mark.asyncio(loop_scope="module")

CALLS = (
    "apps/create-installation-access-token",
    "checks/list-for-ref",
    "pulls/list-files",
    "git/get-tree",
    "graphql",
    "checks/create",
    "checks/update",
    "pulls/create-review",
)
TROUBLE: dict[str, dict[str, Any]] = {
    "no answer, nothing happened": {"timeout": "before"},
    "no answer, but it happened": {"timeout": "after"},
    "a server error": {"status": 502, "body": "<html>Bad gateway</html>"},
    "half an answer": {"truncated": True},
    "slow down": {"status": 403, "headers": {"retry-after": "0"}, "body": {"message": "secondary rate limit"}},
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[House]:
    async with open_house(tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.mark.parametrize("trouble", TROUBLE)
@pytest.mark.parametrize("call", CALLS)
async def test_whatever_call_fails_once_the_review_is_posted_once(house: House, call: str, trouble: str) -> None:
    house.github.tokens.issued.clear()
    house.github.fail(call, **TROUBLE[trouble])
    pull = await house.pull_request({CI: FINDING})
    run = the_run(pull)

    assert not house.github.faults.waiting, "the trouble was met"
    assert (run.status, run.conclusion, len(run.annotations)) == ("completed", "failure", 1)
    assert [len(review.comments) for review in pull.reviews] == [1]
