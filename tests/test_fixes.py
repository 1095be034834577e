"""The button "Apply all fixes": from the signed webhook to the commit on the branch, or to why there is none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest
import pytest_asyncio
from house import CI, FINDING, TERRAFORM, WORKFLOW, House, open_house

from ghapp.demo.github import FIXER, REVIEWER, CheckRun, File, Pull, Repository

pytestmark = pytest.mark.asyncio(loop_scope="module")

TOOLS = ".github/workflows/tools.yml"
FIXED = FINDING.replace("terraform validate", "terraform init -backend=false -input=false && terraform validate")
CALLER = FINDING.replace("run: terraform validate", "run: ci/check.sh")
SCRIPT = "#!/usr/bin/env bash\nset -e\nterraform validate\n"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[House]:
    async with open_house(tmp_path_factory.mktemp("house")) as house:
        yield house


def a_repository(house: House, permissions: dict[str, Any] = FIXER, files: dict[str, Any] | None = None) -> Repository:
    """A repository whose organisation has granted that."""
    repository = house.repository(files)
    repository.installation.permissions = dict(permissions)
    return repository


def runs(pull: Pull, head: str = "") -> list[CheckRun]:
    return pull.repository.check_runs(head or pull.head_sha)


async def press(house: House, pull: Pull, *, sender: str = "octo-dev", head: str = "", times: int = 1) -> CheckRun:
    """Presses the button of the newest check run on the head; gives that run when all is answered."""
    run = runs(pull, head)[-1]
    for _ in range(times):
        pull.repository.request_action(run, "fix", sender=sender)
    await house.settle()
    await house.settle()  # the push is reviewed, too
    return run


def note(run: CheckRun) -> str:
    """What stands at the top of the summary."""
    return str(run.output["summary"]).partition("<!-- ghapp: end of note -->")[0]


def commits(pull: Pull) -> list[str]:
    return [pull.objects.commits[sha].message for sha in pull.commits()]


def asked_for(house: House) -> list[dict[str, str]]:
    """The permissions of the tokens that were minted."""
    minted = "apps/create-installation-access-token"
    return [call.body["permissions"] for call in house.github.calls if call.operation == minted]


# -- what is pushed ----------------------------------------------------------------------------------------------------


async def test_the_button_pushes_every_proven_edit_in_one_commit_which_is_reviewed_in_turn(house: House) -> None:
    pull = await house.pull_request({CI: FINDING, TOOLS: FINDING}, a_repository(house))
    assert [each["identifier"] for each in runs(pull)[-1].actions] == ["fix"]
    run = await press(house, pull)

    assert pull.repository.file(CI, at="feature").decode() == FIXED
    assert pull.repository.file(TOOLS, at="feature").decode() == FIXED
    assert len(commits(pull)) == 2
    assert f"**The fixes are pushed:** [`{pull.head_sha[:7]}`]" in note(run)
    assert "mends 2 findings in 2 files" in note(run)
    assert (run.conclusion, run.actions, len(run.annotations)) == ("failure", [], 2)
    assert runs(pull)[-1].conclusion == "success"
    assert runs(pull)[-1].actions == []


async def test_the_commit_says_what_it_mends_and_for_which_commit(house: House) -> None:
    pull = await house.pull_request({CI: FINDING, TOOLS: FINDING}, a_repository(house))
    head = pull.head_sha
    await press(house, pull)

    assert commits(pull)[-1] == (
        "Mend what ghapp found\n\nFixes that are proven to work, for 2 findings:\n\n"
        f"- terraform-validate-without-init (2)\n\nGhapp-Fixes: {head}"
    )


async def test_a_token_that_may_change_workflows_is_asked_for_by_the_commit_alone(house: House) -> None:
    house.github.clear()
    pull = await house.pull_request({CI: FINDING}, a_repository(house))
    before = asked_for(house)
    await press(house, pull)
    after = asked_for(house)[len(before) :]

    assert all(each["contents"] == "read" for each in before)
    assert [each for each in after if "workflows" in each] == [{"contents": "write", "workflows": "write"}]


async def test_a_file_that_is_no_workflow_needs_no_permission_for_workflows(house: House) -> None:
    config = "version: 2.1\njobs:\n  build:\n    docker: [{image: 'cimg/base:2024.08'}]\n    steps:\n      - checkout\n"
    config += "      - run: terraform validate\nworkflows:\n  all: {jobs: [build]}\n"
    permissions = {each: level for each, level in FIXER.items() if each != "workflows"}
    house.github.clear()
    pull = await house.pull_request({".circleci/config.yml": config}, a_repository(house, permissions))
    run = await press(house, pull)

    assert "**The fixes are pushed:**" in note(run)
    assert {"contents": "write"} in asked_for(house)


async def test_a_byte_order_mark_stays(house: House) -> None:
    mark = "\ufeff"
    pull = await house.pull_request({CI: f"{mark}{FINDING}"}, a_repository(house))
    await press(house, pull)

    assert pull.repository.file(CI, at="feature").decode() == f"{mark}{FIXED}"


async def test_a_script_that_may_be_executed_is_left_as_it_is(house: House) -> None:
    repository = a_repository(house, files={CI: WORKFLOW, "main.tf": TERRAFORM})
    script = File(SCRIPT.encode(), "100755")
    pull = await house.pull_request({CI: CALLER, TOOLS: FINDING, "ci/check.sh": script}, repository)
    run = await press(house, pull)

    assert pull.repository.file("ci/check.sh", at="feature").decode() == SCRIPT
    assert pull.repository.file(TOOLS, at="feature").decode() == FIXED
    assert "1 fix in executable files is left to you" in note(run)


# -- once --------------------------------------------------------------------------------------------------------------


async def test_a_double_click_makes_one_commit(house: House) -> None:
    pull = await house.pull_request({CI: FINDING}, a_repository(house))
    run = await press(house, pull, times=3)

    assert len(commits(pull)) == 2
    assert f"**The fixes are pushed:** [`{pull.head_sha[:7]}`]" in note(run)
    assert str(run.output["summary"]).count("The fixes are pushed") == 1


@pytest.mark.parametrize("trouble", [{"timeout": "before"}, {"timeout": "after"}, {"truncated": True}, {"status": 502}])
async def test_a_commit_of_unknown_fate_is_looked_for_and_never_made_twice(
    house: House, trouble: dict[str, Any]
) -> None:
    pull = await house.pull_request({CI: FINDING}, a_repository(house))
    house.github.fail("graphql", after=1, **trouble)  # the first one reads
    run = await press(house, pull)

    assert not house.github.faults.waiting
    assert len(commits(pull)) == 2
    assert f"**The fixes are pushed:** [`{pull.head_sha[:7]}`]" in note(run)


@pytest.mark.parametrize(
    "operation", ["pulls/get", "pulls/list-files", "apps/get-installation", "checks/get", "checks/update"]
)
@pytest.mark.parametrize("trouble", [{"timeout": "after"}, {"status": 502}])
async def test_whatever_call_fails_once_there_is_one_commit_and_one_note(
    house: House, operation: str, trouble: dict[str, Any]
) -> None:
    pull = await house.pull_request({CI: FINDING}, a_repository(house))
    house.github.fail(operation, **trouble)
    run = await press(house, pull)

    assert len(commits(pull)) == 2
    assert str(run.output["summary"]).count("**The fixes are pushed:**") == 1


async def test_a_github_that_lags_behind_its_own_branch_is_waited_for(house: House) -> None:
    pull = await house.pull_request({CI: FINDING}, a_repository(house))
    message = "Expected branch to point to another commit but it did not. Pull and try again."
    stale = {"data": {"createCommitOnBranch": None}, "errors": [{"type": "STALE_DATA", "message": message}]}
    house.github.fail("graphql", after=1, status=200, body=stale)
    run = await press(house, pull)

    assert len(commits(pull)) == 2
    assert "**The fixes are pushed:**" in note(run)


# -- why not -----------------------------------------------------------------------------------------------------------


async def test_a_missing_permission_is_named_with_the_page_where_an_owner_grants_it(house: House) -> None:
    pull = await house.pull_request({CI: FINDING}, a_repository(house, REVIEWER))
    run = await press(house, pull)
    first = note(run)
    address = f"/organizations/acme/settings/installations/{pull.repository.installation.id}"
    pull.repository.installation.permissions = dict(FIXER)
    await press(house, pull)

    assert "**Nothing was pushed:** ghapp lacks the permissions *Contents: write* and *Workflows: write*." in first
    assert f"{address})" in first
    assert "**The fixes are pushed:**" in note(run)
    assert "Nothing was pushed" not in str(run.output["summary"])
    assert "| failure |" in str(run.output["summary"])


async def test_only_what_is_missing_is_named(house: House) -> None:
    permissions = {each: level for each, level in FIXER.items() if each != "workflows"}
    pull = await house.pull_request({CI: FINDING}, a_repository(house, permissions))
    run = await press(house, pull)

    assert "ghapp lacks the permission *Workflows: write*." in note(run)
    assert len(commits(pull)) == 1


async def test_who_may_not_write_cannot_have_fixes_pushed(house: House) -> None:
    repository = a_repository(house)
    repository.collaborator("reader", "read")
    pull = await house.pull_request({CI: FINDING}, repository)
    run = await press(house, pull, sender="reader")

    assert "only people with write access can have fixes pushed, and `reader` has none." in note(run)
    assert len(commits(pull)) == 1


async def test_a_fork_is_never_written_to(house: House) -> None:
    repository = a_repository(house)
    fork = repository.fork("mallory")
    fork.commit({CI: FINDING}, branch="patch-1")
    pull = repository.pull_request(head="mallory:patch-1", title="A change")
    await house.settle()
    run = await press(house, pull)

    assert "the branch stands in a fork, where ghapp may not write." in note(run)
    assert len(commits(pull)) == 1


async def test_a_branch_that_has_gone_on_is_left_alone(house: House) -> None:
    pull = await house.pull_request({CI: FINDING}, a_repository(house))
    old = pull.head_sha
    pull.push({"README.md": "# Shop\n"})
    await house.settle()
    run = await press(house, pull, head=old)

    assert "the branch has gone on since this check." in note(run)
    assert len(commits(pull)) == 2


async def test_a_push_that_comes_in_between_is_never_pushed_over(house: House) -> None:
    pull = await house.pull_request({CI: FINDING}, a_repository(house))
    run = runs(pull)[-1]
    house.github.clear()
    house.github.latency = 0.3
    pull.repository.request_action(run, "fix")
    await house.github.deliver()
    async with asyncio.timeout(10):
        while "apps/get-installation" not in house.github.operations:  # noqa: ASYNC110 - another thread's doing
            await asyncio.sleep(0.01)
    pull.push({"README.md": "# Shop\n"})
    house.github.latency = 0
    await house.settle()

    assert "the branch has gone on since this check." in note(run)
    assert len(commits(pull)) == 2
    assert pull.repository.file(CI, at="feature").decode() == FINDING


async def test_an_error_of_ours_is_said_and_replay_pushes_after_all(house: House) -> None:
    pull = await house.pull_request({CI: FINDING}, a_repository(house))
    broken = {"sha": "0" * 40, "url": "", "tree": [{}], "truncated": False}
    house.github.fail("git/get-tree", status=200, body=broken)
    run = await press(house, pull)
    first = note(run)
    (failure,) = await house.inbox.failed()
    await house.inbox.replay(failure.delivery.guid)
    await house.idle()

    assert "**Nothing was pushed:** an error of ghapp's own kept it from that." in first
    assert "**The fixes are pushed:**" in note(run)
    assert len(commits(pull)) == 2


async def test_a_closed_pull_request_is_left_alone(house: House) -> None:
    pull = await house.pull_request({CI: FINDING}, a_repository(house))
    pull.close()
    run = await press(house, pull)

    assert "**Nothing was pushed:** the pull request is closed." in note(run)
    assert len(commits(pull)) == 1


async def test_a_branch_that_is_gone_is_said_to_be(house: House) -> None:
    pull = await house.pull_request({CI: FINDING}, a_repository(house))
    gone = {"data": {"createCommitOnBranch": None}, "errors": [{"type": "NOT_FOUND", "message": "No such ref."}]}
    house.github.fail("graphql", after=1, status=200, body=gone)
    run = await press(house, pull)

    assert "**Nothing was pushed:** the branch is gone." in note(run)


async def test_a_protected_branch_is_said_in_githubs_words_and_ours(house: House) -> None:
    pull = await house.pull_request({CI: FINDING}, a_repository(house))
    pull.repository.protect("feature")
    run = await press(house, pull)

    assert "GitHub refused the commit: Changes must be made through a pull request." in note(run)
    assert "its rules decide who may push to it" in note(run)
    assert [each["identifier"] for each in run.actions] == ["fix"]
    assert len(commits(pull)) == 1


async def test_where_nothing_is_left_to_mend_no_commit_is_made(house: House) -> None:
    pull = await house.pull_request({CI: WORKFLOW + "      - run: make test\n"}, a_repository(house))
    run = await press(house, pull)

    assert "**Nothing was pushed:** nothing is left to mend on this commit." in note(run)
    assert len(commits(pull)) == 1


async def test_a_check_without_fixes_has_no_button(house: House) -> None:
    pull = await house.pull_request({CI: WORKFLOW + "      - run: make test\n"}, a_repository(house))

    assert runs(pull)[-1].actions == []
