"""The check run as people meet it: from the signed webhook to what it says."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from house import CI, FINDING, TERRAFORM, WORKFLOW, House, open_house

from ghapp.demo.github import CheckRun, Pull

pytestmark = pytest.mark.asyncio(loop_scope="module")

POLICY = ".github/ghapp.yml"
UNORDERED = """\
on: push
jobs:
  unit-tests:
    runs-on: ubuntu-24.04
    steps:
      - run: npm test
  deploy-production:
    runs-on: ubuntu-24.04
    steps:
      - run: kubectl apply -f k8s/
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[House]:
    async with open_house(tmp_path_factory.mktemp("house")) as house:
        yield house


def the_run(pull: Pull) -> CheckRun:
    (run,) = pull.repository.check_runs(pull.head_sha)
    return run


def said(pull: Pull) -> str:
    return str(the_run(pull).output["summary"])


async def test_the_title_says_what_is_wrong(house: House) -> None:
    pull = await house.pull_request({CI: FINDING})

    assert the_run(pull).output["title"] == "1 failure in 1 CI file: terraform validate runs before terraform init"


async def test_every_place_is_a_link_to_its_line_at_the_reviewed_commit(house: House) -> None:
    pull = await house.pull_request({CI: FINDING})
    address = f"{house.settings.github_url}/{pull.repository.full_name}/blob/{pull.head_sha}/{CI}#L7"

    assert f"| [`{CI}:7`]({address}) |" in said(pull)


async def test_a_deploy_that_waits_for_nothing_is_shown_in_a_picture_of_the_jobs(house: House) -> None:
    pull = await house.pull_request({CI: UNORDERED})

    assert f"The order of the jobs in `{CI}`" in said(pull)
    assert '```mermaid\nflowchart LR\nj0["unit-tests"]\n' in said(pull)


async def test_what_was_there_before_is_one_folded_line(house: House) -> None:
    repository = house.repository({CI: FINDING, "main.tf": TERRAFORM})
    pull = await house.pull_request({CI: FINDING + "      - run: make test\n"}, repository)

    assert "<summary>1 finding from before this change</summary>" in said(pull)
    assert the_run(pull).conclusion == "success"


async def test_what_the_change_ignores_is_said_with_the_reason_and_where_it_is_written(house: House) -> None:
    hushed = FINDING.replace("validate", "validate  # ghapp: ignore[terraform-validate-without-init] the image has it")
    pull = await house.pull_request({CI: hushed})

    assert "This change ignores these findings:" in said(pull)
    assert f"the image has it (says `{CI}:7`)" in said(pull)
    assert the_run(pull).output["title"] == "No new findings, 1 ignored"


@pytest.mark.parametrize(("fails_on", "conclusion"), [("never", "neutral"), ("warning", "failure")])
async def test_the_policy_decides_what_fails_the_check(house: House, fails_on: str, conclusion: str) -> None:
    files = {CI: WORKFLOW, "main.tf": TERRAFORM, POLICY: f"fails_on: {fails_on}\n"}
    pull = await house.pull_request({CI: FINDING}, house.repository(files))

    assert the_run(pull).conclusion == conclusion


async def test_a_policy_that_cannot_be_followed_asks_for_action(house: House) -> None:
    files = {CI: WORKFLOW, "main.tf": TERRAFORM, POLICY: "fails_on: often\n"}
    pull = await house.pull_request({CI: FINDING}, house.repository(files))

    assert the_run(pull).conclusion == "action_required"
    assert f"- `{POLICY}:1:11`: `fails_on` is " in said(pull)


async def test_the_time_taken_is_said(house: House) -> None:
    assert " s · delivery `" in said(await house.pull_request({CI: FINDING}))
