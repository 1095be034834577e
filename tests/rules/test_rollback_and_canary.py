"""What the rules on rollbacks, canaries and stages say, how gravely, and what the policy changes."""

from __future__ import annotations

from textwrap import dedent

import pytest

from ghapp.pipeline.engine import analyse
from ghapp.pipeline.policy import Policy
from ghapp.pipeline.rule import Confidence, Diagnostic, Severity
from ghapp.pipeline.tree import Tree
from ghapp.rules import catalogue

WORKFLOW = ".github/workflows/release.yml"
DEPLOY = """\
    jobs:
      deploy-%s:
        runs-on: ubuntu-24.04
        steps:
          - run: aws ecs update-service --cluster x --service api --task-definition api
    """


def said(
    rule: str, text: str, files: dict[str, str] | None = None, policy: Policy | None = None, path: str = WORKFLOW
) -> list[Diagnostic]:
    rules = [each for each in catalogue() if each.id == rule]
    tree = Tree.of({path: dedent(text), **(files or {})})
    return list(analyse(tree, [path], rules, policy=policy).diagnostics)


@pytest.mark.parametrize(
    ("rollback", "environment", "found"),
    [("", "production", 0), ("prod", "production", 1), ("prod", "staging", 0), ("all", "staging", 1)],
)
def test_a_policy_is_reason_enough_to_want_a_rollback(rollback: str, environment: str, found: int) -> None:
    diagnostics = said("no-automatic-rollback", DEPLOY % environment, policy=Policy(rollback=rollback))

    assert len(diagnostics) == found
    assert all(f"`rollback: {rollback}`" in each.finding.message for each in diagnostics)


def test_a_script_alone_is_a_weaker_reason_than_a_job() -> None:
    (script,) = said("no-automatic-rollback", DEPLOY % "production", {"scripts/rollback.sh": ""})
    (job,) = said(
        "no-automatic-rollback",
        DEPLOY % "production" + "  rollback: {if: inputs.undo, runs-on: ubuntu-24.04, steps: [{run: ./undo.sh}]}\n",
    )

    assert script.finding.confidence is Confidence.MEDIUM
    assert "`scripts/rollback.sh` has to be started by hand" in script.finding.message
    assert job.finding.confidence is Confidence.HIGH
    assert job.severity is Severity.WARNING


CANARY = """\
    jobs:
      deploy-production:
        runs-on: ubuntu-24.04
        steps:
          - run: ./shift-traffic.sh 10
          - run: ./shift-traffic.sh 100
    """


def test_a_canary_is_as_grave_as_its_scripts_are_known() -> None:
    (unread,) = said("canary-without-health-check", CANARY)
    (read,) = said(
        "canary-without-health-check", CANARY, {"shift-traffic.sh": "aws elbv2 modify-listener --weight $1\n"}
    )

    assert (unread.severity, unread.finding.confidence) == (Severity.WARNING, Confidence.MEDIUM)
    assert "not at hand" in unread.finding.message
    assert (read.severity, read.finding.confidence) == (Severity.FAILURE, Confidence.HIGH)
    assert "from 10 % to 100 % without a check" in read.finding.message


CIRCLECI = """\
    version: 2.1
    jobs:
      deploy-production:
        docker: [{image: cimg/base:2026.04}]
        parameters:
          how: {type: enum, enum: [rolling, canary], default: %s}
        steps:
          - when:
              condition: {equal: [canary, << parameters.how >>]}
              steps:
                - run: az webapp traffic-routing set --distribution canary=10
                - run: az webapp traffic-routing set --distribution canary=90
    workflows:
      main:
        jobs: [deploy-production]
    """


def test_a_canary_that_no_workflow_takes_is_less_grave() -> None:
    (idle,) = said("canary-without-health-check", CIRCLECI % "rolling", path=".circleci/config.yml")
    (run,) = said("canary-without-health-check", CIRCLECI % "canary", path=".circleci/config.yml")

    assert idle.severity is Severity.WARNING
    assert "No workflow takes this way yet" in idle.finding.message
    assert run.severity is Severity.FAILURE


def test_an_approval_between_two_shares_is_named() -> None:
    (found,) = said(
        "canary-without-health-check",
        """\
        version: 2.1
        jobs:
          canary-production: {docker: [{image: cimg/base:2026.04}], steps: [{run: make traffic WEIGHT=10}]}
          full-production: {docker: [{image: cimg/base:2026.04}], steps: [{run: make traffic WEIGHT=100}]}
        workflows:
          main:
            jobs:
              - canary-production
              - ask: {type: approval, requires: [canary-production]}
              - full-production: {requires: [ask]}
        """,
        {"Makefile": "traffic:\n\taz webapp traffic-routing set --distribution canary=$(WEIGHT)\n"},
        path=".circleci/config.yml",
    )

    assert found.severity is Severity.WARNING
    assert "A person is asked" in found.finding.message


def test_a_word_that_is_meant_is_offered() -> None:
    (found,) = said(
        "unknown-status-word",
        """\
        jobs:
          deploy: {runs-on: ubuntu-24.04, steps: [{run: make}]}
          rollback:
            needs: deploy
            if: always() && needs.deploy.result == 'failed'
            runs-on: ubuntu-24.04
            steps: [{run: make}]
        """,
    )

    assert "`needs.deploy.result == 'failed'` is never true" in found.finding.message
    assert found.finding.message.endswith("Did you mean `failure`?")
    assert found.proven


def test_a_comparison_that_always_holds_is_told_apart() -> None:
    (found,) = said(
        "unknown-status-word",
        """\
        jobs:
          test: {runs-on: ubuntu-24.04, steps: [{run: make}]}
          deploy:
            needs: test
            if: always() && needs.test.result != 'error'
            runs-on: ubuntu-24.04
            steps: [{run: make}]
        """,
    )

    assert "`needs.test.result != 'error'` is always true" in found.finding.message


def test_a_deploy_whose_script_is_not_at_hand_may_test_by_itself() -> None:
    text = """\
        jobs:
          unit-tests: {runs-on: ubuntu-24.04, steps: [{run: npm test}]}
          deploy-production: {runs-on: ubuntu-24.04, steps: [{run: ./deploy.sh}]}
        """

    (unread,) = said("deploy-does-not-wait-for-tests", text)
    (read,) = said("deploy-does-not-wait-for-tests", text, {"deploy.sh": "kubectl apply -f k8s/\n"})

    assert unread.finding.confidence is Confidence.MEDIUM
    assert read.finding.confidence is Confidence.HIGH
    assert "before `unit-tests` has ended" in read.finding.message
