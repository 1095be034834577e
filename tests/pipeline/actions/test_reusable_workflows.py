"""Reusable workflows of the repository, inlined where a workflow calls them."""

from __future__ import annotations

import pytest
from pipeline.build import workflow_of

from ghapp.pipeline.model import Pipeline

DEPLOY = ".github/workflows/deploy.yml"
CALL = "uses: ./.github/workflows/deploy.yml"


def called(callee: str, job: str = "", rest: str = "", top: str = "", **files: str) -> Pipeline:
    """A workflow whose job `go` calls the workflow at DEPLOY. `job`: more lines of it; `rest`: more jobs."""
    text = f"{top}\njobs:\n  go:\n    {CALL}\n{_indented(job, 4)}\n{_indented(rest, 2)}\n"
    return workflow_of(text, {DEPLOY: callee, **files})


def _indented(text: str, by: int) -> str:
    return "\n".join(" " * by + line for line in text.strip("\n").splitlines())


TWO = """
on: {workflow_call: {}}
jobs:
  build: {runs-on: ubuntu-latest, steps: [{run: make}]}
  ship: {name: Ship it, needs: build, steps: [{run: ship}]}
"""


def test_its_jobs_stand_in_place_of_the_job_that_calls_it() -> None:
    pipeline = called(TWO, rest="after: {needs: go}")

    assert [(job.id, job.name, job.kind) for job in pipeline.jobs] == [
        ("go/build", "go / build", "build"),
        ("go/ship", "go / Ship it", "build"),
        ("after", "", "build"),
    ]
    assert [[(call.path, call.line) for call in job.calls] for job in pipeline.jobs] == [
        [(".github/workflows/ci.yml", 4)],
        [(".github/workflows/ci.yml", 4)],
        [],
    ]
    assert all(job.pipeline is pipeline for job in pipeline.jobs)


def test_steps_within_know_their_file_and_the_call() -> None:
    (step,) = called(TWO).jobs[0].steps

    assert step.path == DEPLOY
    assert [call.line for call in step.calls] == [4]


def test_needs_lead_through_the_called_workflow() -> None:
    pipeline = called(TWO, "needs: before", "before: {}\nafter: {needs: go}")

    assert {job.id: [need.job for need in job.needs] for job in pipeline.jobs} == {
        "go/build": ["before"],
        "go/ship": ["go/build"],
        "before": [],
        "after": ["go/build", "go/ship"],
    }


def test_a_need_stands_where_it_is_written() -> None:
    build = called(TWO, "needs: before", "before: {}").jobs[0]

    assert [need.node.place.path for need in build.needs] == [".github/workflows/ci.yml"]


def test_a_workflow_calls_another_one() -> None:
    inner = "on: workflow_call\njobs: {z: {steps: [{run: x}]}}"

    pipeline = called("jobs: {y: {uses: ./.github/workflows/z.yml}}", **{".github/workflows/z.yml": inner})

    assert [(job.id, job.name) for job in pipeline.jobs] == [("go/y/z", "go / y / z")]
    assert [call.path for call in pipeline.jobs[0].calls] == [".github/workflows/ci.yml", DEPLOY]


INPUTS = """
on:
  workflow_call:
    inputs:
      given: {type: string}
      default: {type: string, default: d}
      text: {type: string}
      flag: {type: boolean}
      count: {type: number}
      computed: {default: '${{ github.ref }}'}
jobs:
  x: {runs-on: '${{ inputs.given }}', steps: [{run: x}]}
"""


def test_inputs_are_what_the_caller_gives_or_the_default_or_the_types_empty_value() -> None:
    (job,) = called(INPUTS, "with: {given: '${{ matrix.os }}'}\nstrategy: {matrix: {os: [ubuntu-latest]}}").jobs
    (step,) = job.steps

    values = {name: step.scope.expression(f"inputs.{name}") for name in ("given", "default", "text", "flag", "count")}

    assert values == {"given": "ubuntu-latest", "default": "d", "text": "", "flag": "false", "count": "0"}
    assert step.scope.expression("inputs.computed") is None
    assert job.runner.labels == ("ubuntu-latest",)


def test_an_input_that_the_caller_does_not_know_is_unknown() -> None:
    (job,) = called(INPUTS, "with: {default: '${{ github.ref }}'}").jobs

    assert job.steps[0].scope.expression("inputs.default") is None


def test_alone_its_inputs_are_unknown() -> None:
    (job,) = workflow_of(INPUTS, path=DEPLOY).jobs

    assert job.steps[0].scope.expression("inputs.default") is None


def test_env_and_defaults_of_the_caller_do_not_reach_into_it() -> None:
    callee = "env: {B: callee}\njobs: {x: {steps: [{run: x}]}}"

    (job,) = called(callee, top="env: {A: caller, B: caller}\ndefaults: {run: {shell: bash}}").jobs
    (step,) = job.steps

    assert (step.scope.variable("A"), step.scope.variable("B"), step.pipefail) == (None, "callee", False)


def test_matrix_and_condition_of_the_caller() -> None:
    callee = "jobs: {x: {if: always(), steps: [{run: x}]}}"

    (job,) = called(callee, "if: github.ref == 'a'\nstrategy: {matrix: {os: [a]}}").jobs

    assert job.condition == "(github.ref == 'a') && (always())"
    assert (job.matrix, job.steps[0].scope.expression("matrix.os"), job.steps[0].condition) == (None, None, None)


@pytest.mark.parametrize(
    ("caller", "callee", "group"),
    [("concurrency: a", "concurrency: b", "b"), ("concurrency: a", "", "a")],
)
def test_concurrency_of_the_caller_holds_unless_the_callee_has_its_own(caller: str, callee: str, group: str) -> None:
    (job,) = called(f"{callee}\njobs: {{x: {{steps: []}}}}", caller).jobs

    assert job.concurrency is not None
    assert job.concurrency.text == group


@pytest.mark.parametrize(
    ("caller", "callee", "permissions"),
    [
        ("", "", None),
        ("permissions: {contents: read}", "", {"contents": "read"}),
        ("", "permissions: {contents: write}", {"contents": "write"}),
        (
            "permissions: {contents: read, id-token: write}",
            "permissions: {contents: write, packages: write, id-token: write}",
            {"contents": "read", "packages": "none", "id-token": "write"},
        ),
        ("permissions: {contents: odd}", "permissions: {contents: read}", {"contents": "odd"}),
    ],
)
def test_permissions_are_those_of_the_callee_within_those_of_the_caller(
    caller: str, callee: str, permissions: dict[str, str] | None
) -> None:
    (job,) = called(f"{callee}\njobs: {{x: {{steps: []}}}}", caller).jobs

    assert job.permissions == permissions


@pytest.mark.parametrize(
    ("uses", "gap"),
    [
        ("owner/repo/.github/workflows/x.yml@v1", "`owner/repo/.github/workflows/x.yml` stands in another repository."),
        ("./../x.yml", "`./../x.yml` stands in another repository."),
        ("./.github/workflows/gone.yml", "`.github/workflows/gone.yml` could not be read."),
        ("./.github/workflows/broken.yml", "`.github/workflows/broken.yml` is not valid YAML (line 1)."),
        ("./.github/workflows/empty.yml", "`.github/workflows/empty.yml` has no jobs."),
        ("{a: b}", "`` stands in another repository."),
    ],
)
def test_a_workflow_that_cannot_be_followed_is_a_job_with_a_gap(uses: str, gap: str) -> None:
    files = {".github/workflows/broken.yml": "a: [", ".github/workflows/empty.yml": "on: workflow_call"}

    (job,) = workflow_of(f"jobs: {{x: {{uses: {uses}, needs: a, with: {{b: c}}}}}}", files).jobs

    assert (job.id, job.kind, job.gap, job.steps) == ("x", "reusable", gap, ())
    assert [need.job for need in job.needs] == ["a"]
    assert {name: node.text for name, node in job.inputs.items()} == {"b": "c"}
    assert job.uses is not None
    assert [item.reason for item in job.trail if not hasattr(item, "job")] == [gap]  # type: ignore[union-attr]


def test_a_workflow_that_calls_itself_ends() -> None:
    jobs = called(f"jobs: {{x: {{{CALL}}}}}").jobs

    assert [(job.id, job.gap) for job in jobs] == [("go/x/x/x/x", "More is called here than is followed.")]


def test_actions_nest_as_deep_in_a_called_workflow_as_elsewhere() -> None:
    step = "runs: {using: composite, steps: [{uses: ./a%d}]}"
    files = {f"a{number}/action.yml": step % (number + 1) for number in range(3)}
    files["a3/action.yml"] = "runs: {using: composite, steps: [{run: x, shell: bash}]}"

    (job,) = called("jobs: {x: {steps: [{uses: ./a0}]}}", **files).jobs

    assert [step.path for step in job.steps] == ["a3/action.yml"]


def test_workflows_that_multiply_end_within_the_budget() -> None:
    files = {
        f".github/workflows/a{number}.yml": "jobs:\n"
        + "\n".join(f"  {'j' * 200}{at}: {{uses: ./.github/workflows/a{number + 1}.yml}}" for at in range(60))
        for number in range(4)
    } | {".github/workflows/a4.yml": "jobs: {x: {steps: [{run: x}]}}"}

    pipeline = workflow_of("jobs: {a: {uses: ./.github/workflows/a0.yml}, b: {needs: a}}", files)

    assert len(pipeline.jobs) < 50_000
    assert any(job.gap == "More is called here than is followed." for job in pipeline.jobs)
    assert len(pipeline.jobs[-1].needs) == 1


def test_a_workflow_of_the_running_commit_is_inlined_too() -> None:
    pipeline = workflow_of("jobs:\n  go: {uses: $/.github/workflows/deploy.yml}\n", {DEPLOY: TWO})

    assert [job.id for job in pipeline.jobs] == ["go/build", "go/ship"]
