"""What a job of CircleCI does: builtin steps, commands, orbs, conditions."""

import pytest
from pipeline.build import config_of

from ghapp.pipeline.command import Gap
from ghapp.pipeline.model import Job, StepKind


def job_of(text: str) -> Job:
    (job,) = config_of(text).jobs
    return job


def scripts(job: Job) -> list[str]:
    return [step.text.value for step in job.steps if step.text is not None]


def test_run_steps_are_strings_or_maps():
    short, long, legacy = job_of("""\
        jobs:
          a:
            steps:
              - run: make
              - run: {name: Test, command: make test, background: true}
              - deploy: {command: ./deploy.sh}
    """).steps

    assert [step.kind for step in (short, long, legacy)] == [StepKind.RUN] * 3
    assert [step.text.value for step in (short, long, legacy)] == ["make", "make test", "./deploy.sh"]
    assert (long.name, long.input("background"), short.inputs) == ("Test", "true", {})
    assert (long.place.line, long.builtin, long.index) == (5, "", 1)


def test_the_commands_of_a_script_know_their_place():
    job = job_of("""\
        jobs:
          a:
            steps:
              - run: |
                  make build
                  terraform validate
    """)

    assert [(command.name, command.place.line, command.place.column) for command in job.commands] == [
        ("make", 5, 11),
        ("terraform", 6, 11),
    ]


def test_builtin_steps_keep_their_keys():
    checkout, remote, store = job_of("""\
        jobs:
          a:
            steps:
              - checkout
              - setup_remote_docker: {docker_layer_caching: true}
              - store_artifacts: {path: out, name: Keep}
    """).steps

    assert [step.builtin for step in (checkout, remote, store)] == [
        "checkout",
        "setup_remote_docker",
        "store_artifacts",
    ]
    assert all(step.kind is StepKind.BUILTIN and step.trail == (step,) for step in (checkout, remote, store))
    assert (remote.input("docker_layer_caching"), store.input("path"), store.name) == ("true", "out", "Keep")


def test_a_command_of_a_registry_orb_says_what_it_uses():
    login, notify = job_of("""\
        orbs:
          aws-ecr: circleci/aws-ecr@9.8.1 # the new major
          slack: circleci/slack
        jobs:
          a:
            steps:
              - aws-ecr/ecr_login: {region: eu-west-1}
              - slack/notify
    """).steps

    assert (login.kind, login.uses.name, login.uses.ref, login.uses.element) == (
        StepKind.ORB,
        "circleci/aws-ecr",
        "9.8.1",
        "ecr_login",
    )
    assert (login.uses.comment, login.uses.node.place.line) == ("the new major", 2)
    assert (login.input("region"), login.trail) == ("eu-west-1", (login,))
    assert (notify.uses.name, notify.uses.ref, notify.uses.element, notify.inputs) == (
        "circleci/slack",
        "",
        "notify",
        {},
    )


def test_steps_handed_to_an_orb_command_come_behind_it():
    job = job_of("""\
        orbs: {node: circleci/node@6}
        jobs:
          a:
            steps:
              - node/with-cache:
                  cache-version: v1
                  steps: [{run: npm ci}]
    """)

    assert [(step.kind, len(step.calls)) for step in job.steps] == [(StepKind.ORB, 0), (StepKind.RUN, 1)]
    assert scripts(job) == ["npm ci"]


def test_a_command_of_an_orb_that_is_not_imported_is_a_gap():
    (step,) = job_of("jobs: {a: {steps: [slack/notify: {event: fail}]}}").steps

    reason = "`slack/notify` is neither a step of CircleCI nor a command of this file."
    assert (step.kind, step.uses, step.gap, step.input("event")) == (StepKind.ORB, None, reason, "fail")
    assert step.trail == (step, Gap(step.place, reason))


def test_commands_are_replaced_by_their_steps():
    job = job_of("""\
        commands:
          setup: {steps: [checkout, install]}
          install: {steps: [{run: npm ci}]}
        jobs:
          a:
            steps: [setup, {run: npm test}]
    """)

    assert [step.builtin or step.text.value for step in job.steps] == ["checkout", "npm ci", "npm test"]
    assert [[place.line for place in step.calls] for step in job.steps] == [[6], [6, 2], []]
    assert [step.place.line for step in job.steps] == [2, 3, 6]


def test_a_command_may_take_the_name_of_a_builtin_step_and_use_that():
    job = job_of("""\
        commands:
          checkout: {steps: [checkout, {run: git lfs pull}]}
        jobs: {a: {steps: [checkout]}}
    """)

    assert [step.builtin or step.text.value for step in job.steps] == ["checkout", "git lfs pull"]


@pytest.mark.parametrize(
    ("commands", "reason"),
    [
        ("{c: {steps: [c]}}", "The command `c` calls itself."),
        ("{c: {steps: [d]}, d: {steps: [c]}}", "The command `c` calls itself."),
        ("{c: {description: nothing}}", "The command `c` has no steps."),
        ("{c: {steps: make}}", "These steps are not a list."),
        ("{c: {steps: {run: make}}}", "These steps are not a list."),
        ("{c: {steps: [{}]}}", "`` is neither a step of CircleCI nor a command of this file."),
    ],
)
def test_a_command_that_cannot_be_expanded_is_a_gap(commands: str, reason: str):
    job = job_of(f"""\
        commands: {commands}
        jobs: {{a: {{steps: [c, {{run: after}}]}}}}
    """)

    assert [step.gap for step in job.steps] == [reason, None]


def test_a_run_step_without_a_command_is_no_script():
    for run in ("{name: nothing}", "{command: [a]}", "[a]"):
        (step,) = job_of(f"jobs: {{a: {{steps: [{{run: {run}}}]}}}}").steps

        assert (step.kind, step.builtin, step.text) == (StepKind.BUILTIN, "run", None)
    (bare,) = job_of("jobs: {a: {steps: [run]}}").steps
    assert (bare.kind, bare.builtin, bare.text) == (StepKind.BUILTIN, "run", None)


def test_a_steps_parameter_is_replaced_by_the_steps_it_is_given():
    job = job_of("""\
        commands:
          around:
            parameters:
              before: {type: steps}
              each: {type: steps, default: []}
              after: {type: steps, default: [{run: done}]}
            steps:
              - steps: << parameters.before >>
              - << parameters.each >>
              - when: {condition: << parameters.before >>, steps: << parameters.after >>}
        jobs:
          a:
            parameters: {x: {type: string, default: given}}
            steps:
              - around: {before: [{run: "<< parameters.x >>"}, greet]}
    """)

    assert scripts(job) == ["given", "done"]
    assert [step.gap is None for step in job.steps] == [True, False, True]
    assert [place.line for place in job.steps[0].calls] == [15]


def test_the_whole_list_of_steps_may_be_a_parameter():
    job = job_of("""\
        jobs:
          a:
            parameters: {work: {type: steps, default: [checkout, {run: make}]}}
            steps: << parameters.work >>
    """)

    assert [step.builtin or step.text.value for step in job.steps] == ["checkout", "make"]


def test_an_unknown_steps_parameter_is_a_gap():
    (step,) = job_of("jobs: {a: {steps: [<< parameters.work >>]}}").steps

    assert step.gap == "`<< parameters.work >>` is neither a step of CircleCI nor a command of this file."


def test_an_inline_orb_uses_its_own_names_and_those_around_it():
    pipeline = config_of("""\
        orbs:
          aws: circleci/aws-cli@5
          mine:
            orbs: {tools: circleci/tools@1}
            executors: {default: {docker: [{image: cimg/aws:2026.04}]}}
            commands:
              login: {steps: [aws/setup, tools/install, shared]}
            jobs:
              deploy:
                parameters: {executor: {type: executor, default: default}}
                executor: << parameters.executor >>
                steps: [login, {run: ./deploy.sh}]
        commands:
          shared: {steps: [{run: shared}]}
        jobs:
          a: {steps: [mine/login, mine/nothing]}
        workflows: {main: {jobs: [mine/deploy, a]}}
    """)
    deploy, a = pipeline.jobs

    assert (deploy.id, deploy.kind, deploy.key.text, deploy.runner.image) == (
        "mine/deploy",
        "build",
        "deploy",
        "cimg/aws:2026.04",
    )
    assert [step.uses.name if step.uses else step.text.value for step in deploy.steps] == [
        "circleci/aws-cli",
        "circleci/tools",
        "shared",
        "./deploy.sh",
    ]
    assert [step.gap is not None for step in a.steps] == [False, False, False, True]


def test_an_orb_without_a_name_is_unknown():
    (step,) = job_of("{orbs: {x: ''}, jobs: {a: {steps: [x/y]}}}").steps

    assert step.gap is not None


def test_on_fail_and_always_are_the_steps_condition():
    job = job_of("""\
        jobs:
          a:
            parameters: {w: {type: string, default: always}}
            steps:
              - run: {command: a, when: on_fail}
              - run: {command: b, when: << parameters.w >>}
              - run: {command: c, when: on_success}
              - run: d
    """)

    assert [step.condition for step in job.steps] == ["on_fail", "always", None, None]


def test_steps_under_an_open_condition_are_kept_and_say_so():
    job = job_of("""\
        jobs:
          a:
            steps:
              - when:
                  condition: << pipeline.parameters.full >>
                  steps:
                    - run: {command: one, when: on_fail}
                    - unless: {condition: << pipeline.git.tag >>, steps: [{run: two}]}
    """)

    assert [step.condition for step in job.steps] == [
        "when << pipeline.parameters.full >>; on_fail",
        "when << pipeline.parameters.full >>; unless << pipeline.git.tag >>",
    ]


def test_a_long_condition_is_shortened():
    (step,) = job_of(f"""\
        jobs:
          a:
            steps:
              - when: {{condition: {{equal: ["<< pipeline.git.tag >>", "{"x" * 1000}"]}}, steps: [checkout]}}
    """).steps

    assert len(step.condition) < 600
    assert step.condition.endswith("x…")


RUNS, NEVER, OPEN = ["go"], [], ["go?"]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("true", RUNS),
        ("false", NEVER),
        ("0", NEVER),
        ("1", RUNS),
        ("''", NEVER),
        ("~", NEVER),
        ("<< parameters.flag >>", RUNS),
        ("<< parameters.off >>", NEVER),
        ("<< parameters.word >>", RUNS),
        ("<< parameters.empty >>", NEVER),
        ("<< parameters.list >>", OPEN),
        ("<< parameters.none >>", OPEN),
        ("<< pipeline.parameters.on >>", OPEN),
        ("<< parameters.on >>", OPEN),
        ("pipeline.git.branch == 'main'", OPEN),
        ("{not: true}", NEVER),
        ("{not: [false]}", RUNS),
        ("{not: << pipeline.number >>}", OPEN),
        ("{and: [true, << parameters.flag >>]}", RUNS),
        ("{and: [<< pipeline.number >>, false]}", NEVER),
        ("{and: [<< pipeline.number >>, true]}", OPEN),
        ("{and: []}", NEVER),
        ("{or: []}", NEVER),
        ("{or: [false, true]}", RUNS),
        ("{or: [false, false]}", NEVER),
        ("{or: [<< pipeline.number >>, false]}", OPEN),
        ("{equal: [prod, << parameters.word >>]}", RUNS),
        ("{equal: [dev, << parameters.word >>, << pipeline.number >>]}", NEVER),
        ("{equal: [prod, << pipeline.number >>]}", OPEN),
        ("{equal: [prod, << pipeline.parameters.on >>]}", OPEN),
        ('{equal: [is-true, "is-<< pipeline.parameters.on >>"]}', OPEN),
        ("{matches: {pattern: '^v', value: << parameters.word >>}}", OPEN),
        ("{a: 1, b: 2}", OPEN),
        ("[true]", OPEN),
    ],
)
def test_a_condition_is_decided_where_it_can_be(condition: str, expected: list[str]):
    job = job_of(f"""\
        parameters: {{on: {{type: boolean, default: true}}}}
        jobs:
          a:
            parameters:
              flag: {{type: boolean, default: true}}
              off: {{type: boolean, default: false}}
              word: {{type: string, default: prod}}
              empty: {{type: string, default: ""}}
              list: {{type: steps, default: []}}
              on: {{type: boolean, default: << pipeline.parameters.on >>}}
            steps:
              - when: {{condition: {condition}, steps: [{{run: go}}]}}
    """)

    assert [step.text.value + ("?" if step.condition else "") for step in job.steps] == expected


def test_unless_is_the_opposite_of_when():
    job = job_of("""\
        jobs:
          a:
            steps:
              - unless: {condition: false, steps: [{run: one}]}
              - unless: {condition: true, steps: [{run: two}]}
              - unless: {steps: [{run: three}]}
    """)

    assert [(step.text.value, step.condition) for step in job.steps] == [("one", None), ("three", "unless ")]


def test_a_condition_without_steps_is_nothing():
    assert job_of("jobs: {a: {steps: [{when: {condition: true}}]}}").steps == ()


def test_a_when_that_is_no_map_is_a_gap():
    (step,) = job_of("jobs: {a: {steps: [{when: always}]}}").steps

    assert step.gap == "`when` is neither a step of CircleCI nor a command of this file."
