"""What jobs are for, by their names and by what they run."""

from __future__ import annotations

import pytest
from pipeline.build import config_of, workflow_of

from ghapp.pipeline.model import Command, Job
from ghapp.pipeline.roles import (
    checks_health,
    deploys,
    is_other_environment,
    is_production,
    items_of,
    normal,
    plays,
    plays_surely,
    production,
    role_score,
    rolls_back,
    said,
    workflow_names,
)


def job_of(text: str, path: str = ".github/workflows/x.yml") -> Job:
    return workflow_of(text, path=path).jobs[0]


def running(command: str, name: str = "job") -> Job:
    return job_of(f"""\
        jobs:
          {name}:
            runs-on: ubuntu-24.04
            steps:
              - run: |
                  {command}
        """)


def first(command: str) -> Command:
    return running(command).commands[0]


@pytest.mark.parametrize(
    ("name", "kebab"),
    [("deployToProd_EU", "deploy-to-prod-eu"), ("  E2E tests!", "e2e-tests"), ("x" * 500, "x" * 200)],
)
def test_names_are_compared_in_kebab_case(name: str, kebab: str) -> None:
    assert normal(name) == kebab


@pytest.mark.parametrize(
    ("role", "name", "command"),
    [
        ("deploy", "deploy-api", "kubectl apply -f k8s/"),
        ("deploy", "release-to-prod", "./scripts/ecs-deploy.sh prod"),
        ("deploy", "rollout", "make deploy"),
        ("test", "unit-tests", "npm test"),
        ("test", "lint", "ruff check ."),
        ("integration-test", "integration-tests", "pytest tests/integration"),
        ("e2e-test", "e2e", "npx playwright test"),
        ("performance-test", "load-test", "k6 run script.js"),
        ("smoke-test", "smoke-tests", "curl -f https://example.com/healthz"),
        ("security-scan", "image-scan", "trivy image x"),
    ],
)
def test_a_name_and_a_command_make_a_role_sure(role: str, name: str, command: str) -> None:
    assert plays_surely(running(command, name), role)
    assert role_score(running(command, "job"), role) == 3
    assert role_score(running("echo hello", name), role) == 3
    assert role_score(running("echo hello", "job"), role) == 0


@pytest.mark.parametrize(
    ("role", "name"),
    [
        ("deploy", "deploy-docs"),
        ("deploy", "test-deploy"),
        ("deploy", "confirm-deploy"),
        ("deploy", "deploy-approval"),
        ("deploy", "rollback-deploy"),
        ("integration-test", "continuous-integration"),
        ("performance-test", "deploy-to-perf"),
        ("rollback", "test-rollback"),
    ],
)
def test_names_lie(role: str, name: str) -> None:
    assert role_score(running("echo hello", name), role) == 0


def test_every_kind_of_evidence_counts() -> None:
    job = job_of(
        """\
        name: Deploy
        jobs:
          deploy:
            name: Roll out and promote
            runs-on: ubuntu-24.04
            steps:
              - name: Deploy API
                uses: aws-actions/amazon-ecs-deploy-task-definition@v2
              - name: Deploy web
                run: aws ecs update-service --cluster x --service y
              - name: Deploy more
                run: "true"
        """,
        path=".github/workflows/release.yml",
    )

    assert role_score(job, "deploy") == 3 + 2 + 2 + 1 + 3 + 3
    assert role_score(job, "deploy", enough=3) == 3
    assert list(workflow_names(job)) == ["", "Deploy", "release"]


def test_shell_is_parsed_only_where_the_score_hangs_on_it() -> None:
    job = running("kubectl apply -f k8s/", "deploy")

    assert plays(job, "deploy")
    assert not plays_surely(job, "test")
    assert "trail" not in vars(job.steps[0])


def test_jobs_and_commands_of_orbs_are_known() -> None:
    pipeline = config_of("""\
        version: 2.1
        orbs: {aws-ecs: circleci/aws-ecs@8.0.0}
        jobs:
          one:
            docker: [{image: cimg/base:2026.04}]
            steps:
              - aws-ecs/update_service: {image: x, cluster: prod, family: api}
        workflows:
          main:
            jobs:
              - one
              - aws-ecs/deploy_service_update: {cluster: prod, family: api}
        """)
    one, orb = pipeline.jobs

    assert role_score(one, "deploy") == 3
    assert production(one) == "`cluster:` `prod`"
    assert role_score(orb, "deploy") >= 6
    assert next(iter(workflow_names(one))) == "main"


@pytest.mark.parametrize(
    "command",
    [
        "kubectl apply --dry-run=client -f k8s/",
        "helm upgrade --help",
        "echo kubectl apply -f k8s/",
        "aws s3 cp s3://bucket/file .",
        "terraform plan -out=apply.tfplan",
        "./check-deployment-status.sh",
        "npm run deploy:docs",
    ],
)
def test_what_changes_nothing_is_no_deploy(command: str) -> None:
    assert deploys(running(command)) == ()


@pytest.mark.parametrize(
    ("cluster", "count"),
    [("- run: kind create cluster", 1), ("- uses: helm/kind-action@v1", 1), ("- run: kubectl version", 2)],
)
def test_a_cluster_of_the_job_s_own_is_nothing_that_runs(cluster: str, count: int) -> None:
    job = job_of(f"""\
        jobs:
          job:
            runs-on: ubuntu-24.04
            steps:
              {cluster}
              - run: kubectl apply -f k8s/
              - run: aws lambda update-function-code --function-name x
        """)

    assert len(deploys(job)) == count


@pytest.mark.parametrize("name", ["prod", "deploy-production", "eu_prod_2", "deployToProd", "prd", "PRODUCTION"])
def test_production_is_told_by_its_name(name: str) -> None:
    assert is_production(name)


@pytest.mark.parametrize("name", ["preprod", "pre-prod", "non-prod", "products", "reproduce", "prod-like", "dev"])
def test_what_only_looks_like_production_is_not(name: str) -> None:
    assert not is_production(name)


def test_other_environments_have_names_too() -> None:
    assert is_other_environment("deploy_staging")
    assert not is_other_environment("deploy-eu")


JOB = """\
    name: %(workflow)s
    jobs:
      %(id)s:
        runs-on: ubuntu-24.04
        environment: %(environment)s
        strategy: {matrix: {where: [dev, prod]}}
        env: {STAGE: %(stage)s}
        steps:
          - run: %(run)s
    """
PLAIN = {"workflow": "ci", "id": "job", "environment": "''", "stage": "''", "run": "make"}


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ({}, ""),
        ({"environment": "production"}, "environment `production`"),
        ({"environment": "Live"}, "environment `Live`"),
        ({"environment": "${{ matrix.where }}"}, "environment `prod`"),
        ({"environment": "${{ matrix.nowhere }}"}, ""),
        ({"environment": "github-pages", "id": "deploy-prod"}, "job `deploy-prod`"),
        ({"environment": "staging", "id": "deploy-prod"}, ""),
        ({"id": "deploy-prod"}, "job `deploy-prod`"),
        ({"stage": "prod"}, "STAGE: `prod`"),
        ({"run": "helm upgrade api charts/api --namespace=prod"}, "argument `--namespace=prod`"),
        ({"run": "npx netlify deploy --prod"}, ""),
        ({"workflow": "Release to production"}, "workflow `Release to production`"),
        ({"workflow": "Release to production", "id": "deploy-staging"}, ""),
    ],
)
def test_the_nearest_word_says_whether_it_is_production(what: dict[str, str], words: str) -> None:
    assert production(job_of(JOB % {**PLAIN, **what})) == words


def test_inputs_that_name_no_target_say_nothing() -> None:
    job = job_of("""\
        jobs:
          deploy:
            runs-on: ubuntu-24.04
            steps:
              - uses: aws-actions/amazon-ecs-deploy-task-definition@v2
                with: {task-definition: td.json, service: api}
        """)

    assert production(job) == ""


def test_a_context_may_say_production() -> None:
    pipeline = config_of("""\
        version: 2.1
        jobs:
          deploy: {docker: [{image: cimg/base:2026.04}], steps: [checkout]}
        workflows:
          main:
            jobs:
              - deploy: {context: [shared, aws-prod]}
        """)

    assert production(pipeline.jobs[0]) == "context `aws-prod`"


def test_a_command_is_one_line_without_quotes_and_folders_of_the_system() -> None:
    assert said(first("X=prod; /usr/bin/aws ecs --cluster \"$X\" 'a b'")) == ""  # an assignment
    assert [said(each) for each in running("X=prod; /usr/bin/aws --cluster \"$X\" 'a b'; ./run.sh").commands] == [
        "",
        "aws --cluster prod a b",
        "run.sh",
    ]


def test_everything_a_job_does_has_a_text() -> None:
    job = job_of("""\
        jobs:
          job:
            runs-on: ubuntu-24.04
            steps:
              - uses: actions/checkout@v6
              - run: make
              - run: ./missing.sh
        """)

    assert [text for _, text in items_of(job)] == ["actions/checkout", "make", "missing.sh"]


@pytest.mark.parametrize(
    "command",
    [
        "curl -fsS https://example.com/health",
        "aws ecs wait services-stable --cluster x --services y",
        "kubectl rollout status deployment/api",
        "./scripts/verify-canary.sh",
        "bin/healthcheck",
        "npm run smoke",
    ],
)
def test_health_is_asked_for(command: str) -> None:
    assert checks_health(first(command))


@pytest.mark.parametrize("command", ["sleep 60", "curl -X POST https://hooks.example.com", "echo healthy", "make"])
def test_a_pause_or_a_message_checks_nothing(command: str) -> None:
    assert not checks_health(first(command))


@pytest.mark.parametrize(
    "command",
    [
        "kubectl rollout undo deployment/x",
        "./rollback.sh",
        "helm rollback api",
        "git revert HEAD",
        "./shift-traffic.sh 0",
    ],
)
def test_a_way_back_is_seen(command: str) -> None:
    assert rolls_back(first(command))


def test_a_step_may_check_or_roll_back_by_what_it_uses_or_is_called() -> None:
    check, back, other = job_of("""\
        jobs:
          job:
            runs-on: ubuntu-24.04
            steps:
              - uses: jtalk/url-health-check-action@v4
              - name: Roll back
                uses: example/deploy@v1
              - uses: example/deploy@v1
        """).steps

    assert [checks_health(each) for each in (check, back, other)] == [True, False, False]
    assert [rolls_back(each) for each in (check, back, other)] == [False, True, False]
