"""Which values a matrix can give."""

from __future__ import annotations

import pytest
from pipeline.build import workflow_of

from ghapp.pipeline.model import Job, RunnerKind


def job_of(matrix: str, rest: str = "") -> Job:
    (job,) = workflow_of(f"jobs:\n  x:\n    strategy:\n      matrix: {matrix}\n    {rest}\n").jobs
    return job


@pytest.mark.parametrize(
    ("matrix", "values"),
    [
        ("{os: [a, b], go: [1.24]}", {"os": ("a", "b"), "go": ("1.24",)}),
        ("{os: [a, a]}", {"os": ("a",)}),
        ("{os: [a], include: [{os: b}, {os: a, extra: c}]}", {"os": ("a", "b"), "extra": ("c",)}),
        ("{include: [{os: a}, {os: b}]}", {"os": ("a", "b")}),
        ("{os: [a], exclude: [{os: a}]}", {"os": ("a",)}),
        ("{on: [{os: a, arch: x}, {os: b}]}", {"on.os": ("a", "b"), "on.arch": ("x",)}),
        ("{os: [a], go: '${{ fromJSON(x) }}'}", {"os": ("a",)}),
        ("{os: [a, '${{ inputs.os }}'], go: [1]}", {"go": ("1",)}),
        ("{os: '${{ fromJSON(x) }}', include: [{os: a}]}", {}),
        ("{os: [[a]], go: [1]}", {"go": ("1",)}),
        ("{os: [a], include: '${{ fromJSON(x) }}'}", {}),
        ("{os: [a], include: [text]}", {"os": ("a",)}),
        ("${{ fromJSON(x) }}", {}),
        ("{Os: [a]}", {"Os": ("a",)}),
        ("{os: []}", {}),
        ("{a: [{b: {c: {d: {e: f}}}}]}", {}),
    ],
)
def test_every_value_is_listed_unless_one_is_unknown(matrix: str, values: dict[str, tuple[str, ...]]) -> None:
    assert job_of(matrix).matrix == values


@pytest.mark.parametrize(
    ("matrix", "value"),
    [
        ("{os: [a]}", "a"),
        ("{OS: [a]}", "a"),
        ("{os: [a, b]}", None),
        ("{include: [{os: a}, {os: a}]}", "a"),
        ("{include: [{os: a}, {x: b}]}", None),
        ("{go: [1, 2], include: [{os: a}]}", "a"),
        ("{go: [1, 2], include: [{go: 1, os: a}]}", None),
        ("{go: ['${{ inputs.go }}'], include: [{go: 1, os: a}]}", None),
        ("{os: [a], go: [1], include: [{go: 2}]}", None),
        ("{os: [a], go: [1], include: [{go: 1, x: y}]}", "a"),
        ("{os: [a], go: [1], include: [{go: 2, os: a}]}", "a"),
    ],
)
def test_a_reference_is_certain_if_every_combination_has_the_same_value(matrix: str, value: str | None) -> None:
    (step,) = job_of(matrix, "steps: [{run: make}]").steps

    assert step.scope.expression("${{ matrix.os }}") == value


def test_what_only_some_entries_of_a_list_have_is_not_certain() -> None:
    (step,) = job_of("{on: [{os: a, arch: x}, {os: a}]}", "steps: [{run: make}]").steps

    assert (step.scope.expression("matrix.on.os"), step.scope.expression("matrix.on.arch")) == ("a", None)


@pytest.mark.parametrize(
    ("matrix", "runs_on", "kind", "labels"),
    [
        ("{os: [ubuntu-latest, macos-15]}", "${{ matrix.os }}", RunnerKind.HOSTED, ("ubuntu-latest", "macos-15")),
        ("{os: [ubuntu, macos]}", "${{ matrix.os }}-latest", RunnerKind.HOSTED, ("ubuntu-latest", "macos-latest")),
        ("{on: [{os: ubuntu-latest}]}", "${{ matrix.on.os }}", RunnerKind.HOSTED, ("ubuntu-latest",)),
        ("{os: [ubuntu-latest, mine]}", "${{ matrix.os }}", RunnerKind.UNKNOWN, ("ubuntu-latest", "mine")),
        ("{os: [a, b]}", "[self-hosted, '${{ matrix.os }}']", RunnerKind.UNKNOWN, ("self-hosted", "a", "b")),
        ("{os: [a, b]}", "${{ matrix.gone }}", RunnerKind.UNKNOWN, ()),
        ("{os: '${{ fromJSON(x) }}'}", "${{ matrix.os }}", RunnerKind.UNKNOWN, ()),
    ],
)
def test_runs_on_takes_every_value_of_the_matrix(
    matrix: str, runs_on: str, kind: RunnerKind, labels: tuple[str, ...]
) -> None:
    runner = job_of(matrix, f"runs-on: {runs_on}").runner

    assert (runner.kind, runner.labels) == (kind, labels)


def test_more_values_than_github_makes_jobs_are_unknown() -> None:
    many = ", ".join(str(number) for number in range(20))

    runner = job_of(f"{{a: [{many}], b: [{many}]}}", "runs-on: ${{ matrix.a }}-${{ matrix.b }}").runner

    assert runner.labels == ()
