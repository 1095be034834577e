"""What goes wrong on the way: each time the pull request ends in the right state, once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from house import CI, FINDING, WORKFLOW, House, open_house
from test_journeys import the_run

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[House]:
    async with open_house(tmp_path_factory.mktemp("house")) as house:
        yield house


async def test_a_token_that_was_revoked_before_its_time_is_replaced(house: House) -> None:
    pull = await house.pull_request({CI: FINDING})
    house.github.tokens.issued.clear()
    pull.push({"README.md": "# Shop\n"})
    await house.settle()

    assert the_run(pull).conclusion == "failure"


async def attempts_waiting(house: House, until: int) -> list[int]:
    """The attempts that wait in the inbox, as soon as it is that attempt's turn to wait."""
    for _ in range(400):
        waiting = [each.attempt for each in await house.inbox.waiting()]
        if waiting == [until]:
            break
        await asyncio.sleep(0.02)
    return waiting


@pytest.mark.parametrize("status", [403, 429])
async def test_a_rate_limit_is_waited_for_without_holding_a_place_and_the_review_is_posted_once(
    house: House, status: int
) -> None:
    house.github.limits.secondary(times=2, status=status, retry_after=1)
    repository = house.repository()
    repository.commit({CI: FINDING}, branch="feature")
    pull = repository.pull_request(head="feature", title="A change")
    await house.github.deliver()
    attempts = await attempts_waiting(house, until=2)
    await house.idle()

    assert attempts == [2]
    assert (the_run(pull).conclusion, len(pull.reviews)) == ("failure", 1)


async def test_an_exhausted_hour_is_waited_out(house: House) -> None:
    house.github.limits.remaining(0, reset_in=2)
    pull = await house.pull_request({CI: FINDING})

    assert (the_run(pull).conclusion, len(pull.reviews)) == ("failure", 1)


async def test_comments_that_github_refuses_are_said_in_the_check_run_instead(house: House) -> None:
    house.github.fail("pulls/create-review", status=422, body={"message": "Unprocessable Entity"})
    pull = await house.pull_request({CI: FINDING})
    run = the_run(pull)

    assert pull.comments == []
    assert "+      - run: terraform init" in str(run.output["text"])
    assert len(run.annotations) == 1


async def test_an_error_of_ours_ends_the_check_neutral_with_the_delivery_and_replay_mends_it(house: House) -> None:
    house.github.fail("git/get-tree", status=200, body={"sha": "0" * 40, "url": "", "tree": [{}], "truncated": False})
    pull = await house.pull_request({CI: FINDING})
    run = the_run(pull)
    (failure,) = await house.inbox.failed()
    conclusion, summary = run.conclusion, str(run.output["summary"])
    await house.inbox.replay(failure.delivery.guid)
    await house.idle()

    assert conclusion == "neutral"
    assert failure.delivery.guid in summary
    assert (the_run(pull).conclusion, len(run.annotations), len(pull.reviews)) == ("failure", 1, 1)
    assert await house.inbox.failed() == []


async def test_an_error_of_ours_after_which_github_cannot_be_told_is_kept_for_replay(house: House) -> None:
    house.github.fail("git/get-tree", status=200, body={"sha": "0" * 40, "url": "", "tree": [{}], "truncated": False})
    house.github.fail("checks/create", status=404, body={"message": "Not Found"})
    await house.pull_request({CI: FINDING})
    (failure,) = await house.inbox.failed()
    await house.inbox.replay(failure.delivery.guid)
    await house.idle()

    assert await house.inbox.failed() == []


async def test_a_repository_that_is_gone_is_given_up_without_a_fuss(house: House) -> None:
    repository = house.repository()
    repository.commit({CI: FINDING}, branch="feature")
    repository.pull_request(head="feature", title="A change")
    waiting, house.github.webhooks.waiting = house.github.webhooks.waiting, []
    repository.delete()
    house.github.webhooks.waiting = waiting
    await house.settle()

    assert await house.inbox.failed() == []


async def test_a_head_that_has_gone_on_unseen_is_not_judged_for_ever(house: House) -> None:
    repository = house.repository()
    repository.commit({CI: FINDING}, branch="feature")
    pull = repository.pull_request(head="feature", title="A change")
    old = pull.head_sha
    (opened,) = [each for each in house.github.drop() if each.event == "pull_request"]
    pull.push({CI: WORKFLOW})
    house.github.drop()
    house.github.webhooks.waiting.append(opened)
    await house.settle()

    assert repository.check_runs(old) == []
    assert await house.inbox.failed() == []
