"""Matrices: one job for every combination."""

from pipeline.build import config_of

from ghapp.pipeline.model import Pipeline


def matrix_of(matrix: str, *, arguments: str = "", more: str = "") -> Pipeline:
    return config_of(f"""\
        jobs:
          build:
            parameters: {{os: {{type: string, default: linux}}, version: {{type: string, default: "1"}}}}
            docker: [{{image: "cimg/go:<< parameters.version >>"}}]
            steps: [{{run: make}}]
          end: {{steps: []}}
        workflows:
          main:
            jobs:
              - build: {{matrix: {matrix}{arguments}}}{more}
    """)


def test_every_combination_is_a_job_named_after_its_values():
    pipeline = matrix_of('{parameters: {version: ["1", "2"], os: [mac, win]}}')

    assert [job.id for job in pipeline.jobs] == ["build-mac-1", "build-mac-2", "build-win-1", "build-win-2"]
    assert [job.runner.image for job in pipeline.jobs] == ["cimg/go:1", "cimg/go:2"] * 2
    assert pipeline.jobs[1].matrix == {"os": ("mac",), "version": ("2",)}


def test_excluded_combinations_do_not_run():
    pipeline = matrix_of('{parameters: {version: ["1", "2"], os: [mac, win]}, exclude: [{os: win, version: "2"}]}')

    assert [job.id for job in pipeline.jobs] == ["build-mac-1", "build-mac-2", "build-win-1"]


def test_a_name_and_requirements_may_use_the_values():
    pipeline = matrix_of(
        '{parameters: {version: ["1", "2"]}}',
        arguments=', name: "build-v<< matrix.version >>"',
        more="""
              - end:
                  name: end-<< matrix.v >>
                  matrix: {parameters: {v: [1, 2]}}
                  requires: [build-v<< matrix.v >>]
        """,
    )

    assert [job.id for job in pipeline.jobs] == ["build-v1", "build-v2", "end-1", "end-2"]
    assert [need.job for job in pipeline.jobs for need in job.needs] == ["build-v1", "build-v2"]


def test_a_requirement_on_the_alias_means_every_combination():
    pipeline = matrix_of(
        '{alias: all, parameters: {version: ["1", "2"]}}', more="\n              - end: {requires: [all]}"
    )

    assert [need.job for need in pipeline.jobs[-1].needs] == ["build-1", "build-2"]


def test_a_requirement_on_the_job_means_every_combination_when_there_is_no_alias():
    pipeline = matrix_of('{parameters: {version: ["1", "2"]}}', more="\n              - end: {requires: [build]}")

    assert [need.job for need in pipeline.jobs[-1].needs] == ["build-1", "build-2"]


def test_too_many_combinations_are_one_job_whose_parameters_are_unknown():
    versions = ", ".join(f'"{each}"' for each in range(21))
    (job,) = matrix_of(f"{{parameters: {{version: [{versions}]}}}}").jobs

    assert (job.id, len(job.matrix["version"])) == ("build", 21)
    assert job.runner.image == "cimg/go:<< parameters.version >>"
    assert job.steps[0].scope.expression("<< parameters.version >>") is None
    assert job.steps[0].scope.expression("<< parameters.os >>") == "linux"


def test_a_combination_that_cannot_be_told_is_one_job():
    for matrix in (
        '{parameters: {version: ["<< pipeline.git.tag >>"]}}',
        "{parameters: {version: << pipeline.parameters.versions >>}}",
        '{parameters: {os: [mac], version: ["1"]}, exclude: [{os: mac}]}',
    ):
        (job,) = matrix_of(matrix).jobs

        assert (job.id, job.steps[0].scope.expression("<< parameters.version >>")) == ("build", None)


def test_a_matrix_without_parameters_changes_nothing():
    for matrix in ("{}", "{parameters: [a]}"):
        (job,) = matrix_of(matrix).jobs

        assert (job.id, job.matrix, job.runner.image) == ("build", None, "cimg/go:1")
