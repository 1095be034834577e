"""Webhooks that did not arrive: GitHub is asked to send them again, and what they were about is answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from house import CI, FINDING, House, open_house
from structlog.testing import capture_logs

from ghapp.demo.github import REVIEWER, GitHub, Pull
from ghapp.github import Telephone, Uncertain
from ghapp.review.catching_up import CatchingUp
from ghapp.web import ANSWERED

MINUTE, HOUR, DAY = 60, 3600, 86_400


def away(_: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("nobody listens")


def down(_: httpx.Request) -> httpx.Response:
    return httpx.Response(503)


def there(_: httpx.Request) -> httpx.Response:
    return httpx.Response(202)


async def send(github: GitHub, answer: Any, *, ago: float, again: bool = False) -> None:
    """Delivers, so many seconds ago, what waits, or the last delivery again."""
    github.webhooks.transport = httpx.MockTransport(answer)
    github.clock.ahead = timedelta(seconds=-ago)
    await (github.redeliver(github.deliveries[-1].guid) if again else github.deliver())
    github.clock.ahead = timedelta()


async def until_reviewed(house: House, pull: Pull) -> None:
    async with asyncio.timeout(30):
        while not pull.repository.check_runs(pull.head_sha):
            await house.settle()
            await asyncio.sleep(0.05)


@asynccontextmanager
async def world(**options: Any) -> AsyncGenerator[tuple[GitHub, CatchingUp]]:
    """A GitHub that has told nothing yet, and who looks after what it tells."""
    github = GitHub(permissions=REVIEWER, webhook_url="http://ghapp.test/webhook")
    github.repository("acme/shop", files={"a.txt": "1\n"})
    github.webhooks.drop()
    telephone = Telephone(
        github.app.client_id, github.app.private_key, "http://github.test", httpx.ASGITransport(github.asgi)
    )
    yield github, CatchingUp(telephone, ANSWERED, **{"seconds": 300, **options})
    await telephone.aclose()
    assert not github.violations


def pull_request(github: GitHub, name: str = "feature") -> Pull:
    repository = github.repositories["acme/shop"]
    repository.commit({"a.txt": f"{name}\n"}, branch=name)
    return repository.pull_request(head=name, title="A change")


def asked(github: GitHub) -> int:
    """How many are to be sent again."""
    return len(github.webhooks.drop())


async def test_a_pull_request_that_came_while_the_server_was_away_is_reviewed_when_it_is_back(tmp_path: Path) -> None:
    async with open_house(tmp_path, catch_up_seconds=1) as house:
        reached = house.github.webhooks.transport
        repository = house.repository()
        await house.settle()
        repository.commit({CI: FINDING}, branch="feature")
        pull = repository.pull_request(head="feature", title="A change")
        await send(house.github, away, ago=5 * MINUTE)
        assert repository.check_runs(pull.head_sha) == []

        house.github.webhooks.transport = reached
        await until_reviewed(house, pull)
        await house.settle()

    (run,) = repository.check_runs(pull.head_sha)
    assert (run.status, run.conclusion) == ("completed", "failure")
    assert len(pull.reviews) == 1


async def test_what_arrived_is_not_asked_for() -> None:
    async with world() as (github, catching_up):
        pull_request(github)
        await send(github, there, ago=5 * MINUTE)
        await catching_up.look()

        assert asked(github) == 0


@pytest.mark.parametrize("answer", [away, down])
async def test_what_failed_and_arrived_later_is_not_asked_for(answer: Any) -> None:
    async with world() as (github, catching_up):
        pull_request(github)
        await send(github, answer, ago=5 * MINUTE)
        await send(github, there, ago=4 * MINUTE, again=True)
        await catching_up.look()

        assert asked(github) == 0


async def test_what_arrives_after_a_look_is_forgotten_at_the_next() -> None:
    async with world() as (github, catching_up):
        pull_request(github)
        await send(github, down, ago=5 * MINUTE)
        await catching_up.look()
        first = asked(github)
        await send(github, there, ago=0, again=True)
        await catching_up.look()

        assert (first, asked(github)) == (1, 0)


async def test_what_may_still_be_on_its_way_is_waited_for() -> None:
    async with world() as (github, catching_up):
        pull_request(github)
        await send(github, down, ago=10)
        await catching_up.look()

        assert asked(github) == 0


async def test_the_pauses_grow_from_one_attempt_to_the_next() -> None:
    async with world() as (github, catching_up):
        pull_request(github)
        await send(github, down, ago=20 * MINUTE)
        await send(github, down, ago=3 * MINUTE, again=True)
        await catching_up.look()
        soon = asked(github)
        github.deliveries[-1].delivered_at = datetime.now(UTC) - timedelta(minutes=5)
        await catching_up.look()

        assert (soon, asked(github)) == (0, 1)


async def test_after_six_attempts_it_is_let_be() -> None:
    async with world() as (github, catching_up):
        pull_request(github)
        await send(github, down, ago=2 * DAY)
        for hours in range(40, 35, -1):
            await send(github, down, ago=hours * HOUR, again=True)
        await catching_up.look()

        assert asked(github) == 0


async def test_what_is_too_old_to_be_sent_again_is_let_be() -> None:
    async with world() as (github, catching_up):
        pull_request(github)
        await send(github, down, ago=4 * DAY)
        await catching_up.look()

        assert asked(github) == 0


async def test_webhooks_that_nothing_answers_are_not_asked_for() -> None:
    async with world() as (github, catching_up):
        github.repositories["acme/shop"].installation.suspend()
        await send(github, down, ago=5 * MINUTE)
        assert {each.event for each in github.deliveries} == {"installation"}
        await catching_up.look()

        assert asked(github) == 0


async def test_a_long_list_is_read_to_its_end_and_the_oldest_comes_first() -> None:
    async with world() as (github, catching_up):
        for number in range(3):
            pull_request(github, f"lost-{number}")
        await send(github, down, ago=2 * HOUR)
        lost = [each.guid for each in github.deliveries if each.event == "pull_request"]
        for number in range(110):
            pull_request(github, f"feature-{number}")
        await send(github, there, ago=HOUR)
        await catching_up.look()

        assert github.operations.count("apps/list-webhook-deliveries") > 2
        assert [each.guid for each in github.webhooks.drop()] == lost


async def test_a_second_look_reads_only_what_is_new() -> None:
    async with world() as (github, catching_up):
        for number in range(60):
            pull_request(github, f"feature-{number}")
        await send(github, there, ago=HOUR)
        await catching_up.look()
        github.clear()
        await catching_up.look()

        assert github.operations.count("apps/list-webhook-deliveries") == 1


async def test_a_look_that_github_does_not_answer_is_made_up_for_by_the_next() -> None:
    async with world() as (github, catching_up):
        pull_request(github)
        await send(github, down, ago=5 * MINUTE)
        github.fail("apps/list-webhook-deliveries", status=502, times=3)
        with pytest.raises(Uncertain):
            await catching_up.look()
        await catching_up.look()

        assert asked(github) == 1


async def test_what_github_will_not_send_again_does_not_keep_the_others_from_it() -> None:
    async with world() as (github, catching_up):
        pull_request(github, "one")
        pull_request(github, "two")
        await send(github, down, ago=5 * MINUTE)
        github.fail("apps/redeliver-webhook-delivery", status=422, body={"message": "Validation failed"})
        await catching_up.look()
        first = asked(github)
        await catching_up.look()

        assert (first, asked(github)) == (1, 1)


NONSENSE: dict[str, Any] = {"status": 200, "body": [{}]}


@pytest.mark.parametrize("trouble", [{"status": 502, "times": 3}, NONSENSE])
async def test_looking_goes_on_whatever_happens_and_the_log_says_it(trouble: dict[str, Any]) -> None:
    async with world(seconds=0.05) as (github, catching_up):
        pull_request(github)
        await send(github, down, ago=5 * MINUTE)
        github.fail("apps/list-webhook-deliveries", **trouble)
        with capture_logs() as logs:
            looking = asyncio.create_task(catching_up.run())
            async with asyncio.timeout(30):
                while not any(each["log_level"] in ("warning", "error") for each in logs):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
                while not any(each["event"] == "webhook asked for again" for each in logs):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            looking.cancel()

        assert asked(github) >= 1
