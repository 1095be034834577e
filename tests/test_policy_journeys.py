"""From the signed webhook to the check run, in repositories that have a policy."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from house import CI, TERRAFORM, WORKFLOW, House, open_house

from ghapp.demo.github import CheckRun, Pull, Repository

pytestmark = pytest.mark.asyncio(loop_scope="module")

RULE = "terraform-validate-without-init"
POLICY = ".github/ghapp.yml"
OFF = f"severities: {{{RULE}: off}}\n"
NOTICE = f"severities: {{{RULE}: notice}}\n"
BROKEN = "complience: [pci-dss]\n"
FINDING = WORKFLOW.replace("24.04", "22.04").replace("run: make", "run: terraform validate")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[House]:
    async with open_house(tmp_path_factory.mktemp("house")) as house:
        yield house


def with_policy(house: House, policy: str, workflow: str = WORKFLOW) -> Repository:
    return house.repository({CI: workflow, "main.tf": TERRAFORM, POLICY: policy})


def the_run(pull: Pull) -> CheckRun:
    (run,) = pull.repository.check_runs(pull.head_sha)
    return run


def levels(pull: Pull) -> list[str]:
    return [each.annotation_level for each in the_run(pull).annotations]


async def test_the_base_branchs_policy_counts(house: House) -> None:
    pull = await house.pull_request({CI: FINDING}, with_policy(house, NOTICE))

    assert (the_run(pull).conclusion, levels(pull)) == ("neutral", ["notice"])


async def test_a_pull_request_cannot_turn_a_rule_off_for_itself(house: House) -> None:
    pull = await house.pull_request({CI: FINDING, POLICY: OFF}, with_policy(house, NOTICE))

    assert levels(pull) == ["notice"]


async def test_a_pull_request_that_brings_the_first_policy_is_checked_without_one(house: House) -> None:
    pull = await house.pull_request({CI: FINDING, POLICY: OFF})

    assert the_run(pull).conclusion == "failure"


async def test_a_pull_request_that_takes_the_policy_away_is_still_checked_by_it(house: House) -> None:
    pull = await house.pull_request({CI: FINDING}, with_policy(house, OFF), deletes=[POLICY])

    assert the_run(pull).conclusion == "success"


async def test_the_policy_of_today_counts_for_a_branch_that_began_before_it(house: House) -> None:
    repository = house.repository()
    repository.commit({CI: FINDING}, branch="feature")
    repository.commit({POLICY: OFF})
    pull = repository.pull_request(head="feature", title="A change")
    await house.settle()

    assert the_run(pull).conclusion == "success"


async def test_a_policy_that_cannot_be_followed_is_said_with_its_place_and_nothing_is_checked(house: House) -> None:
    pull = await house.pull_request({CI: FINDING}, with_policy(house, BROKEN))
    run = the_run(pull)

    assert (run.conclusion, run.output["title"]) == ("action_required", "The policy cannot be followed")
    assert "`.github/ghapp.yml:1:1`: `complience` is no setting. Did you mean `compliance`?" in run.output["summary"]
    assert run.annotations == []


async def test_the_pull_request_that_mends_the_policy_is_checked_without_one(house: House) -> None:
    pull = await house.pull_request({POLICY: OFF}, with_policy(house, BROKEN, FINDING))

    assert the_run(pull).conclusion == "success"


async def test_a_pull_request_that_breaks_the_policy_is_told_where(house: House) -> None:
    pull = await house.pull_request({POLICY: f"rollback: prod\n{BROKEN}"}, with_policy(house, "rollback: prod\n"))
    run = the_run(pull)

    assert (run.conclusion, run.output["title"]) == ("failure", "1 broken file in 1 CI file")
    assert [(each.path, each.start_line) for each in run.annotations] == [(POLICY, 2)]


async def test_a_policy_that_is_no_text_is_said_to_be_none(house: House) -> None:
    repository = house.repository({CI: WORKFLOW, POLICY: b"\xff\xfe"})
    pull = await house.pull_request({CI: FINDING}, repository)

    assert the_run(pull).conclusion == "action_required"
    assert "The file is not `UTF-8`" in the_run(pull).output["summary"]


async def test_a_comment_of_the_pull_request_ignores_and_is_listed_with_its_reason(house: House) -> None:
    said = FINDING.replace("validate\n", f"validate  # ghapp: ignore[{RULE}] the image is *ours*, @octocat\n")
    pull = await house.pull_request({CI: said})
    run = the_run(pull)

    assert run.conclusion == "success"
    assert f"`{CI}:7`]" in run.output["summary"]
    assert f": `{RULE}`: the image is `*ours*`, `@octocat` (says `{CI}:7`)" in run.output["summary"]


async def test_what_was_ignored_in_a_changed_file_before_is_counted(house: House) -> None:
    said = FINDING.replace("validate\n", f"validate  # ghapp: ignore[{RULE}] the image has it\n")
    repository = house.repository({CI: said, "main.tf": TERRAFORM, ".github/workflows/other.yml": said})
    pull = await house.pull_request({CI: f"name: CI\n{said}"}, repository)

    assert "1 finding ignored as before" in the_run(pull).output["summary"]


async def test_an_entry_that_the_change_makes_superfluous_is_named(house: House) -> None:
    policy = f"ignore:\n  - rule: {RULE}\n    reason: Known.\n"
    pull = await house.pull_request({CI: WORKFLOW}, with_policy(house, policy, FINDING))

    assert [(each.path, each.start_line) for each in the_run(pull).annotations] == [(POLICY, 2)]
    assert the_run(pull).conclusion == "neutral"


async def test_an_entry_that_is_superfluous_anyway_is_not_held_against_the_change(house: House) -> None:
    policy = f"ignore: [{{rule: {RULE}, reason: Known.}}, {{rule: {RULE}, reason: Old., until: 2020-01-01}}]\n"
    pull = await house.pull_request({CI: f"name: CI\n{WORKFLOW}"}, with_policy(house, policy))

    assert the_run(pull).conclusion == "success"


async def test_the_policy_is_read_with_everything_else(house: House) -> None:
    repository = with_policy(house, OFF)
    house.github.clear()
    await house.pull_request({CI: FINDING}, repository)

    assert house.github.operations.count("graphql") == 1
