"""What a workflow says about its steps."""

from __future__ import annotations

import pytest
from pipeline.build import workflow_of

from ghapp.pipeline.model import Step, StepKind


def steps_of(steps: str, job: str = "runs-on: ubuntu-latest", top: str = "") -> tuple[Step, ...]:
    """The steps of a job with the given lines."""
    lines = "\n".join(f"    {line}" for line in [*job.splitlines(), "steps:", *steps.strip("\n").splitlines()])
    (only,) = workflow_of(f"{top}\njobs:\n  x:\n{lines}\n").jobs
    return only.steps


def step_of(step: str, job: str = "runs-on: ubuntu-latest", top: str = "") -> Step:
    (only,) = steps_of(f"- {step}", job, top)
    return only


def test_steps_stand_in_order_with_name_id_and_condition() -> None:
    steps = steps_of("- {run: make, name: Make, id: m, if: always()}\n- {uses: actions/cache@v4}")

    assert [(step.index, step.kind, step.name, step.id, step.condition) for step in steps] == [
        (0, StepKind.RUN, "Make", "m", "always()"),
        (1, StepKind.USES, "", "", None),
    ]
    assert steps[0].text is not None
    assert steps[0].text.value == "make"
    assert steps[0].place.line == 6


@pytest.mark.parametrize(
    ("uses", "name", "ref", "comment"),
    [
        ("actions/checkout@v5", "actions/checkout", "v5", ""),
        ("actions/cache/save@abc # v4.2", "actions/cache/save", "abc", "v4.2"),
        ("'actions/cache@v4'  # newest", "actions/cache", "v4", "newest"),
        ("actions/checkout", "actions/checkout", "", ""),
        ("docker://alpine", "docker://alpine", "", ""),
        ("docker://ghcr.io:443/a/b:1.2", "docker://ghcr.io:443/a/b", "1.2", ""),
        ("docker://alpine@sha256:abc", "docker://alpine", "sha256:abc", ""),
    ],
)
def test_uses_has_a_name_a_ref_and_the_comment_behind_it(uses: str, name: str, ref: str, comment: str) -> None:
    used = step_of(f"uses: {uses}").uses

    assert used is not None
    assert (used.name, used.ref, used.comment, used.local) == (name, ref, comment, False)


def test_the_comment_may_stand_behind_more_of_the_line() -> None:
    first, last = steps_of("- {uses: a/b@abc, with: {c: d}} # v1\n- uses: a/b@abc #v2")

    assert first.uses is not None
    assert last.uses is not None
    assert (first.uses.comment, last.uses.comment) == ("v1", "v2")


def test_inputs_are_what_stands_below_with() -> None:
    step = step_of("{uses: a/b@v1, with: {path: x, path: y, list: [a]}}")

    assert (step.input("path"), step.input("list"), step.input("gone")) == ("x", None, None)


def test_a_used_action_is_itself_what_happens() -> None:
    step = step_of("uses: a/b@v1")

    assert step.trail == (step,)


WINDOWS = "runs-on: windows-latest"
BOTH = "runs-on: ${{ matrix.os }}\nstrategy: {matrix: {os: [windows-latest, ubuntu-latest]}}"


@pytest.mark.parametrize(
    ("step", "job", "top", "shell", "errexit", "pipefail"),
    [
        ("{run: x}", "runs-on: ubuntu-latest", "", "bash", True, False),
        ("{run: x}", "runs-on: macos-latest", "", "bash", True, False),
        ("{run: x}", "runs-on: [self-hosted, linux]", "", "bash", True, False),
        ("{run: x}", WINDOWS, "", "pwsh", True, False),
        ("{run: x}", "runs-on: [self-hosted, Windows]", "", "pwsh", True, False),
        ("{run: x}", BOTH, "", "bash", True, False),
        ("{run: x, if: runner.os == 'Windows'}", BOTH, "", "pwsh", True, False),
        ("{run: x, if: \"startsWith(matrix.os, 'windows')\"}", BOTH, "", "pwsh", True, False),
        ("{run: x, if: runner.os != 'Windows'}", BOTH, "", "bash", True, False),
        ("{run: x, if: matrix.os == 'ubuntu-latest'}", BOTH, "", "bash", True, False),
        ('{run: x, if: "?"}', BOTH, "", "bash", True, False),
        ("{run: x}", "runs-on: ubuntu-latest\ncontainer: node", "", "sh", True, False),
        ("{run: x, shell: bash}", WINDOWS, "", "bash", True, True),
        ("{run: x, shell: sh}", WINDOWS, "", "sh", True, False),
        ("{run: x, shell: pwsh}", "", "", "pwsh", True, False),
        ("{run: x, shell: powershell}", "", "", "powershell", True, False),
        ("{run: x, shell: cmd}", "", "", "cmd", False, False),
        ("{run: x, shell: python}", "", "", "python", True, False),
        ("{run: x, shell: 'bash -l {0}'}", "", "", "bash", False, False),
        ("{run: x, shell: 'bash -x -e {0}'}", "", "", "bash", True, False),
        ("{run: x, shell: 'bash --noprofile -eo pipefail {0}'}", "", "", "bash", True, True),
        ("{run: x, shell: 'bash -o errexit -o pipefail {0}'}", "", "", "bash", True, True),
        ("{run: x, shell: 'bash -o'}", "", "", "bash", False, False),
        ("{run: x, shell: /bin/dash -e}", "", "", "sh", True, False),
        ("{run: x, shell: 'script -q -c \"bash -eo pipefail {0}\"'}", "", "", "bash", True, True),
        ("{run: x, shell: 'C:\\msys\\bash.exe -e {0}'}", "", "", "bash", True, False),
        ("{run: x, shell: 'nix develop -c bash -e {0}'}", "", "", "bash", True, False),
        ("{run: x, shell: '/usr/bin/perl {0}'}", "", "", "perl", False, False),
        ("{run: x, shell: '\"'}", "", "", "unknown", False, False),
        ("{run: x, shell: '${{ inputs.shell }}'}", "", "", "unknown", False, False),
        ("{run: x, shell: '${{ matrix.s }}'}", "strategy: {matrix: {s: [bash]}}", "", "bash", True, True),
        ("{run: x}", "defaults: {run: {shell: bash}}", "defaults: {run: {shell: sh}}", "bash", True, True),
        ("{run: x}", "", "defaults: {run: {shell: sh}}", "sh", True, False),
        ("{run: x, shell: bash}", "defaults: {run: {shell: sh}}", "", "bash", True, True),
    ],
)
def test_the_shell_is_that_of_step_job_workflow_or_runner(
    step: str, job: str, top: str, shell: str, errexit: bool, pipefail: bool
) -> None:
    run = step_of(step, job, top)

    assert (run.shell, run.errexit, run.pipefail) == (shell, errexit, pipefail)


@pytest.mark.parametrize(
    ("step", "job", "top", "directory"),
    [
        ("{run: x}", "", "", ""),
        ("{run: x, working-directory: ./a/b/}", "", "", "a/b"),
        ("{run: x, working-directory: a/../b//./c}", "", "", "b/c"),
        ("{run: x, working-directory: .}", "", "", ""),
        ("{run: x}", "defaults: {run: {working-directory: job}}", "defaults: {run: {working-directory: top}}", "job"),
        ("{run: x}", "", "defaults: {run: {working-directory: top}}", "top"),
        ("{run: x, working-directory: own}", "defaults: {run: {working-directory: job}}", "", "own"),
        ("{run: x, working-directory: '${{ env.D }}/x'}", "env: {D: dir}", "", "dir/x"),
        ("{run: x, working-directory: '${{ github.workspace }}/x'}", "", "", "x"),
        ("{run: x, working-directory: '${{ matrix.d }}'}", "strategy: {matrix: {d: [a]}}", "", "a"),
        ("{run: x, working-directory: '${{ matrix.d }}'}", "strategy: {matrix: {d: [a, b]}}", "", None),
        ("{run: x, working-directory: '${{ inputs.d }}'}", "", "", None),
        ("{run: x, working-directory: ../a}", "", "", None),
        ("{run: x, working-directory: /tmp}", "", "", None),
        ("{run: x, working-directory: ~/a}", "", "", None),
        ("{run: x, working-directory: $HOME}", "", "", None),
        ("{run: x, working-directory: 'a\\b'}", "", "", None),
        (f"{{run: x, working-directory: {'a' * 2000}}}", "", "", None),
    ],
)
def test_the_directory_is_that_of_step_job_or_workflow(step: str, job: str, top: str, directory: str | None) -> None:
    assert step_of(step, job, top).directory == directory


@pytest.mark.parametrize(
    ("step", "job", "tolerated"),
    [
        ("{run: x, continue-on-error: true}", "", True),
        ("{run: x, continue-on-error: '${{ matrix.e }}'}", "strategy: {matrix: {e: [true]}}", True),
        ("{run: x, continue-on-error: '${{ inputs.e }}'}", "", False),
        ("{run: x, continue-on-error: false}", "", False),
        ("{run: x}", "continue-on-error: true", True),
        ("{run: x}", "continue-on-error: '${{ matrix.e }}'", False),
        ("{uses: a/b@v1, continue-on-error: true}", "", True),
    ],
)
def test_a_step_that_may_fail_is_tolerated_only_if_that_is_certain(step: str, job: str, tolerated: bool) -> None:
    assert step_of(step, job).tolerated is tolerated
