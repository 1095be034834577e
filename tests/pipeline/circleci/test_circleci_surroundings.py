"""Where a job of CircleCI runs: runner, services, shell, directory."""

import pytest
from pipeline.build import config_of

from ghapp.pipeline.model import Job, RunnerKind


def job_of(keys: str, more: str = "") -> Job:
    (job,) = config_of(f"""\
        {more}
        jobs:
          a: {{steps: [{{run: make}}], {keys}}}
    """).jobs
    return job


def test_the_first_image_runs_the_steps_and_the_others_serve():
    job = job_of("docker: [{image: cimg/node:22.1}, {image: cimg/postgres:17.0, name: db}, {image: redis}]")

    assert (job.runner.kind, job.runner.image, job.runner.node.text) == (
        RunnerKind.DOCKER,
        "cimg/node:22.1",
        "cimg/node:22.1",
    )
    assert [(each.name, each.image, each.node.place.line) for each in job.services] == [
        ("db", "cimg/postgres:17.0", 3),
        ("", "redis", 3),
    ]


@pytest.mark.parametrize(
    ("keys", "kind", "labels", "image"),
    [
        ("machine: {image: ubuntu-2404:current}, resource_class: large", "machine", ("large",), "ubuntu-2404:current"),
        ("machine: true", "machine", (), None),
        ("machine: true, resource_class: acme/big", "unknown", ("acme/big",), None),
        ("docker: [{image: a/b:1}], resource_class: acme/big", "unknown", ("acme/big",), "a/b:1"),
        ("macos: {xcode: 16.0.0}, resource_class: m2pro.large", "machine", ("macos", "m2pro.large"), None),
        (
            "machine: {image: windows-server-2022-gui:current}",
            "machine",
            ("windows",),
            "windows-server-2022-gui:current",
        ),
        ("machine: {image: x}, resource_class: windows.medium", "machine", ("windows", "windows.medium"), "x"),
        ("docker: []", "docker", (), None),
        ("docker: [{name: x}]", "docker", (), None),
        ('docker: [{image: "<< parameters.i >>:1"}]', "docker", (), None),
        ('docker: [{image: "cimg/go:<< parameters.i >>"}]', "docker", (), "cimg/go:<< parameters.i >>"),
        ("executor: nowhere", "unknown", (), None),
        ("executor: {}", "unknown", (), None),
        ("executor: node/default", "unknown", (), None),
        ("executor: {name: win/default, size: large}", "machine", ("windows",), None),
        ("working_directory: ~/x", "unknown", (), None),
    ],
)
def test_the_runner_is_read_from_the_job(keys: str, kind: str, labels: tuple[str, ...], image: str | None):
    job = job_of(keys, more="orbs: {win: circleci/windows@5, node: circleci/node@6}")

    assert (job.runner.kind, job.runner.labels, job.runner.image) == (kind, labels, image)


def test_an_executor_gives_what_the_job_does_not_say():
    (job,) = config_of("""\
        executors:
          go:
            parameters: {version: {type: string, default: "1.23"}}
            docker: [{image: "cimg/go:<< parameters.version >>"}]
            resource_class: small
            shell: /bin/sh
            working_directory: ~/shop
            environment: {A: executor, B: executor}
        jobs:
          a:
            parameters: {v: {type: string, default: "1.24"}}
            executor: {name: go, version: << parameters.v >>}
            resource_class: large
            environment: {A: job}
            steps: [checkout, {run: make}]
    """).jobs

    assert (job.runner.image, job.runner.labels) == ("cimg/go:1.24", ("large",))
    assert {name: node.text for name, node in job.env.items()} == {"A": "job", "B": "executor"}
    assert (job.steps[1].shell, job.steps[1].errexit, job.steps[1].directory) == ("sh", False, "")


def test_the_jobs_own_image_replaces_that_of_the_executor():
    job = job_of(
        "executor: big, docker: [{image: mine}]",
        more="executors: {big: {machine: {image: ubuntu-2404:current}, environment: {A: b}}}",
    )

    assert (job.runner.kind, job.runner.image, list(job.env)) == (RunnerKind.DOCKER, "mine", ["A"])


def test_an_executor_may_be_a_parameter():
    pipeline = config_of("""\
        executors:
          linux: {docker: [{image: cimg/base:2024.12}]}
          mac: {macos: {xcode: 16.0.0}}
        jobs:
          a:
            parameters: {os: {type: executor}}
            executor: << parameters.os >>
            steps: [{run: make}]
        workflows:
          main:
            jobs:
              - a: {name: one, os: linux}
              - a: {name: two, os: {name: mac}}
    """)

    assert [job.runner.kind for job in pipeline.jobs] == [RunnerKind.DOCKER, RunnerKind.MACHINE]


def test_the_name_of_an_executor_is_looked_up_where_it_is_written():
    (job,) = config_of("""\
        orbs:
          mine:
            executors: {linux: {docker: [{image: theirs}]}}
            jobs:
              build:
                parameters: {e: {type: executor, default: linux}}
                executor: {name: << parameters.e >>}
                steps: [{run: make}]
        executors: {linux: {docker: [{image: ours}]}}
        workflows: {main: {jobs: [mine/build: {e: linux}]}}
    """).jobs

    assert job.runner.image == "ours"


@pytest.mark.parametrize(
    ("keys", "shell", "errexit", "pipefail"),
    [
        ("docker: [{image: cimg/base:2024.12}]", "bash", True, True),
        ("docker: [{image: alpine/terragrunt:1.5}]", "sh", True, True),
        ("docker: [{image: python:3.13-alpine}]", "sh", True, True),
        ("machine: {image: windows-server-2022-gui:current}", "pwsh", False, False),
        ("machine: {image: windows-server-2022-gui:current, shell: bash.exe -eo pipefail}", "bash", True, True),
        ("executor: {name: win/default, shell: bash.exe}", "bash", False, False),
        ("shell: /bin/sh", "sh", False, False),
        ("shell: bash -x", "bash", False, False),
        ("shell: bash -eox pipefail", "bash", True, True),
        ("shell: /bin/bash --login -eo pipefail", "bash", True, True),
        ("shell: /bin/sh -leo pipefail", "sh", True, True),
        ("shell: /usr/bin/env bash -e", "bash", True, False),
        ("shell: bash -e -o pipefail", "bash", True, True),
        ("shell: bash -o errexit", "bash", True, False),
        ("shell: bash -o", "bash", False, False),
        ('shell: "C:\\\\Windows\\\\powershell.exe -ExecutionPolicy Bypass"', "pwsh", False, False),
        ("shell: python3 -u", "python", False, False),
        ("shell: << parameters.shell >>", "unknown", False, False),
        ("shell: ''", "unknown", False, False),
    ],
)
def test_the_shell_and_its_options_are_read(keys: str, shell: str, errexit: bool, pipefail: bool):
    (step,) = job_of(keys, more="orbs: {win: circleci/windows@5}").steps

    assert (step.shell, step.errexit, step.pipefail) == (shell, errexit, pipefail)


def test_a_step_may_name_its_own_shell():
    (job,) = config_of("""\
        jobs:
          a:
            shell: bash -e
            steps:
              - run: {command: make, shell: /bin/sh}
              - run: {command: make, shell: ""}
    """).jobs

    assert [(step.shell, step.errexit) for step in job.steps] == [("sh", False), ("bash", True)]


def directories(steps: str, keys: str = "", more: str = "") -> list[str | None]:
    (job,) = config_of(f"""\
        {more}
        jobs:
          a:
            parameters: {{d: {{type: string, default: infra}}}}
            {keys}
            steps: {steps}
    """).jobs
    return [step.directory for step in job.steps if step.text is not None]


@pytest.mark.parametrize(
    ("given", "directory"),
    [
        (".", ""),
        ("./infra/", "infra"),
        ("infra/../app", "app"),
        ("~/project", ""),
        ("~/project/app", "app"),
        ("/home/circleci/project/app", "app"),
        ("<< parameters.d >>/prod", "infra/prod"),
        ("<< parameters.none >>", None),
        ("$HOME/project", None),
        ("..", None),
        ("/tmp", None),
        ("~", None),
        ("~/projects", None),
    ],
)
def test_a_steps_directory_is_named_from_the_repositorys_root(given: str, directory: str | None):
    found = directories(f'[checkout, {{run: {{command: make, working_directory: "{given}"}}}}, {{run: make}}]')

    assert found == [directory, ""]


def test_the_jobs_own_working_directory_is_the_root():
    run = "{run: {command: make, working_directory: app}}"

    assert directories(f"[checkout, {run}]", keys="working_directory: ~/shop") == ["app"]
    assert directories(f"[checkout, {run}]", keys="working_directory: /go/src/shop") == ["app"]


def test_a_checkout_elsewhere_moves_the_root():
    steps = "[checkout: {path: src}, {run: make}, {run: {command: make, working_directory: src/app}}]"

    assert directories(steps) == [None, "app"]


def test_the_innermost_checkout_counts():
    steps = "[checkout, {checkout: {path: src}}, {run: {command: make, working_directory: src/app}}]"

    assert directories(steps) == ["app"]


def test_a_checkout_at_an_unknown_path_leaves_the_root_unknown():
    assert directories("[checkout: {path: << parameters.none >>}, {run: make}]") == [None]


def test_an_orbs_checkout_counts():
    more = "orbs: {git: guitarrapc/git-shallow-clone@2}"

    assert directories("[git/checkout: {path: src}, {run: make}]", more=more) == [None]


def test_a_job_that_brings_no_files_counts_as_standing_in_the_repository():
    assert directories("[{run: make}]") == [""]


@pytest.mark.parametrize(
    ("root", "at", "keys", "directory"),
    [
        (".", ".", "", ""),
        ("~/project", ".", "", ""),
        ("~/", "~/", "working_directory: ~/shop", ""),
        ("/tmp/w", "/tmp/w", "", None),
        ("dist", ".", "", None),
        (".", "<< parameters.none >>", "", None),
    ],
)
def test_an_attached_workspace_brings_the_repository_if_it_is_put_where_it_was_taken(
    root: str, at: str, keys: str, directory: str | None
):
    found = directories(
        f'[attach_workspace: {{at: "{at}"}}, {{run: make}}, persist_to_workspace: {{root: "{root}", paths: ["."]}}]',
        keys=keys,
    )

    assert found == [directory]


def test_a_workspace_that_nobody_fills_tells_nothing():
    assert directories("[attach_workspace: {at: .}, {run: make}]") == [None]
    assert directories("[attach_workspace, {run: make}]") == [None]
