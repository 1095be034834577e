"""From the signed webhook to the check run, in organisations that have a policy for all of their repositories."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from itertools import count
from typing import Any

import pytest
import pytest_asyncio
from house import CI, TERRAFORM, WORKFLOW, House, open_house

from ghapp.demo.github import CheckRun, File, Pull, Repository
from ghapp.demo.github.git import SYMLINK

pytestmark = pytest.mark.asyncio(loop_scope="module")

RULE = "terraform-validate-without-init"
POLICY = ".github/ghapp.yml"
OFF = f"severities: {{{RULE}: off}}\n"
NOTICE = f"severities: {{{RULE}: notice}}\n"
BROKEN = "complience: [pci-dss]\n"
LOCKED = f"locked: [severities.{RULE}]\n"
FINDING = WORKFLOW.replace("24.04", "22.04").replace("run: make", "run: terraform validate")
MINT, CONTENT = "apps/create-installation-access-token", "repos/get-content"

owners = (f"org-{number}" for number in count(1))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[House]:
    async with open_house(tmp_path_factory.mktemp("house")) as house:
        yield house


def shop(
    house: House,
    policy: str | bytes | File | None,
    own: str = "",
    *,
    workflow: str = WORKFLOW,
    private: bool = True,
    installed: list[str] | None = None,
) -> Repository:
    """A repository of a new organisation. `policy`: the organisation's, `own`: the repository's.

    `private`: the repository `.github`. `installed`: the only repositories on which the App is.
    """
    owner = next(owners)
    if installed is not None:
        house.github.install(owner, repositories=installed)
    if policy is not None:
        house.github.repository(f"{owner}/.github", {POLICY: policy}, private=private, installed=installed is None)
    files = {CI: workflow, "main.tf": TERRAFORM, **({POLICY: own} if own else {})}
    return house.github.repository(f"{owner}/shop", files, installed=installed is None)


def theirs(repository: Repository) -> str:
    """What reports call the organisation's policy."""
    return f"{repository.owner.login}/.github:{POLICY}"


def the_run(pull: Pull) -> CheckRun:
    (run,) = pull.repository.check_runs(pull.head_sha)
    return run


def summary(pull: Pull) -> str:
    return str(the_run(pull).output["summary"])


def levels(pull: Pull) -> list[str]:
    return [each.annotation_level for each in the_run(pull).annotations]


# -- the organisation's word -------------------------------------------------------------------------------------------


async def test_the_policy_in_a_private_repository_named_dot_github_counts_for_all(house: House) -> None:
    repository = shop(house, NOTICE)
    pull = await house.pull_request({CI: FINDING}, repository)

    assert (the_run(pull).conclusion, levels(pull)) == ("neutral", ["notice"])
    assert f"Policy: 1 setting by <code>{theirs(repository)}</code>" in summary(pull)
    assert f"/{repository.owner.login}/.github/blob/HEAD/.github/ghapp.yml#L1" in summary(pull)


async def test_the_policy_in_a_public_repository_counts_also_where_the_app_is_not_installed_on_it(house: House) -> None:
    repository = shop(house, NOTICE, private=False, installed=["shop"])
    pull = await house.pull_request({CI: FINDING}, repository)

    assert levels(pull) == ["notice"]
    assert theirs(repository) in summary(pull)


async def test_the_policy_in_a_private_repository_that_the_app_cannot_see_does_not_exist(house: House) -> None:
    repository = shop(house, NOTICE, installed=["shop"])
    pull = await house.pull_request({CI: FINDING}, repository)

    assert (the_run(pull).conclusion, levels(pull)) == ("failure", ["failure"])
    assert "Policy" not in summary(pull)


async def test_the_policy_of_the_repository_is_laid_over_that_of_the_organisation(house: House) -> None:
    ignore = f"ignore: [{{rule: {RULE}, reason: Known here.}}]\n"
    repository = shop(house, "tools: {assume_installed: [terraform]}\nrollback: prod\n", f"rollback: all\n{ignore}")
    pull = await house.pull_request({CI: FINDING}, repository)

    assert the_run(pull).conclusion == "success"
    assert f"Policy: 1 setting by <code>{theirs(repository)}</code>, 2 settings by <code>{POLICY}</code>" in summary(
        pull
    )
    assert f"- `rollback`: [`{POLICY}:1`](" in summary(pull)


async def test_entries_of_both_ignore_lists_count(house: House) -> None:
    other = "cache-key-never-changes"
    cached = FINDING + "      - uses: actions/cache@v5\n        with: {path: ~/go/pkg/mod, key: go}\n"
    everywhere = f"ignore: [{{rule: {RULE}, reason: Known everywhere.}}]\n"
    repository = shop(house, everywhere, f"ignore: [{{rule: {other}, reason: Known here.}}]\n")
    pull = await house.pull_request({CI: cached}, repository)

    assert "Known everywhere." in summary(pull)
    assert f"says `{theirs(repository)}:1`" in summary(pull)


# -- what is locked ----------------------------------------------------------------------------------------------------


async def test_what_the_organisation_has_locked_cannot_be_softened_and_the_summary_says_so(house: House) -> None:
    repository = shop(house, LOCKED, f"# ours\n{OFF}")
    pull = await house.pull_request({CI: FINDING}, repository)

    assert (the_run(pull).conclusion, levels(pull)) == ("failure", ["failure"])
    assert f"- `severities.{RULE}` in [`{POLICY}:2`](" in summary(pull)
    assert f"locked in [`{theirs(repository)}:1`](" in summary(pull)


async def test_what_the_organisation_has_locked_cannot_be_ignored_by_a_comment(house: House) -> None:
    said = FINDING.replace("validate\n", f"validate  # ghapp: ignore[{RULE}] the image has it\n")
    pull = await house.pull_request({CI: said}, shop(house, LOCKED))

    assert the_run(pull).conclusion == "failure"
    assert "in vain: the organisation lets nobody ignore this rule" in the_run(pull).annotations[0].message


async def test_what_the_organisation_has_locked_cannot_be_ignored_by_a_reply_which_is_told_so(house: House) -> None:
    pull = await house.pull_request({CI: FINDING}, shop(house, LOCKED))
    (thread,) = pull.threads
    thread.reply("octo-dev", "/ghapp ignore The image has it")
    await house.settle()

    assert thread.comments[-1].body.startswith(f"The organisation lets nobody ignore what `{RULE}` finds")
    assert the_run(pull).conclusion == "failure"


async def test_what_the_organisation_has_locked_can_be_made_stricter(house: House) -> None:
    repository = shop(house, NOTICE + LOCKED, f"severities: {{{RULE}: warning}}\n")
    pull = await house.pull_request({CI: FINDING}, repository)

    assert levels(pull) == ["warning"]
    assert "in vain" not in summary(pull)


# -- what it costs -----------------------------------------------------------------------------------------------------


async def test_without_such_a_repository_a_first_review_takes_at_most_eight_requests(house: House) -> None:
    repository = shop(house, None)
    house.github.clear()
    await house.pull_request({CI: FINDING}, repository)
    minted = [call.body for call in house.github.calls if call.operation == MINT]

    assert len(house.github.calls) <= 8, house.github.operations
    assert {"repositories": [".github"], "permissions": {"metadata": "read", "contents": "read"}} in minted


@pytest.mark.parametrize("policy", [NOTICE, None], ids=["there", "missing"])
async def test_the_organisations_policy_is_remembered_and_so_is_that_there_is_none(
    house: House, policy: str | None
) -> None:
    repository = shop(house, policy)
    await house.pull_request({CI: FINDING}, repository)
    house.github.clear()
    repository.commit({CI: f"name: CI\n{FINDING}"}, branch="next")
    pull = repository.pull_request(head="next", title="Another change")
    await house.settle()

    assert levels(pull) == (["failure"] if policy is None else ["notice"])
    assert (house.github.operations.count(MINT), house.github.operations.count(CONTENT)) == (0, 0)
    assert len(house.github.calls) <= 7, house.github.operations


async def test_the_policy_is_read_beside_the_list_of_files_and_not_after_it(house: House) -> None:
    repository = shop(house, NOTICE)
    house.github.clear()
    await house.pull_request({CI: FINDING}, repository)
    order = house.github.operations

    assert order.index(CONTENT) < order.index("graphql")
    assert order.count("graphql") == 1


# -- what must not fail ------------------------------------------------------------------------------------------------


async def test_a_repository_without_the_file_is_no_policy(house: House) -> None:
    repository = shop(house, None)
    house.github.repository(f"{repository.owner.login}/.github", {"profile/README.md": "# Welcome\n"})
    pull = await house.pull_request({CI: FINDING}, repository)

    assert (the_run(pull).conclusion, "Policy" in summary(pull)) == ("failure", False)


async def test_a_link_in_its_place_is_no_policy(house: House) -> None:
    pull = await house.pull_request({CI: FINDING}, shop(house, File(b"../../etc/passwd", SYMLINK)))

    assert (the_run(pull).conclusion, "Policy" in summary(pull)) == ("failure", False)


@pytest.mark.parametrize("trouble", [{"status": 502}, {"timeout": "before"}, {"truncated": True}], ids=str)
@pytest.mark.parametrize("operation", [CONTENT])
async def test_a_policy_that_github_does_not_give_is_said_to_be_missing_and_fails_nothing(
    house: House, operation: str, trouble: dict[str, Any]
) -> None:
    repository = shop(house, OFF)
    house.github.fail(operation, times=3, **trouble)
    pull = await house.pull_request({CI: FINDING}, repository)

    assert levels(pull) == ["failure"]
    assert "The organisation's policy could not be read just now: this was checked without it." in summary(pull)


@pytest.mark.parametrize("status", [403, 404, 409, 451])
async def test_a_policy_that_github_refuses_to_give_does_not_exist(house: House, status: int) -> None:
    repository = shop(house, OFF)
    house.github.fail(CONTENT, status=status)
    pull = await house.pull_request({CI: FINDING}, repository)

    assert levels(pull) == ["failure"]


@pytest.mark.parametrize("policy", [BROKEN, b"\xff\xfe", b"# " + b"x" * (1 << 20)], ids=["key", "no text", "too large"])
@pytest.mark.parametrize("installed", [None, ["shop"]], ids=["installed", "public"])
async def test_a_policy_that_cannot_be_followed_is_said_with_its_repository_and_file(
    house: House, policy: str | bytes, installed: list[str] | None
) -> None:
    repository = shop(house, policy, private=installed is None, installed=installed)
    pull = await house.pull_request({CI: FINDING}, repository)
    run = the_run(pull)

    assert (run.conclusion, run.output["title"]) == ("action_required", "The policy cannot be followed")
    assert f"- `{theirs(repository)}:" in summary(pull)
    assert f"`{POLICY}` in the repository `{repository.owner.login}/.github` is the policy of all" in summary(pull)
    assert (run.annotations, pull.comments) == ([], [])


# -- changes of the policy ---------------------------------------------------------------------------------------------


async def test_a_change_of_the_policy_is_told_what_it_does_and_does_not_count_itself(house: House) -> None:
    added = FINDING + "      - run: terraform plan\n"
    repository = shop(house, NOTICE, f"severities: {{{RULE}: warning}}\n")
    pull = await house.pull_request({CI: added, POLICY: OFF}, repository)

    assert "warning" in levels(pull)
    assert "This change alters the policy. It is measured by the one before" in summary(pull)
    assert "1 finding would vanish" in summary(pull)


async def test_what_would_appear_is_told_also_of_files_that_the_change_does_not_touch(house: House) -> None:
    repository = shop(house, None, OFF, workflow=FINDING)
    pull = await house.pull_request({POLICY: NOTICE}, repository)

    assert the_run(pull).conclusion == "success"
    assert "1 finding would appear" in summary(pull)
    assert f"notice: [`{CI}:7`](" in summary(pull)


async def test_a_finding_that_is_only_weighed_differently_is_told_so(house: House) -> None:
    repository = shop(house, NOTICE, workflow=FINDING)
    pull = await house.pull_request({POLICY: f"severities: {{{RULE}: failure}}\n"}, repository)

    assert "1 finding would weigh differently" in summary(pull)
    assert "- notice, then failure: " in summary(pull)


async def test_a_change_that_takes_the_policy_away_is_told_what_that_does(house: House) -> None:
    repository = shop(house, None, OFF, workflow=FINDING)
    pull = await house.pull_request(repository=repository, deletes=[POLICY])

    assert the_run(pull).conclusion == "success"
    assert "1 finding would appear" in summary(pull)


async def test_a_fork_that_softens_the_policy_is_measured_by_the_one_before(house: House) -> None:
    repository = shop(house, LOCKED)
    fork = repository.fork(f"mallory-{repository.id}")
    fork.commit({CI: FINDING, POLICY: OFF + "locked: []\n"}, branch="patch-1")
    pull = repository.pull_request(head=f"{fork.owner.login}:patch-1", title="A gift")
    await house.settle()

    assert levels(pull) == ["failure"]
    assert "It is measured by the one before" in summary(pull)
    assert "finds the same in this repository" in summary(pull), "the organisation has locked what it softens"


async def test_a_change_of_the_organisations_policy_is_told_what_it_does_to_that_repository(house: House) -> None:
    owner = shop(house, "rollback: prod\n").owner.login
    home = house.github.repository(f"{owner}/.github")
    home.commit({CI: FINDING, "main.tf": TERRAFORM})
    pull = await house.pull_request({POLICY: OFF + LOCKED}, home)

    assert the_run(pull).conclusion == "success"
    assert "1 finding would vanish" in summary(pull)
    assert CONTENT not in house.github.operations[-8:], "it is the repository's own"


async def test_mistakes_in_a_change_of_the_organisations_policy_are_shown_at_their_lines(house: House) -> None:
    owner = shop(house, "rollback: prod\n").owner.login
    home = house.github.repository(f"{owner}/.github")
    pull = await house.pull_request({POLICY: f"rollback: prod\n{BROKEN}locked: [oidc]\n"}, home)

    assert the_run(pull).conclusion == "failure"
    assert [(each.path, each.start_line) for each in the_run(pull).annotations] == [(POLICY, 2), (POLICY, 3)]


async def test_the_change_that_mends_the_organisations_policy_is_checked_without_it(house: House) -> None:
    owner = shop(house, BROKEN).owner.login
    home = house.github.repository(f"{owner}/.github")
    pull = await house.pull_request({POLICY: LOCKED}, home)

    assert the_run(pull).conclusion == "success"


async def test_a_group_of_the_merge_queue_is_measured_by_the_organisations_policy_also_where_it_is_public(
    house: House,
) -> None:
    repository = shop(house, NOTICE, private=False, installed=["shop"])
    repository.commit({CI: FINDING}, branch="feature")
    pull = repository.pull_request(head="feature", title="A change")
    head = repository.merge_group(pull)
    await house.settle()

    assert [run.conclusion for run in repository.check_runs(head)] == ["neutral"]
