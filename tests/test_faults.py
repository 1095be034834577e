"""Every call to GitHub fails once, in every way: each story ends as it does in good weather, and nothing is said twice.

A story is told once in good weather, in an organisation of its own, and its calls are counted. Then it is told once for
each of them and each trouble, all at the same time. Trouble that passes must leave no trace. Where GitHub refuses, the
check still ends and nobody waits for it.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from house import CI, FINDING, TERRAFORM, WORKFLOW, House, open_house

from ghapp.demo.github import FIXER, CheckRun, Pull, Repository

pytestmark = pytest.mark.asyncio(loop_scope="module")

OTHER = ".github/workflows/other.yml"
MENDED = FINDING.replace("terraform validate", "terraform init -input=false && terraform validate")
TOGETHER = 24  # stories at a time

PASSING: dict[str, dict[str, Any]] = {
    "no answer, nothing happened": {"timeout": "before"},
    "no answer, but it happened": {"timeout": "after"},
    "a server error": {"status": 502, "body": "<html>Bad gateway</html>"},
    "half an answer": {"truncated": True},
    "slow down": {"status": 403, "headers": {"retry-after": "0"}, "body": {"message": "secondary rate limit"}},
}
REFUSING: dict[str, dict[str, Any]] = {
    "may not": {"status": 403, "body": {"message": "Resource not accessible by integration"}},
    "not there": {"status": 404, "body": {"message": "Not Found"}},
    "not valid": {"status": 422, "body": {"message": "Unprocessable Entity"}},
}
IN_PART: dict[str, dict[str, Any]] = {
    "errors for data": {"status": 200, "body": {"data": None, "errors": [{"message": "Something went wrong"}]}},
}
FAULTS = {**PASSING, **REFUSING, **IN_PART}
TELLING = ("no answer, but it happened", "may not")
"""What of all trouble has the most to say about a story; `FAULTS=all make test` has the rest told, too (minutes)."""


class Story:
    """What happens in one organisation: `prepare` in good weather, then `happen`."""

    def __init__(self, house: House, owner: str) -> None:
        self.house = house
        self.repository: Repository = house.github.repository(
            f"{owner}/shop", {CI: WORKFLOW, OTHER: WORKFLOW, "main.tf": TERRAFORM}
        )
        self.pull: Pull | None = None

    def open(self) -> Pull:
        self.repository.commit({CI: FINDING}, branch="feature")
        self.pull = self.repository.pull_request(head="feature", title="A change")
        return self.pull

    @property
    def opened(self) -> Pull:
        assert self.pull is not None
        return self.pull

    def state(self) -> Any:
        """What people see in the end, without what differs from one organisation to the next."""
        pull = self.opened
        heads = [pull.head_sha, *([pull.queued] if pull.queued else [])]
        runs = [self.repository.check_runs(head)[-1:] for head in heads]
        return (
            [
                (run.status, run.conclusion, run.output["title"], [(a.path, a.start_line) for a in run.annotations])
                for several in runs
                for run in several
            ],
            sorted(
                (each.comments[0].path, each.is_resolved, each.comments[0].minimized or "", _told(each.comments))
                for each in pull.threads
            ),
            [each.body for each in pull.issue_comments],
            len(pull.commits()),
        )


def _told(comments: list[Any]) -> tuple[str, ...]:
    """How each comment begins, without commits, which differ."""
    return tuple(re.sub(r"`?[0-9a-f]{7,40}`?", "", each.body.split("\n")[0]) for each in comments)


@dataclass(frozen=True, slots=True)
class Plot:
    prepare: Callable[[Story], Awaitable[None]]
    happen: Callable[[Story], None]


async def nothing(story: Story) -> None:
    story.house.github.drop()


async def unseen(story: Story) -> None:
    story.open()
    story.house.github.drop()


async def reviewed(story: Story) -> None:
    story.open()
    await story.house.settle(concurrency=TOGETHER)


def opens(story: Story) -> None:
    story.open()


def mends_one_and_brings_another(story: Story) -> None:
    story.opened.push({CI: MENDED, OTHER: FINDING})


def opens_again(story: Story) -> None:
    story.opened.close()
    story.opened.reopen()  # what may have been answered before is looked for


def runs_again(story: Story) -> None:
    story.repository.rerequest(story.repository.check_runs(story.opened.head_sha)[-1])


def queues(story: Story) -> None:
    story.opened.queued = story.repository.merge_group(story.opened)


def ignores(story: Story) -> None:
    story.opened.threads[0].reply("octo-dev", "/ghapp ignore The sandbox keeps no state")


def asks_why(story: Story) -> None:
    story.opened.threads[0].reply("octo-dev", "/ghapp explain")


def presses_the_button(story: Story) -> None:
    story.repository.request_action(story.repository.check_runs(story.opened.head_sha)[-1], "fix")


FIRST = "a first review"
PLOTS = {
    FIRST: Plot(nothing, opens),
    "opened again": Plot(unseen, opens_again),
    "a push that mends one and brings another": Plot(reviewed, mends_one_and_brings_another),
    "a re-run": Plot(reviewed, runs_again),
    "the merge queue": Plot(reviewed, queues),
    "an ignore": Plot(reviewed, ignores),
    "a question": Plot(reviewed, asks_why),
    "all fixes": Plot(reviewed, presses_the_button),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> Any:
    async with open_house(tmp_path_factory.mktemp("house")) as house:
        house.github.app.permissions = FIXER
        yield house


async def told(house: House, plot: Plot, owners: list[str], troubles: list[dict[str, Any]]) -> list[Story]:
    """The story once for each owner, with its trouble from when it happens on."""
    stories = [Story(house, owner) for owner in owners]
    for story in stories:
        await plot.prepare(story)
    house.github.tokens.issued.clear()
    house.github.clear()
    for owner, trouble in zip(owners, troubles, strict=True):
        if trouble:
            house.github.fail(owner=owner, **trouble)
    for story in stories:
        plot.happen(story)
    await house.settle(concurrency=TOGETHER)
    await house.settle(concurrency=TOGETHER)  # what we push ourselves is reviewed, too
    return stories


@pytest.mark.parametrize("name", PLOTS)
async def test_whatever_call_fails_once_the_story_ends_well(house: House, name: str) -> None:
    plot, short = PLOTS[name], re.sub(r"\W+", "-", name)
    (good,) = await told(house, plot, [f"{short}-fine"], [{}])
    expected = good.state()
    calls = Counter(call.operation for call in house.github.calls)
    cases = [
        (operation, after, trouble)
        for operation, count in calls.items()
        for after in range(count)
        for trouble in FAULTS
        if (trouble not in IN_PART or operation == "graphql")
        and (trouble in TELLING or name == FIRST or os.environ.get("FAULTS") == "all")
    ]
    wrong: list[Any] = []
    for at in range(0, len(cases), TOGETHER):
        batch = cases[at : at + TOGETHER]
        owners = [f"{short}-{at + number}" for number in range(len(batch))]
        troubles = [{"operation": call, "after": after, **FAULTS[trouble]} for call, after, trouble in batch]
        stories = await told(house, plot, owners, troubles)
        unmet = {fault.owner for fault in house.github.faults.waiting}
        house.github.faults.waiting.clear()
        for case, story, owner in zip(batch, stories, owners, strict=True):
            state = story.state()
            refused = case[2] in REFUSING
            if owner not in unmet and (not ended(story, case[0]) if refused else state != expected):
                wrong.append((*case, state))

    assert not wrong, f"{len(wrong)} of {len(cases)}; in good weather: {expected}\n" + "\n".join(map(str, wrong))


def ended(story: Story, operation: str) -> bool:
    """Nobody waits: the newest check has ended, unless no token was given; and nothing stands there twice."""
    pull = story.opened
    runs = story.repository.check_runs(pull.head_sha)[-1:]
    bodies = [each.body for thread in pull.threads for each in thread.comments]
    without = operation == "apps/create-installation-access-token"
    return (without or (bool(runs) and all(map(done, runs)))) and len(set(bodies)) == len(bodies)


def done(run: CheckRun) -> bool:
    return run.status == "completed" and not run.suite.was_reset
