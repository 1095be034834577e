"""What happens in a job, in order: the commands of its scripts, the actions it uses, and gaps."""

from __future__ import annotations

from pipeline.build import workflow_of

from ghapp.pipeline.model import Command, Gap, Mask

FILES = {
    ".github/actions/ship/action.yml": """
        inputs: {image: {}}
        runs:
          using: composite
          steps: [{run: "docker push ${{ inputs.image }}", shell: bash}]
        """,
    "lib/deploy.sh": "#!/bin/bash\nhelm upgrade app .\n",
}


def test_commands_of_scripts_actions_and_called_files_stand_in_one_row() -> None:
    (job,) = workflow_of(
        """
        jobs:
          x:
            defaults: {run: {working-directory: lib}}
            steps:
              - uses: actions/checkout@v5
              - run: go build .
              - {uses: ./.github/actions/ship, with: {image: 'a:1'}}
              - uses: ./.github/actions/gone
              - run: ./deploy.sh
        """,
        FILES,
    ).jobs

    row = [
        item.reason
        if isinstance(item, Gap)
        else item.raw
        if isinstance(item, Command)
        else item.uses and item.uses.name
        for item in job.trail
    ]

    assert row == [
        "actions/checkout",
        "go build .",
        "docker push ${{ inputs.image }}",
        "./.github/actions/gone",
        "The repository has no action in `.github/actions/gone`.",
        "./deploy.sh",
        "helm upgrade app .",
    ]


def test_a_command_in_an_action_knows_its_place_and_the_inputs() -> None:
    (job,) = workflow_of("jobs: {x: {steps: [{uses: ./.github/actions/ship, with: {image: 'a:1'}}]}}", FILES).jobs

    (command,) = job.commands

    assert (command.path, command.place.line) == (".github/actions/ship/action.yml", 5)
    assert command.expand(command.words[2]) == "a:1"
    assert [call.path for call in command.step.calls] == [".github/workflows/ci.yml"]


def test_a_tolerated_step_masks_its_commands() -> None:
    (job,) = workflow_of("jobs: {x: {steps: [{run: trivy fs ., continue-on-error: true}]}}").jobs

    assert [command.masks for command in job.commands] == [(Mask.TOLERATED,)]


def test_what_other_shells_run_is_a_gap() -> None:
    (job,) = workflow_of("jobs: {x: {steps: [{run: Get-Item, shell: pwsh}, {run: x, shell: perl}]}}").jobs

    assert all(isinstance(item, Gap) for item in job.trail)
    assert len(job.trail) == 2


def test_the_files_that_were_followed_are_told() -> None:
    pipeline = workflow_of("jobs: {x: {steps: [{uses: ./.github/actions/ship}, {run: lib/deploy.sh}]}}", FILES)

    assert pipeline.called >= set(FILES)
