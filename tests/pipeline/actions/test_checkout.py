"""Where the repository stands after a checkout, and so what directories and local actions mean."""

from __future__ import annotations

import pytest
from pipeline.build import workflow_of

from ghapp.pipeline.model import Step
from ghapp.pipeline.tree import WORKSPACE

ACTION = {".github/actions/setup/action.yml": "runs: {using: composite, steps: [{run: inner, shell: bash}]}"}


def last_step(*steps: str, job: str = "") -> Step:
    lines = "\n".join(f"      - {step}" for step in steps)
    (only,) = workflow_of(f"jobs:\n  x:\n    runs-on: ubuntu-latest\n    {job}\n    steps:\n{lines}\n", ACTION).jobs
    return only.steps[-1]


def checkout(**inputs: str) -> str:
    given = ", ".join(f"{name}: '{value}'" for name, value in inputs.items())
    return f"{{uses: actions/checkout@v5, with: {{{given}}}}}"


OTHER = checkout(repository="other/tools")


@pytest.mark.parametrize(
    ("steps", "written", "directory"),
    [
        ([], "a", "a"),
        ([checkout()], "a", "a"),
        (["uses: actions/checkout@v5"], ".", ""),
        (["uses: Actions/Checkout@v5"], "a", "a"),
        (["uses: someone/checkout@v5"], "a", "a"),
        ([checkout(path="src/app")], "src/app/lib", "lib"),
        ([checkout(path="./src/app/")], "src/app", ""),
        ([checkout(path="src/app")], "src/application", None),
        ([checkout(path="src/app")], ".", None),
        ([checkout(path="${{ inputs.path }}")], "a", None),
        ([checkout(path="../out")], "a", None),
        ([checkout(path="${{ env.P }}")], "p/a", "a"),
        ([checkout(), checkout(repository="other/tools", path="tools")], "a", "a"),
        ([checkout(), checkout(repository="other/tools", path="tools")], "tools/a", None),
        ([OTHER], "a", None),
        ([OTHER, checkout(path="mine")], "mine/a", "a"),
        ([OTHER, checkout(path="mine")], "a", None),
        ([checkout(), OTHER], "a", None),
        ([OTHER, checkout()], "a", "a"),
        ([checkout(path="base"), checkout(path="head")], "base/a", "a"),
        ([checkout(repository="${{ github.repository }}")], "a", "a"),
        ([checkout(repository="${{github.event.pull_request.head.repo.full_name}}")], "a", "a"),
        ([checkout(repository="${{ inputs.repository }}")], "a", None),
        ([checkout(ref="${{ github.event.pull_request.head.sha }}")], "a", "a"),
        ([checkout(ref="refs/heads/main")], "a", "a"),
        ([checkout(ref="gh-pages")], "a", None),
        ([checkout(), checkout(ref="gh-pages", path="site")], "site", None),
    ],
)
def test_a_directory_belongs_to_the_deepest_checkout_around_it(
    steps: list[str], written: str, directory: str | None
) -> None:
    step = last_step(*steps, f"{{run: x, working-directory: {written}}}", job="env: {P: p}")

    assert step.directory == directory


@pytest.mark.parametrize(
    ("first", "second", "directory"),
    [
        ("{uses: actions/checkout@v5, if: a}", "{uses: actions/checkout@v5, if: b}", ""),
        ("{uses: actions/checkout@v5, if: a}", "{uses: actions/checkout@v5, with: {repository: x/y}, if: b}", None),
        ("{uses: actions/checkout@v5, with: {repository: x/y}, if: a}", "{uses: actions/checkout@v5, if: b}", None),
        ("{uses: actions/checkout@v5, with: {repository: x/y}, if: a}", "{uses: actions/checkout@v5}", ""),
    ],
)
def test_what_only_sometimes_stands_in_a_directory_is_unknown(first: str, second: str, directory: str | None) -> None:
    assert last_step(first, second, "run: x").directory == directory


@pytest.mark.parametrize(("step", "workspace"), [(checkout(), WORKSPACE), (checkout(path="app"), None), (OTHER, None)])
def test_the_workspace_is_the_repository_only_if_it_was_checked_out_there(step: str, workspace: str | None) -> None:
    run = last_step(
        step,
        "{run: x, env: {A: '${{ github.workspace }}', B: '${{ env.JOB }}'}}",
        job="env: {JOB: '${{ github.workspace }}'}",
    )

    assert [run.scope.variable(name) for name in ("GITHUB_WORKSPACE", "A", "B")] == [workspace] * 3


def test_a_local_action_is_found_below_the_checkout() -> None:
    step = last_step(checkout(path="src/app"), "uses: ./src/app/.github/actions/setup")

    assert (step.text and step.text.value, step.directory) == ("inner", None)


@pytest.mark.parametrize(
    ("first", "uses"),
    [
        (checkout(path="src/app"), "./.github/actions/setup"),
        (OTHER, "./.github/actions/setup"),
        (checkout(), "./../actions/setup"),
    ],
)
def test_a_local_action_outside_of_the_checkout_is_a_gap(first: str, uses: str) -> None:
    step = last_step(first, f"uses: {uses}")

    assert step.gap == f"`{uses}` is not known to stand in this repository."


@pytest.mark.parametrize(("step", "followed"), [(checkout(), ["echo inner"]), (checkout(path="app"), []), (OTHER, [])])
@pytest.mark.parametrize("workspace", ["$GITHUB_WORKSPACE", '"${GITHUB_WORKSPACE}"', "${{ github.workspace }}"])
def test_a_script_named_from_the_workspace_is_followed_if_that_is_the_repository(
    step: str, followed: list[str], workspace: str
) -> None:
    text = f"jobs: {{x: {{steps: [{step}, {{run: '{workspace}/lib/inner.sh'}}]}}}}"

    (job,) = workflow_of(text, {"lib/inner.sh": "echo inner"}).jobs

    assert [command.raw for command in job.commands][1:] == followed


@pytest.mark.parametrize("before", [checkout(), OTHER, checkout(path="src"), "run: make"])
def test_an_action_of_the_running_commit_is_read_whatever_was_checked_out(before: str) -> None:
    step = last_step(before, "uses: $/.github/actions/setup")

    assert step.text is not None
    assert step.text.value == "inner"
