"""What people do not want to hear of: comments and the policy's `ignore`, and what is said of those that do nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from textwrap import dedent

import pytest
from pipeline.toys import NO_FAIL, WORKFLOW, commands, rule

from ghapp.pipeline import Finding, Pipeline, Platform, Rule
from ghapp.pipeline.engine import Analysis, analyse, compare
from ghapp.pipeline.ignores import Agreed, Reason
from ghapp.pipeline.policy import PATH, read_policy
from ghapp.pipeline.source import Place, Source
from ghapp.pipeline.tree import Tree
from ghapp.rules import rule as known_rule

SO = "so this comment ignores nothing."
NO_RULE = "This comment names no rule, so it ignores nothing. Write `# ghapp: ignore[rule-id] reason`."
CONFIG = ".circleci/config.yml"
NO_QUIT = rule("no-quit", commands("quit"))
SAID = ("ignore-without-reason", "ignore-of-unknown-rule", "ignore-hides-nothing", "ignore-has-ended")
RULES = (NO_FAIL, NO_QUIT, *(each for name in SAID if (each := known_rule(name)) is not None))
JOB = """\
on: push
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - name: Build
        run: |
          make
          fail now
  test:
    runs-on: ubuntu-latest
    steps:
      - run: fail again
"""
"""Findings in lines 9 and 13."""


def analysed(
    files: dict[str, str],
    policy: str = "",
    *,
    rules: Sequence[Rule] = RULES,
    today: date | None = None,
    paths: Sequence[str] | None = None,
    agreed: Mapping[str, Reason] | None = None,
    renames: Mapping[str, str] | None = None,
) -> Analysis:
    texts = {path: dedent(text) for path, text in files.items()}
    read = read_policy(Source(PATH, dedent(policy)), [each.id for each in rules])
    asked = list(texts) if paths is None else paths
    return analyse(Tree.of(texts), asked, rules, policy=read, today=today, agreed=Agreed(agreed or {}, renames or {}))


def said(analysis: Analysis) -> list[str]:
    """What is reported: rule, path where it is not the workflow, line."""
    return [
        f"{each.rule.id} {'' if each.path == WORKFLOW else each.path + ':'}{each.place.line}"
        for each in analysis.diagnostics
    ]


def hidden(analysis: Analysis) -> list[tuple[int, str]]:
    return [(each.diagnostic.place.line, each.reason.text) for each in analysis.ignored]


def with_comment(line: int, comment: str, *, alone: bool = False, text: str = JOB) -> str:
    """The text with a comment on a line, or on a line of its own before it."""
    lines = text.split("\n")
    if alone:
        indent = " " * (len(lines[line - 1]) - len(lines[line - 1].lstrip()))
        lines.insert(line - 1, f"{indent}# {comment}")
    else:
        lines[line - 1] += f"  # {comment}"
    return "\n".join(lines)


# --- Comments in YAML -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "lines"),
    [
        pytest.param(13, {13}, id="the line itself"),
        pytest.param(9, {9}, id="a line of a run block, which is shell"),
        pytest.param(7, {9}, id="the key"),
        pytest.param(6, {9}, id="the step"),
        pytest.param(5, {9}, id="all steps"),
        pytest.param(3, {9}, id="the job"),
        pytest.param(10, {13}, id="the other job"),
        pytest.param(2, {9, 13}, id="all jobs"),
    ],
)
@pytest.mark.parametrize("alone", [False, True])
def test_a_comment_counts_for_its_line_and_for_all_that_begins_there(line: int, lines: set[int], alone: bool) -> None:
    analysis = analysed({WORKFLOW: with_comment(line, "ghapp: ignore[no-fail] it is known", alone=alone)})
    moved = int(alone)

    assert {at - moved for at, _ in hidden(analysis)} == lines
    assert {reason for _, reason in hidden(analysis)} == {"it is known"}
    assert len(said(analysis)) == 2 - len(lines)


@pytest.mark.parametrize("line", [1, 4, 8, 11])
def test_a_comment_elsewhere_hides_nothing_and_is_said_to(line: int) -> None:
    analysis = analysed({WORKFLOW: with_comment(line, "ghapp: ignore[no-fail] it is known")})

    assert said(analysis) == sorted(
        ["no-fail 9", "no-fail 13", f"ignore-hides-nothing {line}"], key=lambda each: int(each.split()[1])
    )


def test_blank_lines_and_other_comments_may_stand_between() -> None:
    text = JOB.replace("      - run: fail", "      # ghapp: ignore[no-fail] known\n\n      # Fails.\n      - run: fail")

    assert said(analysed({WORKFLOW: text})) == ["no-fail 9"]


def test_a_comment_at_the_very_end_hides_nothing() -> None:
    assert said(analysed({WORKFLOW: f"{JOB}# ghapp: ignore[no-fail] known\n"}))[2:] == ["ignore-hides-nothing 14"]


@pytest.mark.parametrize(
    "comment",
    [
        "ghapp: ignore[no-fail] known",
        "ghapp:ignore [ no-fail ]: known",
        "ghapp: ignore[no-quit,no-fail] - known",
        "ghapp: ignore[no-quit, no-fail] known",
        "It fails, see the ticket. # ghapp: ignore[no-fail] known",
    ],
)
def test_the_ways_to_write_it(comment: str) -> None:
    assert hidden(analysed({WORKFLOW: with_comment(13, comment)}, rules=[NO_FAIL, NO_QUIT])) == [(13, "known")]


@pytest.mark.parametrize(
    "comment", ["ghapp: ignored[no-fail] known", "ghapp ignore[no-fail] known", "myghapp: ignore[no-fail] known"]
)
def test_what_only_looks_like_it_is_passed_over(comment: str) -> None:
    assert said(analysed({WORKFLOW: with_comment(13, comment)})) == ["no-fail 9", "no-fail 13"]


@pytest.mark.parametrize("value", ['"# ghapp: ignore[no-fail] known"', "|\n        # ghapp: ignore[no-fail] known"])
def test_what_is_no_comment_does_not_count(value: str) -> None:
    text = JOB.replace("    steps:\n      - run:", f"    env:\n      NOTE: {value}\n    steps:\n      - run:")

    assert "no-fail" in said(analysed({WORKFLOW: text}))[-1]
    assert hidden(analysed({WORKFLOW: text})) == []


def test_a_comment_on_circleci() -> None:
    config = """\
        version: 2.1
        commands:
          break:
            steps:
              - run: fail here
        jobs:
          build:
            docker: [{image: cimg/base:2026.01}]
            steps:
              - break  # ghapp: ignore[no-fail] known
        workflows:
          main:
            jobs: [build]
        """

    assert hidden(analysed({CONFIG: config})) == [(5, "known")]


# --- Comments in shell ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "lines"),
    [
        ("fail  # ghapp: ignore[no-fail] known\nfail\n", [1]),
        ("# ghapp: ignore[no-fail] known\nfail\nfail\n", [2]),
        ("fail \\\n  twice  # ghapp: ignore[no-fail] known\n", [1]),
        ("if x; then  # ghapp: ignore[no-fail] known\n  fail\nfi\n", []),
    ],
)
def test_a_comment_in_shell_counts_for_its_line_or_the_next(script: str, lines: list[int]) -> None:
    assert [at for at, _ in hidden(analysed({"ci.sh": script}))] == lines


CALLER = """\
on: push
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - run: ci/build.sh
  test:
    runs-on: ubuntu-latest
    steps:
      - run: ci/test.sh
"""
SCRIPTS = {"ci/build.sh": "fail\n", "ci/test.sh": "fail\n"}


def test_a_comment_in_a_called_script_counts() -> None:
    files = {**SCRIPTS, WORKFLOW: CALLER, "ci/build.sh": "fail  # ghapp: ignore[no-fail] known\n"}

    assert said(analysed(files)) == ["no-fail ci/test.sh:1"]


def test_a_comment_in_a_called_script_counts_also_when_only_the_workflow_is_read() -> None:
    files = {**SCRIPTS, WORKFLOW: CALLER, "ci/build.sh": "fail  # ghapp: ignore[no-fail] known\n"}

    assert said(analysed(files, paths=[WORKFLOW])) == ["no-fail ci/test.sh:1"]


@pytest.mark.parametrize("line", [3, 6])
def test_a_comment_where_a_script_is_called_counts_for_what_is_found_in_it(line: int) -> None:
    analysis = analysed({**SCRIPTS, WORKFLOW: with_comment(line, "ghapp: ignore[no-fail] known", text=CALLER)})

    assert said(analysis) == ["no-fail ci/test.sh:1"]


def test_a_script_that_is_called_twice_is_ignored_only_when_both_callers_want_it() -> None:
    ignoring = with_comment(6, "ghapp: ignore[no-fail] known", text=CALLER)
    other = ".github/workflows/other.yml"
    files = {"ci/build.sh": "fail\n", WORKFLOW: ignoring}

    assert said(analysed({**files, other: CALLER})) == ["no-fail ci/build.sh:1"]
    assert said(analysed({**files, other: ignoring})) == []


def test_a_comment_in_a_local_action_counts() -> None:
    action = """\
        runs:
          using: composite
          steps:
            - run: fail
              shell: bash  # ghapp: ignore[no-fail] not here
            # ghapp: ignore[no-fail] known
            - run: fail
              shell: bash
        """
    caller = CALLER.replace("run: ci/build.sh", "uses: ./.github/actions/it")
    analysis = analysed({".github/actions/it/action.yml": action, WORKFLOW: caller}, paths=[WORKFLOW])

    assert said(analysis) == ["no-fail .github/actions/it/action.yml:4"]


def test_a_finding_in_a_file_that_is_no_ci_file_is_not_ignored_by_what_cannot_be_read() -> None:
    def detect(pipeline: Pipeline):
        yield Finding(Place("compose.yml", 1, 1, 1, 2), "No.")

    files = {WORKFLOW: JOB, "compose.yml": "a: [  # ghapp: ignore[no-compose] known\n"}

    assert said(analysed(files, rules=[rule("no-compose", detect)])) == ["no-compose compose.yml:1"]


# --- Comments that do not count -------------------------------------------------------------------


def test_without_a_reason_the_finding_stays() -> None:
    analysis = analysed({WORKFLOW: with_comment(13, "ghapp: ignore[no-fail] -")})

    assert said(analysis) == ["no-fail 9", "no-fail 13", "ignore-without-reason 13"]
    assert analysis.ignored == ()


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("ghapp: ignore[no-fial] known", f"There is no rule `no-fial`, {SO} Did you mean `no-fail`?"),
        ("ghapp: ignore[S2.9] known", f"There is no rule `S2.9`, {SO} `ghapp rules` lists them all."),
        ("ghapp: ignore no-fail known", NO_RULE),
        ("ghapp: ignore[] known", NO_RULE),
    ],
)
def test_a_rule_that_is_not_there_is_named_with_the_nearest(comment: str, message: str) -> None:
    analysis = analysed({WORKFLOW: with_comment(13, comment)})

    assert [each.finding.message for each in analysis.diagnostics if each.rule.id == SAID[1]] == [message]
    assert analysis.ignored == ()


def test_nothing_is_said_of_a_rule_that_the_policy_has_off() -> None:
    text = with_comment(13, "ghapp: ignore[no-fail] known")

    assert said(analysed({WORKFLOW: text}, "severities: {no-fail: off}")) == []


def test_what_is_said_of_ignores_can_be_turned_off_and_made_graver() -> None:
    text = with_comment(1, "ghapp: ignore[no-quit] known", text="on: push\njobs: {}\n")
    (diagnostic,) = analysed({WORKFLOW: text}, "severities: {ignore-hides-nothing: failure}").diagnostics

    assert diagnostic.severity == "failure"
    assert said(analysed({WORKFLOW: text}, "severities: {ignore-hides-nothing: off}")) == []


IDLE = {"ci.sh": "make  # ghapp: ignore[no-fail] known\n"}


@pytest.mark.parametrize(
    ("tree", "heard"),
    [
        pytest.param(Tree.of(IDLE), True, id="everything was read"),
        pytest.param(Tree.of({**IDLE, WORKFLOW: "on: push\njobs: {}\n"}), False, id="a workflow was not"),
        pytest.param(Tree(None, lambda path: IDLE.get(path, "").encode()), False, id="the paths are not known"),
        pytest.param(
            Tree(["ci.sh", "x.sh"], lambda path: IDLE[path].encode() if path in IDLE else None),
            True,
            id="another script was not",
        ),
    ],
)
def test_a_script_is_judged_only_when_every_workflow_was_read(tree: Tree, heard: bool) -> None:
    assert bool(analyse(tree, ["ci.sh"], RULES).diagnostics) == heard


def test_nothing_is_judged_while_a_called_file_is_not_at_hand() -> None:
    text = with_comment(10, "ghapp: ignore[no-quit] known", text=CALLER)
    tree = Tree([WORKFLOW, "ci/build.sh"], lambda path: text.encode() if path == WORKFLOW else None)

    assert analyse(tree, [WORKFLOW], RULES).diagnostics == ()


def test_nothing_is_judged_when_a_rule_has_failed() -> None:
    def broken(pipeline: object):
        raise ZeroDivisionError

    text = with_comment(10, "ghapp: ignore[no-quit] known", text=CALLER)
    rules = (*RULES, rule("broken", broken))

    analysis = analyse(Tree.of({WORKFLOW: text, **SCRIPTS}), [WORKFLOW], rules)

    assert {each.rule.id for each in analysis.diagnostics} == {"no-fail"}


# --- The policy -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ignore", "left"),
    [
        ("", []),
        ("path: .github/workflows/ci.yml", []),
        ("path: .github/workflows/*.yml", []),
        ("path: '**/*.yml'", []),
        ("path: .github/workflows/", []),
        ("path: .github", []),
        ("path: .circleci/**", ["no-fail 9", "no-fail 13"]),
        ("path: ci.yml", ["no-fail 9", "no-fail 13"]),
        ("job: build", ["no-fail 13"]),
        ("job: test", ["no-fail 9"]),
        ("job: tes", ["no-fail 9", "no-fail 13"]),
        ("job: test, path: .circleci", ["no-fail 9", "no-fail 13"]),
    ],
)
def test_the_policy_ignores_by_path_and_job(ignore: str, left: list[str]) -> None:
    policy = f"ignore: [{{rule: no-fail, reason: Known, {ignore}}}]"
    analysis = analysed({WORKFLOW: JOB}, policy, rules=[NO_FAIL])

    assert said(analysis) == left
    assert {reason for _, reason in hidden(analysis)} <= {"Known"}


@pytest.mark.parametrize("where", ["path: ci/build.sh", "path: ci/*, job: build", "job: build"])
def test_a_finding_in_a_called_script_is_ignored_by_its_path_and_by_the_job_that_calls_it(where: str) -> None:
    policy = f"ignore: [{{rule: no-fail, reason: Known, {where}}}]"

    assert said(analysed({**SCRIPTS, WORKFLOW: CALLER}, policy, rules=[NO_FAIL])) == ["no-fail ci/test.sh:1"]


def test_a_finding_in_a_called_script_is_ignored_by_the_path_of_its_caller() -> None:
    policy = "ignore: [{rule: no-fail, reason: Known, path: .github/workflows/ci.yml}]"

    assert said(analysed({**SCRIPTS, WORKFLOW: CALLER}, policy, rules=[NO_FAIL])) == []


@pytest.mark.parametrize("job", ["build", "main-build"])
def test_a_job_of_circleci_is_known_by_its_name_and_by_that_of_its_invocation(job: str) -> None:
    config = """\
        version: 2.1
        jobs:
          build:
            docker: [{image: cimg/base:2026.01}]
            steps: [{run: fail here}]
        workflows:
          main:
            jobs:
              - build: {name: main-build}
        """

    assert said(analysed({CONFIG: config}, f"ignore: [{{rule: no-fail, reason: Known, job: {job}}}]")) == []


@pytest.mark.parametrize(
    ("today", "left"),
    [
        (None, ["no-fail 9"]),
        (date(2027, 1, 31), ["no-fail 9"]),
        (date(2027, 2, 1), [f"ignore-has-ended {PATH}:1", "no-fail 9", "no-fail 13"]),
    ],
)
def test_an_ignore_ends_after_its_day(today: date | None, left: list[str]) -> None:
    policy = "ignore: [{rule: no-fail, job: test, until: 2027-01-31, reason: Known}]"

    assert said(analysed({WORKFLOW: JOB}, policy, today=today)) == left


def test_an_entry_that_hides_nothing_is_named_at_its_place() -> None:
    policy = """\
        ignore:
          - {rule: no-fail, job: test, reason: Known}
          - {rule: no-quit, reason: Known}
        """
    analysis = analysed({WORKFLOW: JOB}, policy)

    assert said(analysis) == [f"ignore-hides-nothing {PATH}:3", "no-fail 9"]


def test_an_entry_is_not_judged_while_not_every_workflow_was_read() -> None:
    policy = "ignore: [{rule: no-quit, reason: Known}]"
    files = {WORKFLOW: JOB, ".github/workflows/other.yml": JOB}

    assert said(analysed(files, policy, paths=[WORKFLOW])) == ["no-fail 9", "no-fail 13"]


def test_two_ignores_of_the_same_finding_both_count() -> None:
    text = with_comment(13, "ghapp: ignore[no-fail] known")
    policy = "ignore: [{rule: no-fail, job: test, reason: Not wanted}]"
    analysis = analysed({WORKFLOW: text}, policy)

    assert said(analysis) == ["no-fail 9"]
    assert hidden(analysis) == [(13, "Not wanted")]


# --- What people agreed on ------------------------------------------------------------------------

LATER = Reason("The sandbox keeps no state.", by="octo-dev", until=date(2027, 1, 31))


def agreed_on(*lines: int) -> dict[str, Reason]:
    """The reason for the findings in these lines of JOB."""
    return {each.fingerprint: LATER for each in analysed({WORKFLOW: JOB}).diagnostics if each.place.line in lines}


def test_what_people_agreed_to_ignore_is_not_reported_and_the_others_are() -> None:
    analysis = analysed({WORKFLOW: JOB}, agreed=agreed_on(13))

    assert said(analysis) == ["no-fail 9"]
    assert [(each.diagnostic.place.line, each.reason) for each in analysis.ignored] == [(13, LATER)]


def test_what_people_agreed_on_holds_wherever_the_finding_moves() -> None:
    moved = "# The build.\n" + JOB.replace("make\n", "make\n          make test\n")
    analysis = analysed({WORKFLOW: moved}, agreed=agreed_on(9, 13))

    assert said(analysis) == []
    assert hidden(analysis) == [(11, LATER.text), (15, LATER.text)]


@pytest.mark.parametrize(("today", "lines"), [(None, []), (date(2027, 1, 31), []), (date(2027, 2, 1), ["no-fail 13"])])
def test_what_people_agreed_on_ends_after_its_day(today: date | None, lines: list[str]) -> None:
    analysis = analysed({WORKFLOW: JOB}, today=today, agreed=agreed_on(13))

    assert said(analysis) == ["no-fail 9", *lines]


@pytest.mark.parametrize(("renames", "lines"), [({}, ["9", "13"]), ({"build.yml": "ci.yml"}, ["9"])])
def test_what_people_agreed_on_holds_in_a_file_that_is_renamed(renames: dict[str, str], lines: list[str]) -> None:
    below = {f".github/workflows/{new}": f".github/workflows/{old}" for new, old in renames.items()}
    new = ".github/workflows/build.yml"
    analysis = analysed({new: JOB}, agreed=agreed_on(13), renames=below)

    assert said(analysis) == [f"no-fail {new}:{line}" for line in lines]


def test_of_a_comment_and_what_people_agreed_on_the_comment_is_named_for_it_can_be_seen_in_the_file() -> None:
    text = with_comment(13, "ghapp: ignore[no-fail] known")

    assert hidden(analysed({WORKFLOW: text}, agreed=agreed_on(13))) == [(13, "known")]


# --- Against base ---------------------------------------------------------------------------------


def test_a_finding_that_a_new_comment_hides_is_neither_new_nor_mended() -> None:
    base, head = analysed({WORKFLOW: JOB}), analysed({WORKFLOW: with_comment(13, "ghapp: ignore[no-fail] known")})
    outcome = compare(head, base)

    assert (outcome.new, outcome.mended) == ((), ())
    assert [each.place.line for each in outcome.known] == [9]
    assert [each.diagnostic.place.line for each in outcome.hushed] == [13]
    assert outcome.ignored == outcome.hushed


def test_a_finding_that_was_hidden_before_is_not_said_to_be_hidden_anew() -> None:
    head = analysed({WORKFLOW: with_comment(13, "ghapp: ignore[no-fail] known")})
    outcome = compare(head, head)

    assert outcome.hushed == ()
    assert len(outcome.ignored) == 1


def test_taking_the_comment_away_brings_the_finding() -> None:
    base, head = analysed({WORKFLOW: with_comment(13, "ghapp: ignore[no-fail] known")}), analysed({WORKFLOW: JOB})

    assert [each.place.line for each in compare(head, base).new] == [13]


def test_a_new_finding_that_people_agreed_to_ignore_is_listed_as_hidden_and_not_as_new() -> None:
    agreed = agreed_on(9, 13)
    base = analysed({WORKFLOW: JOB.replace("fail again", "true")}, agreed=agreed)
    outcome = compare(analysed({WORKFLOW: JOB}, agreed=agreed), base)

    assert outcome.new == ()
    assert [(each.diagnostic.place.line, each.reason.by) for each in outcome.hushed] == [(13, "octo-dev")]
    assert len(outcome.ignored) == 2


def test_hiding_the_first_of_two_equal_findings_does_not_make_the_second_another() -> None:
    one = "on: push\njobs:\n  build:\n    runs-on: x\n    steps:\n      - run: |\n          fail\n          fail\n"
    hushed = with_comment(7, "ghapp: ignore[no-fail] known", text=one)
    outcome = compare(analysed({WORKFLOW: hushed}), analysed({WORKFLOW: one}))

    assert (outcome.new, outcome.mended) == ((), ())
    assert len(outcome.known) == len(outcome.hushed) == 1


def test_every_platform_is_served() -> None:
    assert all(set(each.platforms) == set(Platform) for each in RULES if each.after)
