"""A composite action by itself."""

from __future__ import annotations

import pytest
from pipeline.build import workflow_of

from ghapp.pipeline.model import Pipeline, RunnerKind
from ghapp.pipeline.rule import Platform
from ghapp.pipeline.tree import WORKSPACE

SETUP = ".github/actions/setup/action.yml"
TEXT = """
inputs: {a: {default: b}}
runs:
  using: composite
  steps:
    - {run: make, shell: bash}
    - {uses: ./.github/actions/other}
"""
OTHER = {".github/actions/other/action.yml": "runs: {using: composite, steps: [{run: other, shell: sh}]}"}


def action_of(text: str = TEXT, path: str = SETUP) -> Pipeline:
    return workflow_of(text, OTHER, path=path)


def test_it_is_one_job_on_an_unknown_runner() -> None:
    pipeline = action_of()

    (job,) = pipeline.jobs

    assert pipeline.platform is Platform.ACTION
    assert (job.id, job.key.value, job.runner.kind) == ("action", "runs", RunnerKind.UNKNOWN)
    assert [step.text and step.text.value for step in job.steps] == ["make", "other"]


def test_its_inputs_are_unknown_since_every_caller_gives_its_own() -> None:
    step = action_of().jobs[0].steps[0]

    assert step.scope.expression("inputs.a") is None
    assert step.scope.expression("github.action_path") == f"{WORKSPACE}/.github/actions/setup"


@pytest.mark.parametrize(("path", "directory"), [(SETUP, ""), ("action.yml", None), ("tools/x/action.yaml", None)])
def test_one_that_other_repositories_may_use_runs_in_an_unknown_workspace(path: str, directory: str | None) -> None:
    step = action_of(path=path).jobs[0].steps[0]

    assert step.directory == directory


@pytest.mark.parametrize(
    "text",
    ["", "name: x", "runs: text", "runs: {using: node24, main: x.js}", "runs: {using: docker, steps: [{run: x}]}"],
)
def test_any_other_action_has_no_jobs(text: str) -> None:
    assert action_of(text).jobs == ()


def test_a_composite_action_without_steps_does_nothing() -> None:
    (job,) = action_of("runs: {using: composite}").jobs

    assert job.steps == ()
