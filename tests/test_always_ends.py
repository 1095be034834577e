"""Whatever happens around a pull request: its check ends, once, and nothing is said twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest
import pytest_asyncio
from house import CI, FINDING, TERRAFORM, WORKFLOW, House, open_house
from test_journeys import places, the_run

from ghapp.demo.github import CheckRun, Pull, Repository
from ghapp.demo.github.shapes import change_json

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[House]:
    async with open_house(tmp_path_factory.mktemp("house")) as house:
        yield house


def ended(repository: Repository, sha: str) -> list[str | None]:
    """How the check runs of a commit ended, oldest first; that all did is asserted here."""
    runs = repository.check_runs(sha)
    assert {run.status for run in runs} <= {"completed"}
    return [run.conclusion for run in runs]


def waits(run: CheckRun) -> bool:
    """Whether GitHub still waits for the App, since someone asked for a re-run."""
    return run.suite.json()["status"] != "completed"


async def from_a_fork(house: House, files: dict[str, str]) -> Pull:
    repository = house.repository()
    repository.fork("mallory").commit(files, branch="patch-1")
    pull = repository.pull_request(head="mallory:patch-1", title="A gift")
    await house.settle()
    return pull


async def nothing_failed(house: House) -> bool:
    return await house.inbox.failed() == [] and await house.inbox.waiting() == []


# -- asked to do it again ----------------------------------------------------------------------------------------------


async def test_a_re_run_is_a_new_check_run_with_the_same_verdict_and_no_comment_twice(house: House) -> None:
    pull = await house.pull_request({CI: FINDING})
    old = the_run(pull)
    pull.repository.rerequest(old)
    waited = waits(old)
    await house.settle()
    new = pull.repository.check_runs(pull.head_sha)[-1]

    assert waited
    assert ended(pull.repository, pull.head_sha) == ["failure", "failure"]
    assert not waits(new)
    assert places(new) == places(old) == [(CI, 7)]
    assert len(pull.comments) == 1


async def test_a_re_run_on_a_forks_commit_finds_its_pull_request_although_github_names_none(house: House) -> None:
    pull = await from_a_fork(house, {CI: FINDING})
    pull.repository.rerequest(the_run(pull))
    told = house.github.webhooks.waiting[-1].payload["check_run"]["pull_requests"]
    await house.settle()

    assert told == []
    assert ended(pull.repository, pull.head_sha) == ["failure", "failure"]
    assert len(pull.comments) == 1


async def test_all_checks_of_a_forks_commit_run_again(house: House) -> None:
    pull = await from_a_fork(house, {CI: FINDING})
    pull.repository.rerequest_suite(pull.head_sha)
    await house.settle()

    assert ended(pull.repository, pull.head_sha) == ["failure", "failure"]
    assert not waits(pull.repository.check_runs(pull.head_sha)[-1])
    assert len(pull.comments) == 1


async def test_a_re_run_by_whoever_presses_twice_is_one_re_run(house: House) -> None:
    pull = await house.pull_request({CI: FINDING})
    pull.repository.rerequest(the_run(pull))
    pull.repository.rerequest(the_run(pull))
    await house.settle(concurrency=2)

    assert ended(pull.repository, pull.head_sha) == ["failure", "failure"]


async def test_a_re_run_of_a_re_run_is_another_one(house: House) -> None:
    pull = await house.pull_request({CI: FINDING})
    for _ in range(2):
        pull.repository.rerequest(pull.repository.check_runs(pull.head_sha)[-1])
        await house.settle()

    assert ended(pull.repository, pull.head_sha) == ["failure"] * 3
    assert len(pull.comments) == 1


async def test_all_checks_of_a_commit_whose_webhook_was_lost_run_for_the_first_time(house: House) -> None:
    repository = house.repository()
    repository.commit({CI: FINDING}, branch="feature")
    pull = repository.pull_request(head="feature", title="A change")
    house.github.drop()
    repository.rerequest_suite(pull.head_sha)
    await house.settle()

    assert ended(repository, pull.head_sha) == ["failure"]
    assert len(pull.comments) == 1


async def test_all_checks_of_a_commit_in_two_pull_requests_run_again_for_both(house: House) -> None:
    repository = house.repository()
    repository.branch("next")
    repository.commit({CI: FINDING}, branch="feature")
    pulls = [repository.pull_request(head="feature", base=base, title="A change") for base in ("main", "next")]
    await house.settle()
    repository.rerequest_suite(pulls[0].head_sha)
    await house.settle()
    runs = repository.check_runs(pulls[0].head_sha)

    assert sorted(run.external_id for run in runs) == ["1 main", "1 main", "2 next", "2 next"]
    assert ended(repository, pulls[0].head_sha) == ["failure"] * 4
    assert [len(pull.comments) for pull in pulls] == [1, 1]


async def test_all_checks_of_a_commit_without_a_pull_request_are_none_of_ours(house: House) -> None:
    repository = house.repository()
    sha = repository.commit({CI: FINDING}, branch="feature")
    repository.rerequest_suite(sha)
    await house.settle()

    assert repository.check_runs(sha) == []
    assert await nothing_failed(house)


async def test_a_re_run_on_a_head_that_was_pushed_over_ends_there_and_comments_nothing(house: House) -> None:
    pull = await house.pull_request({CI: FINDING})
    old = the_run(pull)
    pull.push({CI: WORKFLOW + "      - run: make test\n"})
    await house.settle()
    pull.repository.rerequest(old)
    await house.settle()
    again = pull.repository.check_runs(old.head_sha)[-1]

    assert ended(pull.repository, old.head_sha) == ["failure", "failure"]
    assert places(again) == [(CI, 7)]
    assert ended(pull.repository, pull.head_sha) == ["success"]
    assert len(pull.comments) == 1


@pytest.mark.parametrize("end", ["close", "merge"])
async def test_a_re_run_on_a_pull_request_that_is_over_ends_and_comments_nothing(house: House, end: str) -> None:
    pull = await house.pull_request({CI: FINDING})
    getattr(pull, end)()
    pull.repository.rerequest(the_run(pull))
    await house.settle()

    assert ended(pull.repository, pull.head_sha) == ["failure", "failure"]
    assert len(pull.comments) == 1


# -- the merge queue ---------------------------------------------------------------------------------------------------


async def test_a_group_of_the_merge_queue_gets_a_check_of_the_same_name_and_no_comment(house: House) -> None:
    pull = await house.pull_request({CI: FINDING})
    sha = pull.repository.merge_group(pull)
    await house.settle()
    (run,) = pull.repository.check_runs(sha)

    assert (run.name, run.status, run.conclusion) == (the_run(pull).name, "completed", "failure")
    assert places(run) == [(CI, 7)]
    assert (len(pull.reviews), len(pull.comments), pull.issue_comments) == (1, 1, [])


async def test_a_group_is_judged_by_what_it_brings_to_the_base_of_now(house: House) -> None:
    pull = await house.pull_request({"README.md": "# Shop\n"}, house.repository({CI: WORKFLOW}))
    pull.repository.commit({CI: FINDING})
    sha = pull.repository.merge_group(pull)
    await house.settle()

    assert ended(pull.repository, sha) == ["success"], "the finding stood on the base branch before"


async def test_a_group_can_be_run_again(house: House) -> None:
    pull = await house.pull_request({CI: FINDING})
    sha = pull.repository.merge_group(pull)
    await house.settle()
    pull.repository.rerequest(pull.repository.check_runs(sha)[0])
    await house.settle()
    pull.repository.rerequest_suite(sha)
    await house.settle()

    assert ended(pull.repository, sha) == ["failure"] * 3


async def test_a_group_that_comes_twice_is_judged_once(house: House) -> None:
    pull = await house.pull_request({CI: FINDING})
    sha = pull.repository.merge_group(pull)
    await house.settle()
    group = [each for each in house.github.deliveries if each.event == "merge_group"][-1]
    group.headers["X-GitHub-Delivery"] = "00000000-0000-0000-0000-000000000001"
    house.github.webhooks.waiting.append(group)
    await house.settle()

    assert ended(pull.repository, sha) == ["failure"]


async def test_a_group_that_is_gone_before_its_turn_is_given_up_without_a_fuss(house: House) -> None:
    pull = await house.pull_request({CI: FINDING})
    sha = pull.repository.merge_group(pull)
    pull.repository.collect(sha)
    await house.settle()

    assert pull.repository.check_runs(sha) == []
    assert await nothing_failed(house)


# -- what people do with pull requests ---------------------------------------------------------------------------------


async def test_a_draft_is_judged_once_also_when_it_becomes_one_again_and_is_ready_again(house: House) -> None:
    repository = house.repository()
    repository.commit({CI: FINDING}, branch="feature")
    pull = repository.pull_request(head="feature", title="A change", draft=True)
    for turn in (pull.ready, pull.convert_to_draft, pull.ready):
        turn()
        await house.settle()

    assert ended(repository, pull.head_sha) == ["failure"]
    assert len(pull.comments) == 1


async def test_a_pull_request_that_is_reopened_before_anybody_looked_is_judged_once(house: House) -> None:
    repository = house.repository()
    repository.commit({CI: FINDING}, branch="feature")
    pull = repository.pull_request(head="feature", title="A change")
    pull.close()
    house.github.drop()
    pull.reopen()
    await house.settle()

    assert ended(repository, pull.head_sha) == ["failure"]
    assert len(pull.comments) == 1


async def test_a_base_that_is_changed_and_changed_back_ends_with_the_verdict_on_the_base_of_now(house: House) -> None:
    repository = house.repository()
    repository.commit({CI: FINDING}, branch="next")
    repository.commit({"README.md": "# Shop\n"}, branch="feature", onto=repository.head("next"))
    pull = repository.pull_request(head="feature", title="A change")
    await house.settle()
    for base in ("next", "main"):
        house.github.clock.advance(1)
        pull.edit(base=base)
        await house.settle()

    assert ended(repository, pull.head_sha) == ["failure", "success", "failure"], "GitHub shows the newest"
    assert len(pull.comments) == 1


async def test_a_force_push_back_to_a_judged_head_leaves_its_check_and_says_nothing_twice(house: House) -> None:
    pull = await house.pull_request({CI: FINDING})
    first = pull.head_sha
    pull.push({CI: WORKFLOW + "      - run: make test\n"})
    await house.settle()
    pull.head_repo.force_push("feature", first)
    await house.settle()

    assert pull.head_sha == first
    assert ended(pull.repository, first) == ["failure"]
    assert [comment.body for comment in pull.comments].count(pull.comments[0].body) == 1


async def test_a_force_push_back_to_a_head_that_was_never_judged_has_it_judged(house: House) -> None:
    repository = house.repository()
    repository.commit({CI: FINDING}, branch="feature")
    pull = repository.pull_request(head="feature", title="A change")
    first = pull.head_sha
    pull.push({CI: WORKFLOW + "      - run: make test\n"})
    repository.force_push("feature", first)
    await house.settle()

    assert ended(repository, first) == ["failure"]
    assert len(pull.comments) == 1


async def test_a_pull_request_that_is_closed_meanwhile_gets_its_check_and_no_comment(house: House) -> None:
    repository = house.repository()
    repository.commit({CI: FINDING}, branch="feature")
    pull = repository.pull_request(head="feature", title="A change")
    pull.close()
    await house.settle()
    run = the_run(pull)

    assert ended(repository, pull.head_sha) == ["failure"]
    assert places(run) == [(CI, 7)]
    assert "+      - run: terraform init" in str(run.output["text"]), "what a comment would have suggested"
    assert pull.comments == []


async def test_a_branch_that_is_deleted_meanwhile_closes_its_pull_request_whose_check_ends(house: House) -> None:
    repository = house.repository()
    repository.commit({CI: FINDING}, branch="feature")
    pull = repository.pull_request(head="feature", title="A change")
    repository.delete_branch("feature")
    await house.settle()

    assert pull.state == "closed"
    assert ended(repository, pull.head_sha) == ["failure"]
    assert pull.comments == []


async def test_a_fork_that_is_deleted_meanwhile_is_read_through_the_repository_it_went_to(house: House) -> None:
    repository = house.repository()
    fork = repository.fork("mallory")
    fork.commit({CI: FINDING}, branch="patch-1")
    pull = repository.pull_request(head="mallory:patch-1", title="A gift")
    fork.delete()
    await house.settle()
    pull.repository.rerequest(the_run(pull))
    await house.settle()

    assert pull.json()["head"]["repo"] is None
    assert ended(repository, pull.head_sha) == ["failure", "failure"]
    assert len(pull.comments) == 1


async def test_a_pull_request_that_changes_no_file_gets_a_green_check(house: House) -> None:
    repository = house.repository()
    repository.commit({}, branch="feature", message="An empty commit")
    pull = repository.pull_request(head="feature", title="A change")
    await house.settle()

    assert pull.files() == []
    assert ended(repository, pull.head_sha) == ["success"]


# -- what people do with repositories ----------------------------------------------------------------------------------


async def test_a_repository_that_is_renamed_meanwhile_is_found_under_its_new_name(house: House) -> None:
    repository = house.repository()
    repository.commit({CI: FINDING}, branch="feature")
    pull = repository.pull_request(head="feature", title="A change")
    repository.rename(f"{repository.name}-anew")
    await house.settle()
    moved = [call.status for call in house.github.calls if call.status in (301, 307)]

    assert moved
    assert ended(repository, pull.head_sha) == ["failure"]
    assert len(pull.comments) == 1


async def test_a_repository_that_is_archived_meanwhile_is_left_alone(house: House) -> None:
    repository = house.repository()
    repository.commit({CI: FINDING}, branch="feature")
    pull = repository.pull_request(head="feature", title="A change")
    repository.archive()
    await house.settle()

    assert repository.check_runs(pull.head_sha) == []
    assert pull.comments == []
    assert await nothing_failed(house)


async def test_a_head_that_git_has_forgotten_is_given_up_without_a_fuss(house: House) -> None:
    repository = house.repository()
    repository.commit({CI: FINDING}, branch="feature")
    pull = repository.pull_request(head="feature", title="A change")
    gone = pull.head_sha
    pull.push({CI: WORKFLOW + "      - run: make test\n"}, force=True)
    repository.collect(gone)
    await house.settle()

    assert repository.check_runs(gone) == []
    assert ended(repository, pull.head_sha) == ["success"]
    assert await nothing_failed(house)


# -- what organisations do with the App --------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["suspend", "delete"])
async def test_an_app_that_is_suspended_or_uninstalled_meanwhile_gives_up_without_a_fuss(
    house: House, end: str
) -> None:
    repository = house.github.repository(f"leaving-{end}/shop", {CI: WORKFLOW, "main.tf": TERRAFORM})
    repository.commit({CI: FINDING}, branch="feature")
    pull = repository.pull_request(head="feature", title="A change")
    getattr(repository.installation, end)()
    await house.settle()

    assert repository.check_runs(pull.head_sha) == []
    assert pull.comments == []
    assert await nothing_failed(house)


async def test_an_app_that_comes_back_ends_with_a_re_run_what_it_was_kept_from_ending(house: House) -> None:
    repository = house.github.repository("forgiving/shop", {CI: WORKFLOW, "main.tf": TERRAFORM})
    repository.commit({CI: FINDING}, branch="feature")
    pull = repository.pull_request(head="feature", title="A change")
    installation = repository.installation
    house.github.latency = 0.3
    await house.github.deliver()
    async with asyncio.timeout(10):
        while not repository.check_runs():  # noqa: ASYNC110 - another thread's doing
            await asyncio.sleep(0.01)
    installation.suspend()
    house.github.latency = 0
    await house.settle()
    before = [run.status for run in repository.check_runs()]
    installation.unsuspend()
    repository.rerequest(repository.check_runs()[0])
    await house.settle()

    assert before == ["in_progress"]
    assert ended(repository, pull.head_sha) == ["failure"]
    assert len(pull.comments) == 1


GRANTED = {"metadata": "read", "contents": "read", "checks": "write", "pull_requests": "write"}


@pytest.mark.parametrize(
    ("granted", "conclusions"),
    [
        ({**GRANTED, "pull_requests": "read"}, ["failure"]),
        ({"metadata": "read", "checks": "write", "pull_requests": "write"}, ["neutral"]),
        ({"metadata": "read", "contents": "read", "checks": "write"}, ["neutral"]),
        ({"metadata": "read", "contents": "read", "checks": "read", "pull_requests": "write"}, []),
    ],
    ids=["no comments", "no contents", "no pull requests", "no checks"],
)
async def test_without_a_permission_the_check_says_what_it_can_say(
    house: House, granted: dict[str, str], conclusions: list[str]
) -> None:
    name = f"careful-{len(house.github.repositories)}/shop"
    repository = house.github.repository(name, {CI: WORKFLOW, "main.tf": TERRAFORM})
    repository.installation.accept(granted)
    repository.commit({CI: FINDING}, branch="feature")
    pull = repository.pull_request(head="feature", title="A change")
    await house.settle()
    said = [str(run.output["summary"]) + str(run.output["text"]) for run in repository.check_runs()]

    assert ended(repository, pull.head_sha) == conclusions
    assert pull.comments == []
    assert all("+      - run: terraform init" in each or "(needs " in each for each in said)
    assert await nothing_failed(house)


async def test_when_the_permission_is_granted_a_re_run_reviews(house: House) -> None:
    repository = house.github.repository("trusting/shop", {CI: WORKFLOW, "main.tf": TERRAFORM})
    repository.installation.accept({**GRANTED, "contents": "read", "pull_requests": "read"})
    repository.commit({CI: FINDING}, branch="feature")
    pull = repository.pull_request(head="feature", title="A change")
    await house.settle()
    repository.installation.accept(GRANTED)
    house.github.tokens.issued.clear()
    repository.rerequest(the_run(pull))
    await house.settle()

    assert ended(repository, pull.head_sha) == ["failure", "failure"]
    assert len(pull.comments) == 1


# -- what is large, and what GitHub does -------------------------------------------------------------------------------


async def test_a_file_beyond_the_three_thousand_that_github_lists_is_seen(house: House) -> None:
    script = "#!/bin/bash\nset -e\n"
    calls = WORKFLOW.replace("run: make", "run: ./scripts/check.sh")
    repository = house.repository({CI: calls, "scripts/check.sh": script, "main.tf": TERRAFORM})
    many = {f"a/{number:04}.txt": "x\n" for number in range(3_000)}
    pull = await house.pull_request({**many, "scripts/check.sh": script + "terraform validate\n"}, repository)

    assert "scripts/check.sh" not in [each.path for each in pull.files()]
    assert places(the_run(pull)) == [("scripts/check.sh", 3)]
    assert ended(repository, pull.head_sha) == ["failure"]


async def test_a_group_of_more_files_than_github_compares_is_seen_whole(house: House) -> None:
    many = {f"a/{number:03}.txt": "x\n" for number in range(300)}
    pull = await house.pull_request({**many, "z/go.sh": "true\n", ".github/workflows/z.yml": FINDING})
    sha = pull.repository.merge_group(pull)
    await house.settle()

    assert ended(pull.repository, sha) == ["failure"]


async def test_three_hundred_ci_files_are_all_read(house: House) -> None:
    files = {f".github/workflows/w{number:03}.yml": f"# {number}\n{FINDING}" for number in range(300)}
    pull = await house.pull_request(files)
    run = the_run(pull)

    assert ended(pull.repository, pull.head_sha) == ["failure"]
    assert len({path for path, _ in places(run)}) == 300


async def test_a_difference_that_github_never_shows_is_computed_from_the_commits(house: House) -> None:
    repository = house.repository()
    repository.commit({CI: FINDING}, branch="feature")
    pull = repository.pull_request(head="feature", title="A change")
    stale = [change_json(repository, each, "0" * 40) for each in pull.files()]
    house.github.fail("pulls/list-files", times=3, status=200, body=stale)
    await house.settle()

    assert not house.github.faults.waiting
    assert ended(repository, pull.head_sha) == ["failure"]
    assert pull.comments == []


async def test_a_refusal_in_the_middle_ends_the_check_that_was_opened(house: House) -> None:
    repository = house.repository()
    repository.commit({CI: FINDING}, branch="feature")
    pull = repository.pull_request(head="feature", title="A change")
    house.github.fail("graphql", status=403, body={"message": "Although you appear to have the `right` credentials"})
    await house.settle()
    (run,) = repository.check_runs()

    assert (run.status, run.conclusion) == ("completed", "neutral")
    assert "Although you appear to have the 'right' credentials" in str(run.output["summary"])
    assert pull.comments == []


TROUBLE: dict[str, dict[str, Any]] = {
    "no answer, nothing happened": {"timeout": "before"},
    "no answer, but it happened": {"timeout": "after"},
    "a server error": {"status": 502},
}


@pytest.mark.parametrize("trouble", TROUBLE)
@pytest.mark.parametrize("call", ["pulls/get", "checks/list-for-ref", "checks/create", "checks/update"])
async def test_whatever_call_of_a_re_run_fails_there_is_one_new_check_run(
    house: House, call: str, trouble: str
) -> None:
    pull = await house.pull_request({CI: FINDING})
    pull.repository.rerequest(the_run(pull))
    house.github.fail(call, **TROUBLE[trouble])
    await house.settle()
    again = pull.repository.check_runs(pull.head_sha)[-1]

    assert not house.github.faults.waiting, "the trouble was met"
    assert ended(pull.repository, pull.head_sha) == ["failure", "failure"]
    assert places(again) == [(CI, 7)]
    assert len(pull.comments) == 1


@pytest.mark.parametrize("trouble", TROUBLE)
@pytest.mark.parametrize("call", ["repos/compare-commits", "checks/create"])
async def test_whatever_call_of_a_group_fails_its_check_ends_once(house: House, call: str, trouble: str) -> None:
    pull = await house.pull_request({CI: FINDING})
    house.github.fail(call, **TROUBLE[trouble])
    sha = pull.repository.merge_group(pull)
    await house.settle()

    assert not house.github.faults.waiting, "the trouble was met"
    assert ended(pull.repository, sha) == ["failure"]
