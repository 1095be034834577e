"""What variables and expressions mean where a step runs."""

from __future__ import annotations

from textwrap import dedent

import pytest
from pipeline.build import workflow_of

from ghapp.pipeline.model import Step
from ghapp.pipeline.tree import WORKSPACE


def step_of(job: str, top: str = "", number: int = -1) -> Step:
    lines = "\n".join(f"    {line}" for line in job.strip("\n").splitlines())
    (only,) = workflow_of(f"{top}\njobs:\n  x:\n{lines}\n").jobs
    return only.steps[number]


@pytest.mark.parametrize(
    ("step", "job", "top", "value"),
    [
        ("env: {A: step}, run: x", "env: {A: job}", "env: {A: top}", "step"),
        ("run: x", "env: {A: job}", "env: {A: top}", "job"),
        ("run: x", "env: {}", "env: {A: top}", "top"),
        ("run: x", "container: {image: node, env: {A: container}}", "", "container"),
        ("run: x", "env: text", "env: [A]", None),
        ("run: x", "env: {A: [a]}", "env: {A: top}", None),
        ("run: x", "env: {A: 1, A: 2}", "", "1"),
        ("run: x", "env: {A: }", "", ""),
        ("run: x", "env: {a: lower}", "", None),
        ("env: {A: '${{ env.A }}/x'}, run: x", "env: {A: job}", "", "job/x"),
        ("env: {A: '${{ env.B }}'}, run: x", "env: {C: job}", "", None),
        ("run: x", "env: {A: 'v${{ env.B }}'}", "env: {B: '${{ ''1'' }}'}", "v1"),
        ("run: x", "env: {A: '${{ secrets.A }}'}", "", None),
        ("run: x", "env: {A: '${{ env.A }}'}", "", None),
        ("run: x", "env: {A: '${{ matrix.a }}'}\nstrategy: {matrix: {a: [1]}}", "", "1"),
    ],
)
def test_a_variable_has_the_value_of_the_nearest_env(step: str, job: str, top: str, value: str | None) -> None:
    assert step_of(f"{job}\nsteps: [{{{step}}}]", top).scope.variable("A") == value


def test_a_step_keeps_its_own_env() -> None:
    env = step_of("steps: [{run: x, env: {A: b}}]").env

    assert {name: node.text for name, node in env.items()} == {"A": "b"}


EXPORTING = """
env: {A: job, B: job}
steps:
  - run: echo before
  - run: echo "A=new" >> "$GITHUB_ENV"
  - run: echo after
  - {run: echo own, env: {A: step}}
"""


def test_a_variable_that_an_earlier_step_may_have_set_is_not_certain() -> None:
    values = [step_of(EXPORTING, number=number).scope.variable("A") for number in range(4)]

    assert values == ["job", "job", None, "step"]


def test_a_script_of_github_script_may_set_a_variable_too() -> None:
    text = """
        env: {A: job}
        steps:
          - uses: actions/github-script@v8
            with: {script: "core.exportVariable('A', 'new')"}
          - run: echo after
    """

    assert step_of(dedent(text)).scope.variable("A") is None


def test_the_other_variables_stay_certain() -> None:
    scope = step_of(EXPORTING, number=2).scope

    assert (scope.variable("B"), scope.expression("env.B"), scope.expression("env.A")) == ("job", "job", None)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("${{ 'it''s' }}", "it's"),
        ("'text'", "text"),
        ("${{ 12 }}", "12"),
        ("${{ 1.5 }}", None),
        ("${{ true }}", "true"),
        ("${{ null }}", ""),
        ("${{ env.A }}", "b"),
        ("${{ ENV['A'] }}", "b"),
        ("${{ env.a }}", None),
        ("${{ Matrix.Go }}", "1.24"),
        ("${{ matrix['go'] }}", "1.24"),
        ("${{ github.workspace }}", WORKSPACE),
        ("${{ runner.os }}", "Linux"),
        ("${{ inputs.x }}", None),
        ("${{ github.sha }}", None),
        ("${{ secrets.X }}", None),
        ("${{ vars.X }}", None),
        ("${{ needs.a.outputs.b }}", None),
        ("${{ steps.a.outputs.b }}", None),
        ("${{ env }}", None),
        ("${{ env.* }}", None),
        ("${{ env[0] }}", None),
        ("${{ env.A || 'c' }}", None),
        ("${{ format('{0}', env.A) }}", None),
        ("${{ 'open }}", None),
        ("${{ ; }}", None),
        ("${{ }}", None),
        ("", None),
        ("!", None),
    ],
)
def test_an_expression_has_a_value_only_if_nothing_is_computed(expression: str, value: str | None) -> None:
    step = step_of(
        "runs-on: ubuntu-latest\nenv: {A: b}\nstrategy: {matrix: {go: ['1.24']}}\nsteps: [{run: x}]",
        top="on: {workflow_dispatch: {inputs: {x: {default: y}}}}",
    )

    assert step.scope.expression(expression) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${{ env.A }}${{ env.A }}", "bb"),
        ("a ${{ 'x }} y' }} b", "a x }} y b"),
        ("${{ '}}' }}${{ 'a' }}", "}}a"),
        ("${{ env.A", "${{ env.A"),
        ("${{ 'open }} b", "${{ 'open }} b"),
        ("a }} b", "a }} b"),
        ("${{ env.A }} ${{ secrets.B }}", None),
    ],
)
def test_a_value_is_certain_if_all_its_expressions_are(text: str, value: str | None) -> None:
    quoted = text.replace("'", "''")

    step = step_of(f"env: {{A: b}}\nsteps: [{{run: x, env: {{V: '{quoted}'}}}}]")

    assert step.scope.variable("V") == value


@pytest.mark.parametrize(
    ("runs_on", "value"),
    [
        ("ubuntu-24.04-arm", "Linux"),
        ("windows-latest", "Windows"),
        ("macos-15", "macOS"),
        ("self-hosted", None),
        ("[ubuntu-latest, self-hosted]", None),
        ("${{ inputs.x }}", None),
    ],
)
def test_the_system_is_known_of_githubs_own_runners(runs_on: str, value: str | None) -> None:
    scope = step_of(f"runs-on: {runs_on}\nsteps: [{{run: x}}]").scope

    assert (scope.variable("RUNNER_OS"), scope.expression("runner.os")) == (value, value)


def test_the_workspace_is_the_root_of_the_repository() -> None:
    scope = step_of("steps: [{run: x}]").scope

    assert (scope.variable("GITHUB_WORKSPACE"), scope.variable("GITHUB_ACTION_PATH")) == (WORKSPACE, None)


def test_values_that_double_with_every_level_end_as_unknown() -> None:
    twice = "${{ env.A }}" * 5000

    step = step_of(
        f"env: {{A: '{twice}'}}\nsteps: [{{run: x, env: {{A: '{twice}'}}}}]", top=f"env: {{A: {'x' * 1000}}}"
    )

    assert step.scope.variable("A") is None


def test_names_that_expand_too_far_stay_as_written() -> None:
    (job,) = workflow_of(
        f"""
        jobs:
          x:
            strategy: {{matrix: {{a: [{"x" * 1000}]}}}}
            environment: {"${{ matrix.a }}" * 100}
        """
    ).jobs

    assert job.environment == "${{ matrix.a }}" * 100
