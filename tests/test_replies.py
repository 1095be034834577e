"""What people say to ghapp on a pull request, and what comes of it: the real app, real SQLite, the demo's GitHub."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from house import CI, FINDING, TERRAFORM, WORKFLOW, House, open_house

from ghapp.agreements import Agreements
from ghapp.demo.github import FIXER, CheckRun, Pull, Review, ReviewComment, Thread

pytestmark = pytest.mark.asyncio(loop_scope="module")

RULE = "terraform-validate-without-init"
REASON = "The sandbox keeps no state"
JOB = "  job{}:\n    runs-on: ubuntu-22.04\n    steps:\n      - run: terraform validate\n"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[House]:
    async with open_house(tmp_path_factory.mktemp("house")) as house:
        yield house


async def found(house: House) -> tuple[Pull, Thread]:
    """A pull request with one finding, and the thread on it."""
    pull = await house.pull_request({CI: FINDING})
    (thread,) = pull.threads
    return pull, thread


async def say(house: House, thread: Thread, words: str, by: str = "octo-dev") -> list[str]:
    """Somebody answers in the thread; gives what ghapp says to that."""
    before = len(thread.comments)
    thread.reply(by, words)
    await house.settle()
    return [each.body for each in thread.comments[before + 1 :]]


async def say_below(house: House, pull: Pull, words: str, by: str = "octo-dev") -> list[str]:
    before = len(pull.issue_comments)
    pull.say(by, words)
    await house.settle()
    return [each.body for each in pull.issue_comments[before + 1 :]]


def newest(pull: Pull) -> CheckRun:
    return pull.repository.check_runs(pull.head_sha)[-1]


# -- ignore ------------------------------------------------------------------------------------------------------------


async def test_an_ignored_finding_is_reported_no_more_and_check_and_thread_follow_at_once(house: House) -> None:
    pull, thread = await found(house)
    (answer,) = await say(house, thread, f"/ghapp ignore {REASON}")
    run = newest(pull)

    assert answer.startswith("**Ignored.**")
    assert "`/ghapp unignore` takes this back" in answer
    assert [each.conclusion for each in pull.repository.check_runs(pull.head_sha)] == ["failure", "success"]
    assert run.annotations == []
    assert f"`{RULE}`: {REASON} (says `octo-dev`)" in str(run.output["summary"])
    assert thread.comments[0].minimized == "RESOLVED"
    assert thread.comments[0].body.startswith(f"**Ignored** by `octo-dev`: {REASON}")


async def test_what_was_ignored_on_one_pull_request_is_ignored_on_the_next_of_that_repository_only(
    house: House,
) -> None:
    pull, thread = await found(house)
    await say(house, thread, f"/ghapp ignore {REASON}")
    pull.repository.commit({CI: FINDING, "README.md": "# Shop\n"}, branch="other")
    second = pull.repository.pull_request(head="other", title="Another change")
    elsewhere = await house.pull_request({CI: FINDING})

    assert newest(second).conclusion == "success"
    assert second.comments == []
    assert newest(elsewhere).conclusion == "failure"


async def test_a_thread_that_stands_for_several_findings_is_ignored_as_a_whole(house: House) -> None:
    pull = await house.pull_request({CI: "on: push\njobs:\n" + "".join(map(JOB.format, range(6)))})
    (thread,) = pull.threads
    (answer,) = await say(house, thread, f"/ghapp ignore {REASON}")

    assert "These findings" in answer
    assert newest(pull).conclusion == "success"
    assert str(newest(pull).output["summary"]).count(REASON) == 6


async def test_an_ignored_finding_stays_so_when_its_file_is_renamed(house: House) -> None:
    pull, thread = await found(house)
    await say(house, thread, f"/ghapp ignore {REASON}")
    pull.merge()
    pull.repository.commit(branch="next", renames={CI: ".github/workflows/build.yml"})
    following = pull.repository.pull_request(head="next", title="A better name")
    await house.settle()

    assert newest(following).conclusion == "success"


async def test_an_ignore_ends_with_its_day(house: House) -> None:
    pull, thread = await found(house)
    day = datetime.now(UTC).date() + timedelta(days=2)
    (answer,) = await say(house, thread, f"/ghapp ignore {REASON} until {day}")
    summary = str(newest(pull).output["summary"])
    agreements = Agreements(house.settings.database_url)
    (kept,) = await agreements.of(pull.repository.id)
    await agreements.put([replace(kept, until=day - timedelta(days=3))])  # three days later
    agreements.close()
    await say_below(house, pull, "/ghapp review")

    assert answer.startswith(f"**Ignored until {day}.**")
    assert (kept.reason, kept.by, kept.until, kept.rule, kept.path) == (REASON, "octo-dev", day, RULE, CI)
    assert f"(says `octo-dev`, until {day})" in summary
    assert newest(pull).conclusion == "failure"
    assert not thread.comments[0].body.startswith("**Ignored**")


async def test_an_ignore_can_be_taken_back(house: House) -> None:
    pull, thread = await found(house)
    await say(house, thread, f"/ghapp ignore {REASON}")
    (answer,) = await say(house, thread, "/ghapp unignore")
    (none,) = await say(house, thread, "/ghapp unignore")

    assert answer.startswith("**No longer ignored.**")
    assert "Nothing of this thread was ignored" in none
    assert newest(pull).conclusion == "failure"
    assert thread.comments[0].minimized is None
    assert len(pull.threads) == 1


async def test_where_threads_may_be_resolved_an_ignore_resolves_them_and_taking_it_back_reopens_them(
    house: House,
) -> None:
    repository = house.github.repository("resolvers/shop", files={CI: WORKFLOW, "main.tf": TERRAFORM})
    repository.installation.accept(FIXER)
    pull = await house.pull_request({CI: FINDING}, repository)
    (thread,) = pull.threads
    await say(house, thread, f"/ghapp ignore {REASON}")
    ignored = (thread.is_resolved, newest(pull).conclusion)
    await say(house, thread, "/ghapp unignore")

    assert ignored == (True, "success")
    assert (thread.is_resolved, newest(pull).conclusion) == (False, "failure")


# -- explain, review ---------------------------------------------------------------------------------------------------


async def test_explain_says_what_fails_what_to_do_and_where_all_of_it_stands(house: House) -> None:
    _, thread = await found(house)
    (answer,) = await say(house, thread, "/ghapp explain")

    assert "Validation reads the providers and modules" in answer
    assert "<details><summary>How it looks when it is right</summary>" in answer
    assert f"https://ghapp.test/rules/{RULE}" in answer


async def test_review_reviews_again_from_scratch_and_says_so_by_the_check_alone(house: House) -> None:
    pull = await house.pull_request({CI: FINDING})
    said = await say_below(house, pull, "/ghapp review")

    assert said == []
    assert [each.conclusion for each in pull.repository.check_runs(pull.head_sha)] == ["failure", "failure"]
    assert len(pull.comments) == 1


async def test_review_asked_for_before_a_push_reviews_what_was_pushed(house: House) -> None:
    pull, thread = await found(house)
    thread.reply("octo-dev", "/ghapp review")
    pull.push({CI: WORKFLOW})
    await house.settle()

    assert newest(pull).conclusion == "success"


async def test_review_of_a_closed_pull_request_is_declined(house: House) -> None:
    pull = await house.pull_request({CI: FINDING})
    pull.close()
    (answer,) = await say_below(house, pull, "/ghapp review")

    assert "is closed" in answer
    assert len(pull.repository.check_runs(pull.head_sha)) == 1


# -- what goes wrong ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("/ghapp", "This is what one can say"),
        ("/ghapp ingore it", "Did you mean `/ghapp ignore`?"),
        ("/ghapp @everybody", "ghapp does not know `/ghapp @everybody`"),
        ("/GHAPP ignore", "An ignore needs a reason"),
        ("/ghapp ignore until 2999-01-31", "An ignore needs a reason"),
        ("/ghapp ignore it until 2027-02-30", "The calendar has no `2027-02-30`"),
        ("/ghapp ignore it until 2020-01-31", "2020-01-31 is over already"),
    ],
)
async def test_whoever_says_it_wrong_is_told_how(house: House, words: str, answer: str) -> None:
    pull, thread = await found(house)
    (said,) = await say(house, thread, words)

    assert answer in said
    assert newest(pull).conclusion == "failure"
    assert len(pull.repository.check_runs(pull.head_sha)) == 1


async def test_what_is_about_a_finding_is_said_in_its_thread(house: House) -> None:
    pull = await house.pull_request({CI: FINDING})
    (below,) = await say_below(house, pull, "/ghapp ignore it")
    await house.github.deliver()

    assert "Reply `/ghapp ignore` in the thread of one" in below


async def test_a_thread_that_a_person_began_is_about_no_finding_even_with_a_copy_of_our_comment(house: House) -> None:
    pull, thread = await found(house)
    person = house.github.user("octo-dev")
    review = Review(pull, person, "", "COMMENTED", pull.head_sha)
    copied = Thread(pull, thread.place)
    ReviewComment(copied, review, person, thread.comments[0].body)
    pull.threads.append(copied)
    pull.reviews.append(review)
    (said,) = await say(house, copied, "/ghapp ignore it")

    assert said.startswith("This thread is not about a finding.")
    assert newest(pull).conclusion == "failure"


async def test_people_who_may_not_write_are_told_so_once_in_a_thread(house: House) -> None:
    pull, thread = await found(house)
    pull.repository.collaborator("reader", "read")
    first = await say(house, thread, "/ghapp ignore it", by="reader")
    more = [await say(house, thread, words, by="stranger") for words in ("/ghapp explain", "/ghapp", "/ghapp review")]
    below = [await say_below(house, pull, "/ghapp review", by="stranger") for _ in range(3)]

    assert [len(each) for each in (first, *more, *below)] == [1, 0, 0, 0, 1, 0, 0]
    assert "write access" in first[0]
    assert len(pull.repository.check_runs(pull.head_sha)) == 1


async def test_comments_that_are_not_for_ghapp_and_its_own_are_passed_over(house: House) -> None:
    _, thread = await found(house)
    house.github.clear()
    said = [await say(house, thread, words) for words in ("/ghappy days", "I said:\n/ghapp review", "> /ghapp review")]
    bot = await say(house, thread, "/ghapp review", by="ghapp[bot]")

    assert (said, bot) == ([[], [], []], [])
    assert house.github.calls == []


# -- once, whatever happens --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "trouble"),
    [
        ("pulls/create-reply-for-review-comment", {"timeout": "before"}),
        ("pulls/create-reply-for-review-comment", {"timeout": "after"}),
        ("pulls/create-reply-for-review-comment", {"status": 502}),
        ("pulls/create-reply-for-review-comment", {"truncated": True}),
        ("repos/get-collaborator-permission-level", {"status": 502, "times": 3}),
        ("pulls/get-review-comment", {"status": 403, "headers": {"retry-after": "1"}}),
    ],
)
async def test_a_command_is_answered_once_whatever_befalls_the_answer(
    house: House, operation: str, trouble: dict[str, Any]
) -> None:
    _, thread = await found(house)
    house.github.fail(operation, **trouble)
    said = await say(house, thread, "/ghapp explain")

    assert len(said) == 1
    assert house.github.faults.waiting == []


@pytest.mark.parametrize("operation", ["pulls/get", "checks/list-for-ref"])
async def test_what_a_command_changes_shows_whatever_befalls_github_after_the_answer(
    house: House, operation: str
) -> None:
    pull, thread = await found(house)
    house.github.fail(operation, times=3, status=502)
    said = await say(house, thread, f"/ghapp ignore {REASON}")

    assert len(said) == 1
    assert [each.conclusion for each in pull.repository.check_runs(pull.head_sha)] == ["failure", "success"]
    assert house.github.faults.waiting == []


async def test_a_command_that_is_delivered_again_is_not_answered_again(house: House) -> None:
    pull, thread = await found(house)
    await say(house, thread, f"/ghapp ignore {REASON}")
    sent = next(each for each in house.github.deliveries if each.event == "pull_request_review_comment" and each.action)
    await house.github.redeliver(sent.guid)
    sent.headers["X-GitHub-Delivery"] = "00000000-0000-0000-0000-000000000001"  # as nobody but GitHub could
    house.github.webhooks.waiting.append(sent)
    await house.settle()

    assert len(thread.comments) == 3
    assert len(pull.repository.check_runs(pull.head_sha)) == 2


async def test_where_nobody_may_say_anything_any_more_the_command_still_does_what_it_says(house: House) -> None:
    pull, thread = await found(house)
    house.github.fail("pulls/create-reply-for-review-comment", status=403, times=1)
    said = await say(house, thread, f"/ghapp ignore {REASON}")

    assert said == []
    assert newest(pull).conclusion == "success"


async def test_whoever_gave_a_command_is_told_when_an_error_of_ours_brings_it_to_nothing_and_it_can_be_replayed(
    house: House,
) -> None:
    _, thread = await found(house)
    house.github.fail("pulls/get-review-comment", status=200, body=["not", "a", "comment"])
    (said,) = await say(house, thread, f"/ghapp ignore {REASON}")
    (failure, *_) = await house.inbox.failed()

    await house.inbox.replay(failure.delivery.guid)
    await house.idle()

    assert f"under delivery `{failure.delivery.guid}`" in said
    assert thread.comments[-1].body.startswith("**Ignored.**")
