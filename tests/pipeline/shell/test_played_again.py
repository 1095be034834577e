"""A script that runs in many jobs is run on paper once; every job has commands of its own all the same."""

from pipeline.build import workflow_of

from ghapp.pipeline import Command, Gap, Job, Pipeline
from ghapp.pipeline.shell.tape import MAX_TAPES

ACTION = """\
inputs:
  where:
    default: staging
runs:
  using: composite
  steps:
    - shell: bash
      run: |
        cd app
        echo hi | tee log.txt
        bash ${{ inputs.where }}.sh
"""
FILES = {
    ".github/actions/ship/action.yml": ACTION,
    "app/staging.sh": "make ship\n",
    "app/production.sh": "kubectl apply\n",
}


def shipping(*places: str) -> Pipeline:
    """A job for each place, calling the action for it."""
    jobs = "".join(
        f"""\
  job{number}:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v6
      - uses: ./.github/actions/ship
        with: {{where: {place}}}
"""
        for number, place in enumerate(places)
    )
    return workflow_of(f"on: push\njobs:\n{jobs}", FILES)


def raws(job: Job) -> list[str]:
    return [command.raw for command in job.commands]


def test_the_same_commands_run_in_every_job() -> None:
    first, second = shipping("staging", "staging").jobs

    assert (
        raws(first) == raws(second) == ["cd app", "echo hi", "tee log.txt", "bash ${{ inputs.where }}.sh", "make ship"]
    )
    assert [command.directory for command in second.commands] == ["", "app", "app", "app", "app"]


def test_each_belongs_to_its_own_job() -> None:
    for job in shipping("staging", "staging").jobs:
        assert all(command.job is job for command in job.commands)
        assert all(command in command.script.commands for command in job.commands)


def test_pipes_stay_within_the_job() -> None:
    for job in shipping("staging", "staging").jobs:
        echo, tee = job.commands[1:3]

        assert (echo.piped_to, tee.piped_from) == (tee, echo)


def test_another_input_runs_another_script() -> None:
    jobs = shipping("staging", "production", "staging").jobs

    assert [raws(job)[-1] for job in jobs] == ["make ship", "kubectl apply", "make ship"]


def test_what_cannot_be_followed_is_a_gap_in_every_job() -> None:
    for job in shipping("lost", "lost").jobs:
        assert [item.reason for item in job.trail if isinstance(item, Gap)] == [
            "`app/lost.sh` is not in the repository: it is made or downloaded while the job runs."
        ]


def test_any_number_of_inputs_is_followed() -> None:
    places = [f"place{number}" for number in range(MAX_TAPES + 2)] * 2
    jobs = shipping(*places).jobs

    assert all(f"app/{place}.sh" in str(job.trail[-1]) for place, job in zip(places, jobs, strict=True))


def test_what_is_run_again_counts_like_what_is_run_for_the_first_time() -> None:
    files = {
        **FILES,
        ".github/actions/ship/action.yml": ACTION.replace("cd app", "cd app\n" + "        date\n" * 3_000),
    }
    job = "{runs-on: ubuntu-24.04, steps: [{uses: ./.github/actions/ship}]}"
    text = "on: push\njobs:\n" + "".join(f"  job{number}: {job}\n" for number in range(3))
    jobs = workflow_of(text, files).jobs
    counts = [sum(isinstance(item, Command) for item in job.trail) for job in jobs]

    assert counts[0] == counts[1] > 3_000 > counts[2]
    assert any(isinstance(item, Gap) and "more shell" in item.reason for item in jobs[2].trail)
