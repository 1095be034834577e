"""How sure the rules on integration tests and load tests are, and what they say."""

from __future__ import annotations

import pytest

from ghapp.pipeline.engine import analyse
from ghapp.pipeline.policy import PATH, read_policy
from ghapp.pipeline.rule import Confidence, Diagnostic, Severity
from ghapp.pipeline.source import Source
from ghapp.pipeline.tree import Tree
from ghapp.rules import catalogue

TESTS = """\
jobs:
  integration-tests:
    runs-on: ubuntu-24.04
    env: {VARIABLES}
    steps:
      - uses: actions/checkout@v6
      - run: COMMAND
      - run: npx jest integration
"""
COMPOSE = "docker compose -f $FILE up -d"


def found(text: str, rule: str, policy: str = "", paths: list[str] | None = None) -> Diagnostic:
    """The one finding of a rule in a file. `paths`: what else the repository has; None: that is not known."""
    path = ".circleci/config.yml" if text.startswith("version") else ".github/workflows/ci.yml"
    known = None if paths is None else [path, *paths]
    tree = Tree(known, lambda name: text.encode() if name == path else None)
    rules = [each for each in catalogue() if each.id == rule]
    read = read_policy(Source(PATH, policy), [each.id for each in catalogue()])
    (one,) = analyse(tree, [path], rules, policy=read).diagnostics
    return one


def written(variables: str = "", command: str = "npm ci") -> str:
    return TESTS.replace("VARIABLES", variables).replace("COMMAND", command)


@pytest.mark.parametrize(
    ("variables", "command", "policy", "paths", "severity", "confidence"),
    [
        ("DATABASE_URL: postgres://localhost/test", "npm ci", "", [], Severity.WARNING, Confidence.MEDIUM),
        ("DATABASE_URL: postgres://localhost/test", "npm ci", "", ["go.mod"], Severity.WARNING, Confidence.LOW),
        ("DATABASE_URL: postgres://localhost/test", "npm ci", "", None, Severity.WARNING, Confidence.LOW),
        ("A: b", "npm ci", "integration: {needs: [postgres]}", [], Severity.FAILURE, Confidence.HIGH),
        ("A: b", COMPOSE, "integration: {needs: [postgres]}", [], Severity.WARNING, Confidence.MEDIUM),
    ],
)
def test_what_shows_the_need_decides_how_grave_and_how_sure_it_is(
    variables: str, command: str, policy: str, paths: list[str] | None, severity: Severity, confidence: Confidence
) -> None:
    one = found(written(variables, command), "integration-tests-without-backend", policy, paths)

    assert (one.severity, one.finding.confidence) == (severity, confidence)


def test_a_finding_names_what_is_missing_and_the_reason() -> None:
    variables = "DATABASE_URL: postgres://localhost/test, REDIS_URL: redis://localhost"

    one = found(written(variables), "integration-tests-without-backend", paths=[])

    assert "need PostgreSQL and Redis (`DATABASE_URL` points to `localhost:5432`; `REDIS_URL`" in one.finding.message
    assert one.finding.message.endswith("Add it to the job's `services`.")
    assert [each.place.line for each in one.finding.evidence] == [4, 4]


def test_a_compose_that_is_not_at_hand_is_named() -> None:
    one = found(written(command=COMPOSE), "integration-tests-without-backend", "integration: {needs: [redis]}", [])

    assert f"as far as can be seen: what `{COMPOSE}` starts is not at hand" in one.finding.message


def test_the_head_of_a_file_gives_no_more_than_a_note() -> None:
    text = f"# Runs on RDS Aurora, ElastiCache and Cognito.\n{written(command=COMPOSE)}"

    backend = found(text, "integration-tests-without-backend")
    cognito = found(text, "integration-tests-without-cognito")

    assert (backend.severity, backend.finding.confidence) == (Severity.NOTICE, Confidence.LOW)
    assert "a database and a cache (the head of this file names RDS Aurora" in backend.finding.message
    assert (cognito.severity, cognito.finding.confidence) == (Severity.NOTICE, Confidence.LOW)


@pytest.mark.parametrize(
    ("variables", "command", "policy", "severity"),
    [
        ("COGNITO_ENDPOINT: 'http://localhost:9229'", "npm ci", "", Severity.WARNING),
        ("COGNITO_USER_POOL_ID: test", "npm ci", "", Severity.NOTICE),
        ("A: b", "npm ci", "integration: {needs: [cognito]}", Severity.FAILURE),
        ("A: b", COMPOSE, "integration: {needs: [cognito]}", Severity.WARNING),
    ],
)
def test_cognito_is_as_grave_as_what_shows_it(variables: str, command: str, policy: str, severity: Severity) -> None:
    one = found(written(variables, command), "integration-tests-without-cognito", policy, [])

    assert (one.severity, one.finding.confidence) == (severity, Confidence.MEDIUM)


def test_a_container_is_added_where_the_job_has_them() -> None:
    text = """\
version: 2.1
jobs:
  integration-tests:
    EXECUTOR
    environment: {DATABASE_URL: 'postgres://localhost/test'}
    steps:
      - run: npx jest integration
workflows:
  main:
    jobs: [integration-tests]
"""
    docker = text.replace("EXECUTOR", "docker: [{image: 'cimg/node:24.18'}]")
    machine = text.replace("EXECUTOR", "machine: {image: 'ubuntu-2404:current'}")

    rule = "integration-tests-without-backend"

    assert found(docker, rule, paths=[]).finding.message.endswith("Add it to the images under `docker`.")
    assert found(machine, rule, paths=[]).finding.message.endswith("Add it with `docker run`.")


def test_what_listens_elsewhere_is_less_sure_where_something_cannot_be_read() -> None:
    text = """\
jobs:
  test:
    runs-on: ubuntu-24.04
    services:
      postgres: {image: 'postgres:17'}
    env: {DATABASE_URL: 'postgres://localhost/test'}
    steps:
      - run: COMMAND
"""
    rule = "service-port-not-published"

    read, unread = (found(text.replace("COMMAND", command), rule, paths=[]) for command in ("npx jest", "make test"))

    assert read.finding.confidence is Confidence.HIGH
    assert unread.finding.confidence is Confidence.MEDIUM


def test_load_tests_that_are_multiplied_are_a_failure_and_other_tests_a_warning() -> None:
    text = """\
version: 2.1
jobs:
  test:
    docker: [{image: 'cimg/node:24.18'}]
    parallelism: 4
    steps:
      - run: COMMAND
workflows:
  main:
    jobs: [test]
"""
    rule = "parallelism-without-split"

    load, tests = (found(text.replace("COMMAND", command), rule, paths=[]) for command in ("k6 run a.js", "npx jest"))

    assert load.severity is Severity.FAILURE
    assert "4 times the load on the target" in load.finding.message
    assert tests.severity is Severity.WARNING


def test_what_scripts_do_in_an_unknown_repository_may_share_out_the_work() -> None:
    text = "version: 2.1\njobs:\n  test:\n    parallelism: 4\n    steps: [{run: k6 run a.js}]\n"
    tree = Tree(None, lambda path: text.encode())

    rules = [each for each in catalogue() if each.id == "parallelism-without-split"]

    assert analyse(tree, [".circleci/config.yml"], rules).diagnostics == ()
