"""Which jobs a CircleCI config runs, and how they hang together."""

from pipeline.build import config_of


def test_a_job_stands_at_its_definition_and_knows_the_item_that_invokes_it():
    (job,) = config_of("""\
        version: 2.1
        jobs:
          build:
            docker: [{image: cimg/base:2024.12}]
            steps: [checkout]
        workflows:
          main:
            jobs:
              - build:
                  context: [org, aws]
                  serial-group: deploy
    """).jobs

    assert (job.id, job.workflow, job.kind, job.name) == ("build", "main", "build", "")
    assert (job.key.place.line, job.node.at("steps", 0).text) == (3, "checkout")
    assert job.invocation.place.line == 9
    assert (job.contexts, job.concurrency.text, job.inputs) == (("org", "aws"), "deploy", {})


def test_a_job_that_no_workflow_invokes_is_left_out():
    pipeline = config_of("""\
        jobs:
          build: {steps: [checkout]}
          unused: {steps: [checkout]}
        workflows:
          version: 2
          main: {jobs: [build]}
    """)

    assert [job.id for job in pipeline.jobs] == ["build"]


def test_without_workflows_every_job_runs():
    pipeline = config_of("""\
        version: 2
        jobs:
          build: {steps: [{run: make}]}
          test: {steps: [{run: make test}]}
    """)

    assert [(job.id, job.workflow, len(job.steps)) for job in pipeline.jobs] == [("build", "", 1), ("test", "", 1)]


def test_a_job_runs_once_for_every_invocation_under_the_name_it_is_given():
    pipeline = config_of("""\
        jobs:
          deploy:
            parameters: {to: {type: string}}
            steps: [{run: "./deploy.sh << parameters.to >>"}]
        workflows:
          main:
            jobs:
              - deploy: {name: deploy-staging, to: staging}
              - deploy: {name: deploy-prod, to: prod, requires: [deploy-staging]}
          again:
            jobs:
              - deploy: {to: dev}
    """)

    said = [job.steps[0].scope.expression("<< parameters.to >>") for job in pipeline.jobs]
    assert [job.id for job in pipeline.jobs] == ["deploy-staging", "deploy-prod", "deploy"]
    assert said == ["staging", "prod", "dev"]
    assert [need.job for need in pipeline.jobs[1].needs] == ["deploy-staging"]
    assert pipeline.jobs[0].inputs.keys() == {"to"}


def test_invocations_of_one_name_are_numbered_and_a_requirement_means_them_all():
    pipeline = config_of("""\
        jobs:
          say: {parameters: {what: {type: string}}, steps: [{run: echo}]}
          end: {steps: [{run: echo}]}
        workflows:
          main:
            jobs:
              - say: {what: a}
              - say: {what: b}
              - end: {requires: [say]}
    """)

    assert [job.id for job in pipeline.jobs] == ["say-1", "say-2", "end"]
    assert [need.job for need in pipeline.jobs[2].needs] == ["say-1", "say-2"]


def test_requirements_know_the_statuses_they_ask_for():
    job = config_of("""\
        jobs: {build: {steps: []}, deploy: {steps: []}, rollback: {steps: []}}
        workflows:
          main:
            jobs:
              - build
              - deploy
              - rollback:
                  requires:
                    - build
                    - deploy: [failed, canceled]
                    - gone: failed
    """).job("rollback")

    found = [(need.job, need.statuses, need.node.place.line) for need in job.needs]
    assert found == [("build", (), 9), ("deploy", ("failed", "canceled"), 10), ("gone", ("failed",), 11)]


def test_a_requirement_may_be_a_single_name():
    job = config_of("""\
        jobs: {build: {steps: []}, test: {steps: []}}
        workflows:
          main: {jobs: [build, test: {requires: build}]}
    """).job("test")

    assert [need.job for need in job.needs] == ["build"]


def test_approvals_and_jobs_without_steps_have_a_kind_of_their_own():
    pipeline = config_of("""\
        jobs:
          release: {type: release, plan_name: shop}
          nothing: {type: no-op}
        workflows:
          main:
            jobs:
              - hold: {type: approval}
              - release: {requires: [hold]}
              - nothing
    """)

    assert [(job.id, job.kind, job.steps, job.gap) for job in pipeline.jobs] == [
        ("hold", "approval", (), None),
        ("release", "release", (), None),
        ("nothing", "no-op", (), None),
    ]
    assert pipeline.jobs[0].key.place.line == 7


def test_a_job_that_is_not_defined_here_is_a_gap():
    (job,) = config_of("""\
        workflows:
          main:
            jobs:
              - elsewhere:
                  context: aws
                  pre-steps: [checkout]
    """).jobs

    assert (job.gap, job.contexts) == ("The job `elsewhere` is not defined in this file.", ("aws",))
    assert [(step.builtin, step.gap) for step in job.steps] == [("checkout", None), ("", job.gap)]


def test_the_job_of_a_registry_orb_is_opaque_between_the_steps_that_the_workflow_adds():
    (job,) = config_of("""\
        orbs:
          aws-ecr: circleci/aws-ecr@9.8.1 # pinned
        workflows:
          main:
            jobs:
              - aws-ecr/build_and_push_image:
                  name: push
                  repo: shop
                  auth: [{run: ./login.sh}]
                  pre-steps: [checkout]
                  post-steps: [{run: ./after.sh}]
    """).jobs

    assert (job.id, job.kind, job.inputs.keys()) == ("push", "orb", {"repo", "auth"})
    assert (job.uses.name, job.uses.ref, job.uses.element) == ("circleci/aws-ecr", "9.8.1", "build_and_push_image")
    assert (job.uses.comment, job.uses.node.place.line, job.key.place.line) == ("pinned", 2, 6)
    assert job.gap == "What the job `build_and_push_image` of the orb circleci/aws-ecr does is not in this repository."
    seen = [(step.builtin, step.text.value if step.text else "", step.gap is not None) for step in job.steps]
    assert seen == [("checkout", "", False), ("", "", True), ("", "./login.sh", False), ("", "./after.sh", False)]
    assert job.steps[1].uses is None


def test_steps_that_the_workflow_adds_stand_before_and_after_the_jobs_own():
    (job,) = config_of("""\
        jobs:
          build: {steps: [{run: make}]}
        workflows:
          main:
            jobs:
              - build:
                  pre-steps: [{run: before}]
                  post-steps: [{run: after, when: always}]
    """).jobs

    assert [step.text.value for step in job.steps] == ["before", "make", "after"]
    assert [step.index for step in job.steps] == [0, 1, 2]


def test_filters_and_the_conditions_of_a_workflow_are_the_jobs_condition():
    pipeline = config_of("""\
        jobs: {build: {steps: []}}
        workflows:
          main:
            when: << pipeline.parameters.full >>
            unless: << pipeline.parameters.skip >>
            jobs:
              - build: {filters: {branches: {only: main}}}
          free: {jobs: [build]}
          never: {when: false, jobs: [build]}
          always: {when: true, unless: false, jobs: [build]}
    """)

    assert [(job.workflow, job.condition) for job in pipeline.jobs] == [
        (
            "main",
            "when << pipeline.parameters.full >>; unless << pipeline.parameters.skip >>; "
            "filters {branches: {only: main}}",
        ),
        ("free", None),
        ("always", None),
    ]


def test_a_job_that_an_orb_may_replace_has_a_gap():
    (job,) = config_of("""\
        jobs: {test: {steps: [checkout]}}
        workflows: {main: {jobs: [test: {override-with: my-orb/test}]}}
    """).jobs

    assert (job.gap, len(job.steps)) == ("The orb's job `my-orb/test` may run in place of this one.", 1)


def test_a_job_group_stands_for_its_jobs():
    pipeline = config_of("""\
        jobs: {lint: {steps: []}, deploy: {steps: []}, smoke: {steps: []}, end: {steps: []}}
        job-groups:
          release:
            jobs:
              - deploy
              - smoke: {requires: [deploy]}
          empty: {}
        workflows:
          main:
            jobs:
              - lint
              - release: {requires: [lint]}
              - empty
              - end: {requires: [release]}
    """)

    needs = {job.id: [need.job for need in job.needs] for job in pipeline.jobs}
    assert needs == {"lint": [], "deploy": ["lint"], "smoke": ["deploy"], "end": ["deploy", "smoke"]}


def test_a_job_group_that_holds_itself_ends():
    pipeline = config_of("""\
        jobs: {a: {steps: []}}
        job-groups: {g: {jobs: [a, g]}}
        workflows: {main: {jobs: [g]}}
    """)

    assert {job.id for job in pipeline.jobs} == {"a-1", "a-2", "a-3", "a-4", "a-5"}


def test_parallelism_is_read_with_its_parameters():
    (job,) = config_of("""\
        jobs:
          test:
            parameters: {p: {type: integer, default: 4}}
            parallelism: << parameters.p >>
            steps: [{run: make}]
        workflows: {main: {jobs: [test]}}
    """).jobs

    assert job.parallelism == "4"


def test_merge_keys_and_anchors_are_resolved():
    (job,) = config_of("""\
        defaults: &defaults
          docker: [{image: cimg/go:1.23}]
          environment: &env {A: one}
          working_directory: ~/shop
        restore: &restore
          restore_cache: {key: v1}
        jobs:
          build:
            <<: *defaults
            environment: {<<: *env, B: two}
            steps:
              - *restore
              - run:
                  <<: {name: Build, command: make}
        workflows: {main: {jobs: [build]}}
    """).jobs

    assert (job.runner.image, {name: node.text for name, node in job.env.items()}) == (
        "cimg/go:1.23",
        {"A": "one", "B": "two"},
    )
    assert [(step.builtin, step.name) for step in job.steps] == [("restore_cache", ""), ("", "Build")]
    assert job.steps[0].place.line == 6
    assert job.steps[1].text.place(0, 4).line == 14
