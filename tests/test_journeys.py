"""From the signed webhook to the posted review: the real app, real SQLite, the demo's GitHub."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from house import CI, FINDING, TERRAFORM, WORKFLOW, House, open_house

from ghapp.demo.github import CheckRun, Pull
from ghapp.github import PERMISSIONS

pytestmark = pytest.mark.asyncio(loop_scope="module")

BUSY = FINDING.replace("  build:", "  check:")


def jobs(count: int, step: str) -> str:
    """A workflow with so many jobs of one step, and so as many findings."""
    job = "  job{}:\n    runs-on: ubuntu-24.04\n    steps:\n      - {}\n"
    return "on: push\njobs:\n" + "".join(job.format(number, step) for number in range(count))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[House]:
    async with open_house(tmp_path_factory.mktemp("house")) as house:
        yield house


def the_run(pull: Pull) -> CheckRun:
    """The one check run of the pull request's head."""
    (run,) = pull.repository.check_runs(pull.head_sha)
    return run


def places(run: CheckRun) -> list[tuple[str, int]]:
    return [(each.path, each.start_line) for each in run.annotations]


# -- what is said ------------------------------------------------------------------------------------------------------


async def test_a_failure_that_the_change_brings_is_annotated_at_its_line_with_a_suggestion(house: House) -> None:
    pull = await house.pull_request({CI: FINDING})
    run = the_run(pull)
    (review,) = pull.reviews
    (comment,) = review.comments

    assert (run.status, run.conclusion, places(run)) == ("completed", "failure", [(CI, 7)])
    assert "https://ghapp.test/rules/terraform-validate-without-init" in str(run.output["summary"])
    assert (review.state, comment.path, comment.line) == ("COMMENTED", CI, 7)
    assert "terraform init -backend=false" in comment.body
    assert "```suggestion" in comment.body


async def test_the_check_is_in_progress_before_it_is_completed(house: House) -> None:
    run = the_run(await house.pull_request({CI: FINDING}))

    assert [body["status"] for body in run.history] == ["in_progress", "completed"]


async def test_a_change_without_failures_gets_a_green_check_and_no_comment(house: House) -> None:
    pull = await house.pull_request({CI: WORKFLOW + "      - run: make test\n"})

    assert the_run(pull).conclusion == "success"
    assert pull.comments == []
    assert pull.issue_comments == []


async def test_a_change_without_ci_files_gets_a_green_check_without_reading_any_file(house: House) -> None:
    house.github.clear()
    pull = await house.pull_request({"README.md": "# Shop\n"})

    assert (the_run(pull).conclusion, the_run(pull).output["title"]) == ("success", "No CI files changed")
    assert "graphql" not in house.github.operations


async def test_only_what_the_change_brings_is_annotated_and_the_rest_is_counted(house: House) -> None:
    repository = house.repository({CI: FINDING, "main.tf": TERRAFORM})
    added = "  lint:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: terraform validate -json\n"
    run = the_run(await house.pull_request({CI: FINDING + added}, repository))

    assert places(run) == [(CI, 11)]
    assert "1 finding from before this change" in str(run.output["summary"])


async def test_failures_in_files_that_the_change_does_not_touch_are_not_mentioned(house: House) -> None:
    repository = house.repository({CI: WORKFLOW, ".github/workflows/old.yml": FINDING, "main.tf": TERRAFORM})
    run = the_run(await house.pull_request({CI: WORKFLOW + "      - run: make test\n"}, repository))

    assert (run.conclusion, places(run)) == ("success", [])
    assert "before this change" not in str(run.output["summary"])


async def test_what_changed_on_the_base_branch_meanwhile_is_not_blamed_on_the_pull_request(house: House) -> None:
    repository = house.repository({CI: FINDING, "main.tf": TERRAFORM})
    repository.commit({"README.md": "# Shop\n", CI: FINDING + "      - run: make\n"}, branch="feature")
    repository.commit({CI: WORKFLOW}, branch="main")
    pull = repository.pull_request(head="feature", title="A change")
    await house.settle()

    assert places(the_run(pull)) == []


async def test_a_renamed_workflow_brings_nothing_new(house: House) -> None:
    repository = house.repository({CI: FINDING, "main.tf": TERRAFORM})
    repository.commit(branch="feature", renames={CI: ".github/workflows/build.yml"})
    pull = repository.pull_request(head="feature", title="A change")
    await house.settle()

    assert places(the_run(pull)) == []
    assert "1 finding from before" in str(the_run(pull).output["summary"])


async def test_a_deleted_workflow_is_no_trouble_and_its_failure_counts_as_mended(house: House) -> None:
    repository = house.repository({CI: FINDING, ".github/workflows/b.yml": WORKFLOW, "main.tf": TERRAFORM})
    run = the_run(await house.pull_request(repository=repository, deletes=[CI]))

    assert run.conclusion == "success"
    assert "1 finding mended" in str(run.output["summary"])


async def test_a_failure_in_a_changed_script_is_seen_through_the_workflow_that_calls_it(house: House) -> None:
    calls = WORKFLOW.replace("run: make", "run: ./scripts/check.sh")
    script = "#!/bin/bash\nset -e\n"
    repository = house.repository({CI: calls, "scripts/check.sh": script, "main.tf": TERRAFORM})
    run = the_run(await house.pull_request({"scripts/check.sh": script + "terraform validate\n"}, repository))

    assert places(run) == [("scripts/check.sh", 3)]


async def test_a_script_that_a_changed_workflow_calls_is_fetched_when_the_analysis_asks_for_it(house: House) -> None:
    script = "#!/usr/bin/env bash\nterraform init -input=false\n"
    many = {f"tools/{number}.sh": "true\n" for number in range(40)}
    repository = house.repository(
        {CI: WORKFLOW, "deep/down/in/the/tree/prepare.sh": script, "main.tf": TERRAFORM, **many}
    )
    prepared = FINDING.replace("run: terraform", "run: bash deep/down/in/the/tree/prepare.sh && terraform")
    run = the_run(await house.pull_request({CI: prepared}, repository))

    assert (run.conclusion, places(run)) == ("success", [])


async def test_a_broken_file_is_annotated_at_the_place_where_it_breaks(house: House) -> None:
    run = the_run(await house.pull_request({CI: "on: push\njobs:\n  build: [\n"}))

    assert run.conclusion == "failure"
    assert [path for path, _ in places(run)] == [CI]
    assert "broken file" in str(run.output["title"])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (WORKFLOW.encode("utf-16"), "not UTF-8"),
        ("# Überprüfung\n".encode("latin-1") + WORKFLOW.encode(), "not UTF-8"),
        (b"# " + b"x" * (1 << 20), "over 1 MiB"),
    ],
    ids=["UTF-16", "Latin-1", "over 1 MiB"],
)
async def test_a_file_that_cannot_be_read_is_said_to_be_so(house: House, content: bytes, said: str) -> None:
    run = the_run(await house.pull_request({CI: content}))

    assert run.conclusion == "failure"
    assert said in run.annotations[0].message


async def test_more_than_fifty_annotations_go_ahead_in_batches_and_the_run_ends_complete(house: House) -> None:
    cache = "{uses: actions/cache@v5, with: {path: ~/go/pkg/mod, key: go}}"
    run = the_run(await house.pull_request({CI: jobs(130, cache)}))
    sizes = [len(body["output"].get("annotations", [])) for body in run.history]

    assert sizes == [0, 50, 50, 30]
    assert [body.get("status") for body in run.history] == ["in_progress", None, None, "completed"]
    assert len(set(places(run))) == 130


# -- what is read ------------------------------------------------------------------------------------------------------


async def test_all_files_of_a_large_pull_request_are_seen(house: House) -> None:
    files = {f"a/{number:03}.txt": "x\n" for number in range(250)}
    run = the_run(await house.pull_request({**files, ".github/workflows/z.yml": FINDING}))

    assert places(run) == [(".github/workflows/z.yml", 7)]


async def test_a_file_whose_patch_github_leaves_out_is_compared_with_the_commit_where_the_branches_parted(
    house: House,
) -> None:
    house.github.most_changed_lines = 3
    filler = "".join(f"# {number}\n" for number in range(20))
    repository = house.repository({CI: FINDING, "main.tf": TERRAFORM})
    pull = await house.pull_request({CI: BUSY + filler}, repository)
    house.github.most_changed_lines = 20_000

    assert places(the_run(pull)) == [(CI, 7)], "the job was renamed, so its finding is another one"
    assert pull.comments == [], "GitHub accepts no comment where it shows no patch"
    assert "repos/compare-commits" in house.github.operations


@pytest.mark.parametrize("name", ["a?ref=main.yml", "a#b.yml", "a%2e.yml", "a b.yml", "ü.yml", "a&b=c.yml"])
async def test_a_file_name_chosen_to_mislead_is_only_a_name(house: House, name: str) -> None:
    path = f".github/workflows/{name}"
    run = the_run(await house.pull_request({path: FINDING}))

    assert places(run) == [(path, 7)]


async def test_a_pull_request_from_a_fork_is_read_through_the_repository_it_goes_to(house: House) -> None:
    repository = house.repository()
    fork = repository.fork("mallory")
    fork.commit({CI: FINDING}, branch="patch-1")
    pull = repository.pull_request(head="mallory:patch-1", title="A gift")
    await house.settle()

    assert places(the_run(pull)) == [(CI, 7)]
    assert len(pull.comments) == 1


async def test_a_review_needs_at_most_eight_requests_and_a_token_for_one_repository(house: House) -> None:
    house.github.clear()
    pull = await house.pull_request({CI: FINDING, ".circleci/config.yml": "version: 2.1\n", "go.sh": "true\n"})
    minted = house.github.calls[0].body

    assert len(house.github.calls) <= 8, house.github.operations
    assert minted == {"repository_ids": [pull.repository.id], "permissions": PERMISSIONS}


# -- one after the other -----------------------------------------------------------------------------------------------


async def test_every_push_gets_its_own_check_and_a_suggestion_is_not_repeated(house: House) -> None:
    pull = await house.pull_request({CI: FINDING})
    first = pull.head_sha
    pull.push({"README.md": "# Shop\n"})
    await house.settle()

    assert [run.conclusion for run in pull.repository.check_runs(first)] == ["failure"]
    assert the_run(pull).conclusion == "failure"
    assert len(pull.comments) == 1


async def test_a_push_that_mends_the_failure_gets_a_green_check(house: House) -> None:
    pull = await house.pull_request({CI: FINDING})
    pull.push({CI: FINDING.replace("terraform validate", "terraform init -input=false && terraform validate")})
    await house.settle()

    assert the_run(pull).conclusion == "success"


async def test_a_draft_is_reviewed_and_not_once_more_when_it_is_ready(house: House) -> None:
    repository = house.repository()
    repository.commit({CI: FINDING}, branch="feature")
    pull = repository.pull_request(head="feature", title="A change", draft=True)
    await house.settle()
    drafted = len(the_run(pull).history)
    pull.ready()
    await house.settle()

    assert len(the_run(pull).history) == drafted == 2
    assert len(pull.reviews) == 1


async def test_a_reopened_pull_request_is_not_reviewed_twice(house: House) -> None:
    pull = await house.pull_request({CI: FINDING})
    pull.close()
    pull.reopen()
    await house.settle()

    assert len(the_run(pull).history) == 2
    assert len(pull.reviews) == 1


async def test_a_new_title_changes_nothing(house: House) -> None:
    pull = await house.pull_request({CI: FINDING})
    house.github.clear()
    pull.edit(title="A better change")
    await house.settle()

    assert house.github.calls == []


async def test_another_base_is_another_comparison(house: House) -> None:
    repository = house.repository()
    repository.commit({CI: FINDING}, branch="next")
    repository.branch("feature", at="next")
    repository.commit({"README.md": "# Shop\n"}, branch="feature")
    pull = repository.pull_request(head="feature", title="A change", base="next")
    await house.settle()
    before = [run.conclusion for run in repository.check_runs(pull.head_sha)]
    pull.edit(base="main")
    await house.settle()

    assert before == ["success"]
    assert [run.conclusion for run in repository.check_runs(pull.head_sha)] == ["success", "failure"]


async def test_a_delivery_that_comes_twice_is_answered_once(house: House) -> None:
    pull = await house.pull_request({CI: FINDING})
    sent = [each for each in house.github.deliveries if each.event == "pull_request"][-1]
    house.github.calls.clear()
    again = await asyncio.gather(*(house.github.redeliver(sent.guid) for _ in range(3)))
    await house.idle()

    assert [each.status_code for each in again] == [202, 202, 202]
    assert house.github.calls == []
    assert len(pull.reviews) == 1


async def test_a_replayed_request_under_a_new_guid_posts_nothing(house: House) -> None:
    pull = await house.pull_request({CI: FINDING})
    sent = [each for each in house.github.deliveries if each.event == "pull_request"][-1]
    sent.headers["X-GitHub-Delivery"] = "00000000-0000-0000-0000-000000000000"
    house.github.webhooks.waiting.append(sent)
    await house.settle()

    assert len(the_run(pull).history) == 2
    assert len(pull.reviews) == 1


async def test_of_pushes_in_quick_succession_the_last_is_judged_and_no_check_stays_open(house: House) -> None:
    repository = house.repository()
    repository.commit({CI: FINDING}, branch="feature")
    pull = repository.pull_request(head="feature", title="A change")
    for number in range(6):
        pull.push({CI: FINDING + f"      - run: make {number}\n"})
    await house.settle(concurrency=4)

    assert the_run(pull).conclusion == "failure"
    assert {run.status for run in repository.check_runs()} == {"completed"}
    assert len(pull.comments) == 1


async def test_a_push_while_the_review_runs_ends_that_review_before_it_says_anything(house: House) -> None:
    repository = house.repository()
    repository.commit({CI: FINDING}, branch="feature")
    pull = repository.pull_request(head="feature", title="A change")
    old = pull.head_sha
    house.github.clear()
    house.github.latency = 0.5
    await house.github.deliver()
    async with asyncio.timeout(10):
        while "checks/create" not in house.github.operations:  # noqa: ASYNC110 - another thread's doing
            await asyncio.sleep(0.01)
    house.github.clock.advance(1)  # GitHub's times are whole seconds
    pull.push({CI: WORKFLOW + "      - run: make test\n"})
    await house.settle()
    house.github.latency = 0

    assert [run.conclusion for run in repository.check_runs(old)] == ["cancelled"]
    assert the_run(pull).conclusion == "success"
    assert pull.comments == []


async def test_deliveries_that_arrive_in_the_wrong_order_end_with_the_last_push_judged(house: House) -> None:
    repository = house.repository()
    repository.commit({CI: WORKFLOW}, branch="feature")
    pull = repository.pull_request(head="feature", title="A change")
    pull.push({CI: FINDING})
    house.github.webhooks.waiting.reverse()
    await house.settle()

    assert the_run(pull).conclusion == "failure"
    assert {run.status for run in repository.check_runs()} == {"completed"}
