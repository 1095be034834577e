"""Jobs as anybody may invoke them: every parameter open."""

from __future__ import annotations

from pipeline.build import config_of, workflow_of

from ghapp.pipeline.circleci import definitions

CONFIG = """\
    version: 2.1
    jobs:
      plain: {docker: [{image: cimg/base:2026.04}], steps: [checkout]}
      deploy:
        docker: [{image: cimg/base:2026.04}]
        parameters:
          how: {type: enum, enum: [rolling, canary], default: rolling}
        steps:
          - when:
              condition: {equal: [rolling, << parameters.how >>]}
              steps: [{run: make rolling}]
          - when:
              condition: {equal: [canary, << parameters.how >>]}
              steps: [{run: make canary}]
    workflows:
      main: {jobs: [plain, deploy]}
    """


def test_both_branches_of_a_parameter_are_steps() -> None:
    pipeline = config_of(CONFIG)
    (deploy,) = definitions(pipeline)

    assert [command.raw for command in pipeline.jobs[1].commands] == ["make rolling"]
    assert [command.raw for command in deploy.commands] == ["make rolling", "make canary"]
    assert [step.condition is None for step in deploy.steps] == [False, False]
    assert (deploy.id, deploy.workflow, deploy.needs) == ("deploy", "", ())


def test_other_files_have_none() -> None:
    assert definitions(workflow_of("jobs: {}")) == ()
    assert definitions(config_of("")) == ()
