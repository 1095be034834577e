"""`<< >>`: what is filled in, what stays unknown."""

import pytest
from pipeline.build import config_of

from ghapp.pipeline.model import Step


def job_of(text: str, path: str = ".circleci/config.yml"):
    (job,) = config_of(text, path=path).jobs
    return job


def test_a_command_gets_its_arguments_and_the_defaults_of_the_others():
    (step,) = job_of("""\
        commands:
          deploy:
            parameters:
              to: {type: string}
              region: {type: string, default: eu-west-1}
            steps:
              - run: {name: "Deploy <<parameters.to>>", command: "./deploy.sh << parameters.to >>"}
        jobs:
          deploy:
            parameters: {stage: {type: string, default: prod}}
            steps:
              - deploy: {to: "shop-<< parameters.stage >>"}
    """).steps

    assert (step.name, step.scope.expression("<<parameters.to>>")) == ("Deploy shop-prod", "shop-prod")
    assert step.scope.expression("<< parameters.region >>") == "eu-west-1"
    assert step.scope.expression("<< parameters.stage >>") is None
    assert [place.line for place in step.calls] == [12]


@pytest.mark.parametrize(
    "raw", ["<< parameters.none >>", "<< pipeline.git.branch >>", "<< pipeline.number >>", "<< a + b >>", "plain", ""]
)
def test_what_is_not_certain_has_no_value(raw: str):
    (step,) = job_of("jobs: {a: {steps: [{run: make}]}}").steps

    assert step.scope.expression(raw) is None


def test_a_declared_parameter_without_argument_and_default_has_no_value():
    (step,) = job_of("jobs: {a: {parameters: {x: {type: string}}, steps: [{run: make}]}}").steps

    assert step.scope.expression("<< parameters.x >>") is None


def test_a_list_or_map_has_no_value():
    (step,) = job_of("""\
        jobs:
          a:
            parameters: {x: {type: steps, default: [checkout]}}
            steps: [{run: make}]
    """).steps

    assert step.scope.expression("<< parameters.x >>") is None


def pipeline_parameter(path: str, default: str = "prod") -> str | None:
    (step,) = job_of(
        f"""\
        parameters: {{stage: {{type: string, default: "{default}"}}}}
        jobs: {{a: {{steps: [{{run: make}}]}}}}
        """,
        path=path,
    ).steps
    return step.scope.expression("<< pipeline.parameters.stage >>")


def test_a_pipeline_parameter_is_its_default_where_a_push_starts():
    assert pipeline_parameter(".circleci/config.yml") == "prod"


def test_a_pipeline_parameter_of_a_continued_config_is_unknown():
    assert pipeline_parameter(".circleci/continue.yml") is None


def test_an_empty_default_of_a_pipeline_parameter_is_for_others_to_fill():
    assert pipeline_parameter(".circleci/config.yml", default="") is None


def test_a_whole_command_given_as_argument_is_read_where_it_is_written():
    text = """\
        commands:
          retry:
            parameters: {what: {type: string}}
            steps:
              - run: {command: << parameters.what >>}
        jobs:
          deploy:
            parameters: {to: {type: string, default: prod}}
            steps:
              - retry:
                  what: |
                    terraform init
                    terraform apply << parameters.to >>
    """
    (step,) = job_of(text).steps

    assert step.text.value == "terraform init\nterraform apply << parameters.to >>\n"
    assert step.text.place(15, 30).line == 13
    assert step.scope.expression("<< parameters.to >>") == "prod"
    assert step.inputs["command"].place.line == 11


def test_a_command_that_only_contains_a_parameter_stays_as_written():
    (step,) = job_of("""\
        jobs:
          a:
            parameters: {x: {type: string, default: plan}}
            steps: [{run: "terraform << parameters.x >>"}]
    """).steps

    assert step.text.value == "terraform << parameters.x >>"


def test_the_commands_of_a_script_read_parameters_and_variables():
    (command,) = job_of("""\
        jobs:
          a:
            parameters: {action: {type: string, default: plan}}
            environment: {DIR: infra}
            steps: [{run: "terraform << parameters.action >> -chdir=$DIR << pipeline.number >>"}]
    """).commands

    assert [command.literal(word) for word in command.words] == ["terraform", "plan", "-chdir=infra", None]


def test_the_backslash_before_a_here_document_is_not_part_of_the_script():
    step: Step = job_of("""\
        jobs:
          a:
            steps:
              - run: |
                  cat \\<<EOF > a
                  one
                  EOF
                  cat \\<<EOF > b
                  EOF
    """).steps[0]

    assert step.text.value == "cat <<EOF > a\none\nEOF\ncat <<EOF > b\nEOF\n"
    end = step.text.value.index("> b")
    assert step.text.place(end, end + 3).line == 8
    assert step.text.place(end, end + 3).column == 22
    assert step.text.place(0, 3).column == 11


def test_arguments_that_would_grow_without_end_stay_unknown():
    commands = "\n".join(
        f"""\
          c{level}:
            parameters: {{x: {{type: string}}}}
            steps: [c{level + 1}: {{x: "<< parameters.x >><< parameters.x >>"}}]"""
        for level in range(20)
    )
    (step,) = job_of(f"""\
        commands:
{commands}
          c20:
            parameters: {{x: {{type: string}}}}
            steps: [{{run: echo}}]
        jobs: {{a: {{steps: [c0: {{x: aaaaaaaaaa}}]}}}}
    """).steps

    assert step.scope.expression("<< parameters.x >>") is None


def test_a_text_too_long_to_fill_in_stays_as_written():
    (step,) = job_of(f"""\
        jobs: {{a: {{steps: [{{run: {{command: make, name: "<< parameters.x >>{"a" * 20_000}"}}}}]}}}}
    """).steps

    assert step.name.startswith("<< parameters.x >>aaa")


def test_inputs_show_what_an_argument_brought():
    (step,) = job_of("""\
        jobs:
          a:
            parameters: {key: {type: string, default: deps-v1}}
            steps:
              - save_cache:
                  key: << parameters.key >>
                  paths: [node_modules]
    """).steps

    assert (step.builtin, step.input("key"), step.inputs["key"].place.line) == ("save_cache", "deps-v1", 3)
    assert [each.text for each in step.inputs["paths"].elements()] == ["node_modules"]


def test_variables_come_from_the_nearest_level():
    first, second = job_of("""\
        executors:
          base:
            parameters: {tag: {type: string}}
            docker:
              - image: cimg/base:<< parameters.tag >>
                environment: {A: image, B: image, C: image, D: image}
            environment: {A: executor, B: executor, C: "<< parameters.tag >>"}
        jobs:
          a:
            executor: {name: base, tag: "1"}
            environment: {A: job, B: job}
            steps:
              - run: {command: make, environment: {A: step}}
              - run: make
    """).steps

    assert [first.scope.variable(name) for name in "ABCDE"] == ["step", "job", "1", "image", None]
    assert second.scope.variable("A") == "job"
    assert (first.env["A"].text, second.env) == ("step", {})


def test_a_variable_whose_parts_are_unknown_has_no_value():
    (step,) = job_of("jobs: {a: {environment: {A: << pipeline.git.tag >>}, steps: [{run: make}]}}").steps

    assert step.scope.variable("A") is None


def test_variables_may_be_given_as_a_list_of_maps():
    (step,) = job_of("jobs: {a: {environment: [{A: x}, B=y], steps: [{run: make}]}}").steps

    assert (step.scope.variable("A"), step.scope.variable("B")) == ("x", None)


def test_a_variable_that_an_earlier_step_exports_is_no_longer_certain():
    before, export, after = job_of("""\
        jobs:
          a:
            environment: {TAG: latest, REGION: eu}
            steps:
              - run: make
              - run: echo "export TAG=$CIRCLE_SHA1" >> $BASH_ENV
              - run: make push
    """).steps

    assert (before.scope.variable("TAG"), export.scope.variable("TAG"), after.scope.variable("TAG")) == (
        "latest",
        "latest",
        None,
    )
    assert after.scope.variable("REGION") == "eu"
