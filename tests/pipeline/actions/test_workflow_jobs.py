"""What a workflow says about its jobs."""

from __future__ import annotations

import pytest
from pipeline.build import workflow_of

from ghapp.pipeline.actions import triggers
from ghapp.pipeline.model import Job, RunnerKind
from ghapp.pipeline.rule import Platform


def job_of(text: str, top: str = "") -> Job:
    """The job `x` with the given lines in it, in a workflow with the lines `top`."""
    lines = "\n".join(f"    {line}" for line in text.strip("\n").splitlines())
    (job,) = workflow_of(f"{top.strip()}\njobs:\n  x:\n{lines}\n").jobs
    return job


def test_a_job_knows_its_file_and_where_its_name_stands() -> None:
    pipeline = workflow_of("on: push\njobs:\n  build:\n    name: Build it\n    runs-on: ubuntu-latest\n")

    (job,) = pipeline.jobs

    assert pipeline.platform is Platform.ACTIONS
    assert (job.id, job.name, job.kind, job.pipeline) == ("build", "Build it", "build", pipeline)
    assert (job.key.place.line, job.key.place.column) == (3, 3)
    assert job.node.place.line == 4


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("on: push", ["push"]),
        ("on: [push, pull_request]", ["push", "pull_request"]),
        ("on:\n  push:\n    branches: [main]\n  workflow_dispatch:", ["push", "workflow_dispatch"]),
        ("ON: push", ["push"]),
        ("on: []", []),
        ("on:", []),
        ("jobs: {}", []),
        ("", []),
    ],
)
def test_triggers_are_read_from_text_list_and_map(text: str, names: list[str]) -> None:
    assert list(triggers(workflow_of(text))) == names


def test_a_trigger_keeps_its_settings() -> None:
    pipeline = workflow_of("on:\n  push:\n    branches: [main]\n")

    branches = triggers(pipeline)["push"].get("branches")

    assert branches is not None
    assert [node.text for node in branches.elements()] == ["main"]


def test_keys_are_read_in_any_case() -> None:
    (job,) = workflow_of("JOBS:\n  x:\n    Runs-On: ubuntu-latest\n    STEPS:\n      - Run: make\n").jobs

    assert job.runner.labels == ("ubuntu-latest",)
    assert [step.text.value for step in job.steps if step.text is not None] == ["make"]


@pytest.mark.parametrize(
    "text",
    ["", "text", "- a", "jobs:", "jobs: text", "jobs: [a]", "jobs: {x: }", "jobs: {x: text}", "jobs: {x: [a]}"],
)
def test_wrong_shapes_have_no_jobs(text: str) -> None:
    assert workflow_of(text).jobs == ()


@pytest.mark.parametrize(
    "text",
    [
        "steps: {run: make}",
        "steps: make",
        "steps: [make, [make], {name: nothing}, {run: [make]}, {uses: }, {uses: {a: b}}, null]",
        "steps:",
    ],
)
def test_wrong_shapes_have_no_steps(text: str) -> None:
    assert job_of(text).steps == ()


def test_wrong_shapes_within_a_job_are_unknown() -> None:
    job = job_of(
        """
        runs-on: {a: b}
        container: [a]
        services: text
        needs: {a: b}
        env: text
        strategy: text
        permissions: [a]
        environment: [a]
        """
    )

    assert (job.runner.kind, job.runner.labels, job.runner.image) == (RunnerKind.UNKNOWN, (), None)
    assert (job.services, job.needs, dict(job.env), job.matrix) == ((), (), {}, None)
    assert (job.permissions, job.environment) == (None, None)


def test_the_first_of_two_jobs_with_one_name_counts() -> None:
    pipeline = workflow_of("jobs:\n  x: {runs-on: ubuntu-latest}\n  X: {runs-on: windows-latest}\n")

    assert [(job.id, job.runner.labels) for job in pipeline.jobs] == [("x", ("ubuntu-latest",))]


def test_needs_are_a_text_or_a_list() -> None:
    pipeline = workflow_of("jobs:\n  a: {}\n  b: {needs: a}\n  c: {needs: [A, b, gone]}\n")

    needs = {job.id: [need.job for need in job.needs] for job in pipeline.jobs}
    c = pipeline.job("c")

    assert needs == {"a": [], "b": ["a"], "c": ["a", "b", "gone"]}
    assert c is not None
    assert c.needs[1].node.place.line == 4


@pytest.mark.parametrize(
    ("runs_on", "kind", "labels"),
    [
        ("ubuntu-latest", RunnerKind.HOSTED, ("ubuntu-latest",)),
        ("' ubuntu-24.04-arm '", RunnerKind.HOSTED, ("ubuntu-24.04-arm",)),
        ("ubuntu-26.04", RunnerKind.HOSTED, ("ubuntu-26.04",)),
        ("ubuntu-slim", RunnerKind.HOSTED, ("ubuntu-slim",)),
        ("Windows-2025", RunnerKind.HOSTED, ("Windows-2025",)),
        ("macos-15-intel", RunnerKind.HOSTED, ("macos-15-intel",)),
        ("[ubuntu-latest]", RunnerKind.HOSTED, ("ubuntu-latest",)),
        ("[ubuntu-latest, macos-latest]", RunnerKind.UNKNOWN, ("ubuntu-latest", "macos-latest")),
        ("ubuntu-latest-16-cores", RunnerKind.UNKNOWN, ("ubuntu-latest-16-cores",)),
        ("[self-hosted, linux]", RunnerKind.UNKNOWN, ("self-hosted", "linux")),
        ("{group: large}", RunnerKind.UNKNOWN, ()),
        ("{group: large, labels: ubuntu-latest}", RunnerKind.UNKNOWN, ("ubuntu-latest",)),
        ("{group: large, labels: [a, b]}", RunnerKind.UNKNOWN, ("a", "b")),
        ("${{ inputs.runner }}", RunnerKind.UNKNOWN, ()),
        ("${{ github.event_name == 'push' && 'a' || 'b' }}", RunnerKind.UNKNOWN, ()),
        ("", RunnerKind.UNKNOWN, ()),
    ],
)
def test_the_runner_is_known_by_its_label(runs_on: str, kind: RunnerKind, labels: tuple[str, ...]) -> None:
    runner = job_of(f"runs-on: {runs_on}").runner

    assert (runner.kind, runner.labels, runner.image) == (kind, labels, None)


def test_a_job_without_runs_on_has_an_unknown_runner() -> None:
    assert job_of("steps: []").runner.kind is RunnerKind.UNKNOWN


@pytest.mark.parametrize("container", ["node:24", "{image: 'node:24', env: {A: b}}"])
def test_a_container_is_what_the_steps_run_in(container: str) -> None:
    runner = job_of(f"runs-on: ubuntu-latest\ncontainer: {container}").runner

    assert (runner.kind, runner.image, runner.labels) == (RunnerKind.DOCKER, "node:24", ("ubuntu-latest",))


def test_an_image_that_an_expression_names_is_unknown() -> None:
    runner = job_of("runs-on: ubuntu-latest\ncontainer: ${{ inputs.image }}").runner

    assert (runner.kind, runner.image) == (RunnerKind.DOCKER, None)


@pytest.mark.parametrize("container", ["", "''", "{image: ''}", "{options: --cpus 1}"])
def test_an_empty_container_is_none(container: str) -> None:
    assert job_of(f"runs-on: ubuntu-latest\ncontainer: {container}").runner.kind is RunnerKind.HOSTED


def test_services_have_names_and_images() -> None:
    job = job_of(
        """
        services:
          postgres: {image: "postgres:${{ inputs.version }}", ports: ["5432:5432"]}
          redis: {ports: ["6379:6379"]}
        """
    )

    assert [(service.name, service.image) for service in job.services] == [
        ("postgres", "postgres:${{ inputs.version }}"),
        ("redis", None),
    ]
    assert job.services[0].node.get("ports") is not None


def test_env_of_the_job_stands_before_that_of_workflow_and_container() -> None:
    job = job_of(
        "env: {B: job}\ncontainer: {image: node, env: {A: container, B: container, C: container}}",
        top="env: {A: workflow, B: workflow}",
    )

    assert {name: node.text for name, node in job.env.items()} == {"A": "workflow", "B": "job", "C": "container"}


@pytest.mark.parametrize(
    ("text", "environment"),
    [
        ("environment: production", "production"),
        ("environment: {name: production, url: x}", "production"),
        ("environment: '${{ matrix.e }}'\nstrategy: {matrix: {e: [prod]}}", "prod"),
        ("environment: '${{ inputs.e }}-eu'", "${{ inputs.e }}-eu"),
        ("environment: {url: x}", None),
        ("environment:", None),
    ],
)
def test_the_environment_is_a_text_or_has_a_name(text: str, environment: str | None) -> None:
    assert job_of(text).environment == environment


def test_concurrency_of_the_job_stands_before_that_of_the_workflow() -> None:
    own, outer = job_of("concurrency: a", top="concurrency: b"), job_of("{}", top="concurrency: b")

    assert own.concurrency is not None
    assert outer.concurrency is not None
    assert (own.concurrency.text, outer.concurrency.text) == ("a", "b")


def test_a_condition_is_kept_as_written() -> None:
    assert job_of("if: ${{ failure() }}").condition == "${{ failure() }}"


@pytest.mark.parametrize(
    ("job", "top", "permissions"),
    [
        ("permissions: {id-token: write}", "permissions: {contents: read}", {"id-token": "write"}),
        ("{}", "permissions: {contents: read}", {"contents": "read"}),
        ("permissions: {}", "permissions: {contents: read}", {}),
        ("permissions: text", "", None),
        ("{}", "", None),
    ],
)
def test_permissions_of_the_job_replace_those_of_the_workflow(
    job: str, top: str, permissions: dict[str, str] | None
) -> None:
    assert job_of(job, top).permissions == permissions


def test_read_all_grants_no_identity_token_and_write_all_does() -> None:
    read, write = job_of("permissions: read-all").permissions, job_of("permissions: write-all").permissions

    assert read is not None
    assert write is not None
    assert (read["contents"], read.get("id-token")) == ("read", None)
    assert (write["contents"], write["id-token"], write["models"]) == ("write", "write", "read")
