"""Composite actions of the repository, expanded where a workflow calls them."""

from __future__ import annotations

import pytest
from pipeline.build import workflow_of

from ghapp.pipeline.model import Gap, Job, StepKind
from ghapp.pipeline.tree import WORKSPACE, Tree

SETUP = ".github/actions/setup/action.yml"
CALL = "uses: ./.github/actions/setup"


def job_of(action: str, step: str = f"{{{CALL}}}", job: str = "", **files: str) -> Job:
    """A job with one step, in a repository with the action at SETUP."""
    text = f"jobs:\n  x:\n    runs-on: ubuntu-latest\n    {job}\n    steps:\n      - {step}\n"
    (only,) = workflow_of(text, {SETUP: action, **files}).jobs
    return only


def composite(*steps: str, inputs: str = "{}") -> str:
    lines = "\n".join(f"    - {step}" for step in steps)
    return f"inputs: {inputs}\nruns:\n  using: composite\n  steps:\n{lines}\n"


ONE = composite("{run: make, shell: bash}")


def test_its_steps_stand_in_place_of_the_step_that_calls_it() -> None:
    action = composite("{run: first, shell: bash}", "{uses: a/b@v1}")
    text = f"jobs:\n  x:\n    steps:\n      - run: before\n      - {CALL}\n      - run: after\n"

    (job,) = workflow_of(text, {SETUP: action}).jobs

    assert [(step.index, step.kind, step.path.rpartition("/")[2]) for step in job.steps] == [
        (0, StepKind.RUN, "ci.yml"),
        (1, StepKind.RUN, "action.yml"),
        (2, StepKind.USES, "action.yml"),
        (3, StepKind.RUN, "ci.yml"),
    ]
    assert [[(call.path, call.line) for call in step.calls] for step in job.steps] == [
        [],
        [(".github/workflows/ci.yml", 5)],
        [(".github/workflows/ci.yml", 5)],
        [],
    ]


def test_comments_are_those_of_the_action() -> None:
    (step,) = job_of(composite("uses: a/b@abc # v1")).steps

    assert step.uses is not None
    assert step.uses.comment == "v1"


@pytest.mark.parametrize("name", ["action.yml", "action.yaml"])
def test_its_file_has_either_ending(name: str) -> None:
    (job,) = workflow_of("jobs: {x: {steps: [{uses: ./a}]}}", {f"a/{name}": ONE}).jobs

    assert [step.path for step in job.steps] == [f"a/{name}"]


def test_it_may_stand_at_the_root() -> None:
    (job,) = workflow_of("jobs: {x: {steps: [{uses: ./}]}}", {"action.yml": ONE}).jobs

    assert [step.path for step in job.steps] == ["action.yml"]


INPUTS = """{
  given: {}, default: {default: d}, none: {}, expression: {default: '${{ github.token }}'},
  W: {default: '${{ github.workspace }}'}}"""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("given", "g/1"),
        ("GIVEN", "g/1"),
        ("default", "d"),
        ("none", ""),
        ("expression", None),
        ("w", WORKSPACE),
        ("undeclared", None),
    ],
)
def test_inputs_are_what_the_caller_gives_or_the_default(name: str, value: str | None) -> None:
    action = composite("{run: x, shell: bash}", inputs=INPUTS)

    (step,) = job_of(action, f"{{{CALL}, with: {{Given: 'g/${{{{ env.E }}}}', undeclared: u}}}}", "env: {E: 1}").steps

    assert step.scope.expression(f"inputs.{name}") == value


@pytest.mark.parametrize("given", ["'${{ secrets.X }}'", "[a]"])
def test_an_input_that_is_not_certain_at_the_call_is_unknown(given: str) -> None:
    action = composite("{run: x, shell: bash}", inputs="{a: {default: d}}")

    (step,) = job_of(action, f"{{{CALL}, with: {{a: {given}}}}}").steps

    assert step.scope.expression("inputs.a") is None


def test_inputs_of_the_caller_do_not_reach_into_an_action_that_it_calls() -> None:
    outer = composite("{uses: ./inner, with: {b: '${{ inputs.a }}'}}", inputs="{a: {default: x}}")
    inner = composite("{run: x, shell: bash}", inputs="{b: {}}")

    (step,) = job_of(outer, **{"inner/action.yml": inner}).steps

    assert (step.scope.expression("inputs.b"), step.scope.expression("inputs.a")) == ("x", None)
    assert [call.path for call in step.calls] == [".github/workflows/ci.yml", SETUP]


def test_matrix_runner_and_action_path_are_known_within() -> None:
    (step,) = job_of(ONE, job="strategy: {matrix: {go: [a]}}").steps

    values = [step.scope.expression(name) for name in ("matrix.go", "runner.os", "github.action_path")]

    assert values == ["a", "Linux", f"{WORKSPACE}/.github/actions/setup"]
    assert step.scope.variable("GITHUB_ACTION_PATH") == f"{WORKSPACE}/.github/actions/setup"


def test_env_of_job_and_calling_step_reaches_into_it() -> None:
    action = composite("{run: x, shell: bash, env: {C: '${{ env.B }}'}}")

    (step,) = job_of(action, f"{{{CALL}, env: {{B: call}}}}", "env: {A: job, B: job}").steps

    assert [step.scope.variable(name) for name in "ABC"] == ["job", "call", "call"]
    assert {name: node.text for name, node in step.env.items()} == {"B": "call", "C": "${{ env.B }}"}


def test_what_a_step_within_exports_is_not_certain_behind_it() -> None:
    action = composite("{run: echo A=1 >> $GITHUB_ENV, shell: bash}", "{run: x, shell: bash}")

    first, second = job_of(action, job="env: {A: job}").steps

    assert (first.scope.variable("A"), second.scope.variable("A")) == ("job", None)


def test_defaults_of_the_job_do_not_reach_into_it() -> None:
    action = composite("{run: x}", "{run: x, shell: sh, working-directory: here}")

    first, second = job_of(action, job="defaults: {run: {shell: bash, working-directory: app}}").steps

    assert (first.shell, first.directory, second.shell, second.directory) == ("unknown", "", "sh", "here")


@pytest.mark.parametrize(
    ("caller", "inner", "condition"),
    [
        ("failure()", "", "failure()"),
        ("", "inputs.a", "inputs.a"),
        ("${{ failure() }}", "inputs.a || b", "(failure()) && (inputs.a || b)"),
        ("a" * 9000, "b" * 9000, "a" * 9000),
        ("", "", None),
    ],
)
def test_its_steps_run_when_the_conditions_of_both_hold(caller: str, inner: str, condition: str | None) -> None:
    action = composite(f"{{run: x, shell: bash, if: '{inner}'}}")

    (step,) = job_of(action, f"{{{CALL}, if: '{caller}'}}").steps

    assert step.condition == condition


def test_a_tolerated_call_tolerates_its_steps() -> None:
    (step,) = job_of(ONE, f"{{{CALL}, continue-on-error: true}}").steps

    assert step.tolerated


def test_a_checkout_within_counts_for_what_follows() -> None:
    action = composite("{uses: actions/checkout@v5, with: {path: app}}")
    text = f"jobs:\n  x:\n    steps:\n      - {CALL}\n      - {{run: x, working-directory: app/lib}}\n      - run: x\n"

    (job,) = workflow_of(text, {SETUP: action}).jobs

    assert [step.directory for step in job.steps[1:]] == ["lib", None]
    assert job.steps[2].scope.variable("GITHUB_WORKSPACE") is None


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        ("runs: {using: docker, image: Dockerfile}", f"`{SETUP}` runs with docker."),
        ("runs: {using: node24, main: index.js}", f"`{SETUP}` runs with node24."),
        ("name: nothing", f"`{SETUP}` runs with nothing that is known."),
        ("", f"`{SETUP}` runs with nothing that is known."),
        ("a: [", f"`{SETUP}` is not valid YAML (line 1)."),
        ("\0", f"`{SETUP}` is not valid YAML (line 1)."),
    ],
)
def test_an_action_that_cannot_be_followed_is_a_gap(action: str, reason: str) -> None:
    (step,) = job_of(action).steps

    assert (step.kind, step.gap) == (StepKind.USES, reason)
    assert step.trail == (step, Gap(step.place, reason))


def test_an_action_that_the_repository_has_not_is_a_gap() -> None:
    (job,) = workflow_of(f"jobs: {{x: {{steps: [{{{CALL}}}]}}}}").jobs

    assert [step.gap for step in job.steps] == ["The repository has no action in `.github/actions/setup`."]


def test_an_action_whose_text_is_not_at_hand_is_a_gap_and_asked_for() -> None:
    pipeline = workflow_of(f"jobs: {{x: {{steps: [{{{CALL}}}]}}}}", paths=[SETUP])

    (job,) = pipeline.jobs

    assert [step.gap for step in job.steps] == [f"`{SETUP}` could not be read."]
    assert pipeline.tree.wanted == {SETUP}


def test_without_a_list_of_paths_the_usual_name_is_asked_for() -> None:
    pipeline = workflow_of(f"jobs: {{x: {{steps: [{{{CALL}}}]}}}}")
    pipeline.tree = Tree(None, lambda path: None)

    (step,) = pipeline.jobs[0].steps

    assert step.gap == f"`{SETUP}` could not be read."
    assert pipeline.tree.wanted == {SETUP}


def test_an_action_that_calls_itself_ends() -> None:
    (step,) = job_of(composite(f"{{{CALL}}}")).steps

    assert step.gap == "More is called here than is followed."
    assert len(step.calls) == 4


def test_more_than_forty_files_are_not_followed() -> None:
    files = {f"a{number}/action.yml": ONE for number in range(50)}
    steps = ", ".join(f"{{uses: ./a{number}}}" for number in range(50))

    (job,) = workflow_of(f"jobs: {{x: {{steps: [{steps}]}}}}", files).jobs

    assert [step.gap for step in job.steps] == [None] * 40 + ["More is called here than is followed."] * 10


def test_actions_that_multiply_end_within_the_budget() -> None:
    files = {f"a{number}/action.yml": composite(*[f"{{uses: ./a{number + 1}}}"] * 100) for number in range(3)} | {
        "a3/action.yml": composite(*["{run: x, shell: bash}"] * 100)
    }

    (job,) = workflow_of("jobs: {x: {steps: [{uses: ./a0}]}}", files).jobs

    assert len(job.steps) < 50_000
    assert job.steps[-1].gap == "More is called here than is followed."
