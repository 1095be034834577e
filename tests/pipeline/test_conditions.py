"""When jobs and steps run: what conditions say of what came before."""

from __future__ import annotations

import pytest
from pipeline.build import config_of, workflow_of

from ghapp.pipeline.conditions import (
    condition_node,
    conjuncts,
    may_follow_failure,
    only_after_failure,
    status_functions,
    words_of,
    written,
)


@pytest.mark.parametrize(
    ("condition", "parts"),
    [
        ("failure()", ["failure()"]),
        ("${{ always() && needs.x.result == 'failure' }}", ["always()", "needs.x.result=='failure'"]),
        ("(a && (b || c)) && (d)", ["a", "b||c", "d"]),
        ("a || b && c", ["a||b&&c"]),
        ("((a) && b)", ["a", "b"]),
        ("!(a && b)", ["!(a&&b)"]),
        ("contains(x, 'y && z') && '||' != w", ["contains(x,'y && z')", "'||'!=w"]),
        ("a)(b", ["a)(b"]),
    ],
)
def test_what_must_all_hold_stands_between_the_outermost_ands(condition: str, parts: list[str]) -> None:
    assert [written(part) for part in conjuncts(words_of(condition))] == parts


@pytest.mark.parametrize("condition", ["${{ a }} && ${{ b }}", "${{ a }} b", "a ? b", "'open"])
def test_what_is_not_one_expression_has_no_words(condition: str) -> None:
    assert words_of(condition) == ()


def test_parentheses_without_end_are_read_in_one_go() -> None:
    words = words_of("(" * 20_000 + "a" + " && b)" * 20_000)

    assert sum(1 for _ in conjuncts(words)) == 20_001


def test_a_status_function_is_called_in_any_case() -> None:
    assert status_functions(words_of("Always() && failure && 'success()'")) == {"always"}


STEPS = """\
    jobs:
      job:
        runs-on: ubuntu-24.04
        steps:
          - {run: make, if: "%s"}
    """


@pytest.mark.parametrize(
    ("condition", "follows", "only"),
    [
        ("failure()", True, True),
        ("github.ref == 'main' && failure()", True, True),
        ("!success()", True, True),
        ("always()", True, False),
        ("!cancelled()", True, False),
        ("failure() || success()", True, False),
        ("success()", False, False),
        ("github.ref == 'main'", False, False),
    ],
)
def test_a_step_may_follow_a_failure(condition: str, follows: bool, only: bool) -> None:
    (step,) = workflow_of(STEPS % condition).jobs[0].steps

    assert may_follow_failure(step) is follows
    assert only_after_failure(step) is only


def test_on_circleci_a_step_says_when_and_a_job_which_status_it_waits_for() -> None:
    pipeline = config_of("""\
        version: 2.1
        parameters: {deep: {type: boolean, default: false}}
        jobs:
          deploy:
            docker: [{image: cimg/base:2026.04}]
            steps:
              - checkout
              - run: make
              - run: {command: make, when: on_fail}
              - run: {command: make, when: always}
              - when:
                  condition: << pipeline.parameters.deep >>
                  steps:
                    - run: make
          rollback: {docker: [{image: cimg/base:2026.04}], steps: [checkout]}
        workflows:
          main:
            jobs:
              - deploy
              - rollback: {requires: [{deploy: [failed, canceled]}]}
        """)
    deploy, rollback = pipeline.jobs

    assert [may_follow_failure(step) for step in deploy.steps] == [False, False, True, True, False]
    assert [only_after_failure(step) for step in deploy.steps] == [False, False, True, False, False]
    assert (may_follow_failure(deploy), may_follow_failure(rollback)) == (False, True)
    assert [getattr(condition_node(step), "text", None) for step in deploy.steps] == [
        None,
        None,
        "on_fail",
        "always",
        None,
    ]


def test_a_condition_stands_where_it_is_written() -> None:
    pipeline = workflow_of("""\
        jobs:
          job:
            IF: always()
            runs-on: ubuntu-24.04
            steps:
              - run: make
        """)
    (job,) = pipeline.jobs

    assert condition_node(job).text == "always()"  # type: ignore[union-attr]
    assert condition_node(job.steps[0]) is None
