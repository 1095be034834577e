"""Which scripts may be executed, before and after a pull request."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from house import CI, WORKFLOW, House, open_house

from ghapp.demo.github import CheckRun, Pull
from ghapp.demo.github.git import EXECUTABLE, File

pytestmark = pytest.mark.asyncio(loop_scope="module")

RULE = "script-not-executable"
SCRIPT = b"#!/bin/sh\nset -e\nexit 0\n"
CALLER = WORKFLOW.replace("run: make", "run: ./ci/build.sh")
PLAIN, RUNS = File(SCRIPT), File(SCRIPT, EXECUTABLE)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[House]:
    async with open_house(tmp_path_factory.mktemp("house")) as house:
        yield house


def the_run(pull: Pull) -> CheckRun:
    (run,) = pull.repository.check_runs(pull.head_sha)
    return run


def places(pull: Pull) -> list[tuple[str, int]]:
    return [(each.path, each.start_line) for each in the_run(pull).annotations]


async def test_a_call_of_a_script_that_may_not_be_executed_is_found(house: House) -> None:
    repository = house.repository({CI: WORKFLOW, "ci/build.sh": PLAIN})

    assert places(await house.pull_request({CI: CALLER}, repository)) == [(CI, 7)]


async def test_a_call_of_a_script_that_may_be_executed_is_not(house: House) -> None:
    repository = house.repository({CI: WORKFLOW, "ci/build.sh": RUNS})

    assert places(await house.pull_request({CI: CALLER}, repository)) == []


async def test_taking_the_permission_away_breaks_the_call(house: House) -> None:
    repository = house.repository({CI: CALLER, "ci/build.sh": RUNS})

    assert places(await house.pull_request({"ci/build.sh": PLAIN}, repository)) == [(CI, 7)]


async def test_giving_the_permission_mends_it(house: House) -> None:
    repository = house.repository({CI: CALLER, "ci/build.sh": PLAIN})
    pull = await house.pull_request({"ci/build.sh": RUNS}, repository)

    assert places(pull) == []
    assert "1 finding mended by this change" in the_run(pull).output["summary"]


async def test_what_was_broken_before_is_not_held_against_a_change_of_the_text(house: House) -> None:
    repository = house.repository({CI: CALLER, "ci/build.sh": PLAIN})

    assert places(await house.pull_request({"ci/build.sh": File(SCRIPT + b"exit 0\n")}, repository)) == []
