"""A finding stays the same while the file changes around it, and what a change brought is told from the rest."""

from __future__ import annotations

import random
import re
from textwrap import indent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pipeline.toys import NO_FAIL, WORKFLOW, analysed, commands, rule, workflow

from ghapp.pipeline.engine import Analysis, Outcome, compare
from ghapp.pipeline.identity import likeness
from ghapp.rules import catalogue

BASE = """
    on: push
    jobs:
      build:
        runs-on: ubuntu-latest
        steps:
          - uses: actions/checkout@v5
          - name: Test
            run: |
              prepare
              fail the tests
          - run: fail again
"""


def change(before: str, after: str) -> Outcome:
    return compare(workflow(after), workflow(before))


def lines(diagnostics: tuple[object, ...]) -> list[int]:
    return [each.place.line for each in diagnostics]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("on: push", "# a comment\n\n    on: push"),
        ("              ", "                   "),
        ("prepare", "prepare everything\n              and more"),
        ("fail the tests", "fail   the tests  # at last"),
        ("          - run: fail again", "          - run: |\n              before\n              fail again && after"),
        ("          - uses: actions/checkout@v5\n", ""),
        ("name: Test", "name: All tests"),
        ("name: Test", "id: test"),
    ],
    ids="lines-shift indentation neighbours comment style step-gone step-renamed step-named".split(),  # noqa: SIM905
)
def test_a_change_around_a_finding_leaves_it_known(old: str, new: str) -> None:
    assert old in BASE

    outcome = change(BASE, BASE.replace(old, new))

    assert lines(outcome.new) == []
    assert len(outcome.known) == 2
    assert outcome.mended == ()


def test_steps_in_another_order_leave_their_findings_known() -> None:
    first = "          - run: fail again\n"
    moved = BASE.replace(first, "").replace("          - uses:", f"{first}          - uses:")

    outcome = change(BASE, moved)

    assert outcome.new == ()
    assert len(outcome.known) == 2


def test_the_version_of_an_action_is_not_its_identity() -> None:
    def detect(pipeline):
        from ghapp.pipeline import Finding

        for job in pipeline.jobs:
            for step in job.steps:
                if step.uses is not None:
                    yield Finding(step.uses.node.place, "Used.")

    used = rule("used", detect)
    old, new = workflow(BASE, [used]), workflow(BASE.replace("@v5", "@0123abc  # v6"), [used])

    assert compare(new, old).new == ()
    assert len(compare(new, old).known) == 1


def test_a_finding_that_was_not_there_is_new() -> None:
    outcome = change(BASE, BASE + "          - run: fail better\n")

    assert lines(outcome.new) == [13]
    assert lines(outcome.known) == [11, 12]


def test_a_finding_whose_own_words_changed_is_new_and_the_old_one_mended() -> None:
    outcome = change(BASE, BASE.replace("fail again", "fail otherwise"))

    assert lines(outcome.new) == [12]
    assert lines(outcome.mended) == [12]


def test_a_finding_that_is_gone_is_mended() -> None:
    outcome = change(BASE, BASE.replace("fail again", "succeed"))

    assert outcome.new == ()
    assert lines(outcome.mended) == [12]


def test_the_same_words_in_another_job_are_another_finding() -> None:
    outcome = change(BASE, BASE.replace("      build:", "      deploy:"))

    assert len(outcome.new) == 2
    assert len(outcome.mended) == 2


def test_equal_findings_stay_as_many_as_they_are() -> None:
    twice = BASE + "          - run: fail again\n"

    assert len(workflow(twice).diagnostics) == 3
    assert len({each.fingerprint for each in workflow(twice).diagnostics}) == 3
    assert lines(change(BASE, twice).new) == [13]
    assert lines(change(twice, BASE).mended) == [13]
    assert change(twice, twice).new == ()


def test_a_named_step_tells_the_new_one_of_two_equal_findings() -> None:
    added = BASE.replace(
        "          - name: Test\n",
        "          - name: Lint\n            run: fail the tests\n          - name: Test\n",
    )

    assert lines(change(BASE, added).new) == [9]


def test_a_renamed_file_keeps_its_findings() -> None:
    new, old = analysed({".github/workflows/test.yml": BASE}), workflow(BASE)

    outcome = compare(new, old, renames={".github/workflows/test.yml": WORKFLOW})

    assert outcome.new == ()
    assert len(outcome.known) == 2
    assert len(compare(new, old).new) == 2


def test_findings_of_different_rules_are_different() -> None:
    again = rule("another", commands("fail"))

    assert len({each.fingerprint for each in workflow(BASE, [NO_FAIL, again]).diagnostics}) == 4
    assert len(compare(workflow(BASE, [again]), workflow(BASE)).new) == 2


def test_a_finding_in_a_script_is_known_by_its_words() -> None:
    old = analysed({"ci.sh": "true\nfail now\n"})
    new = analysed({"ci.sh": "if true; then\n  fail   now\nfi\n"})

    assert compare(new, old).new == ()
    assert [each.anchor for each in new.diagnostics] == ["\tfail now"]


def test_circleci_steps_are_told_apart_by_the_names_under_run() -> None:
    text = """
        version: 2.1
        jobs:
          build:
            docker: [{image: cimg/base:2026.01}]
            steps:
              - run: {name: 'All [of] them', command: fail it}
              - checkout
        workflows: {main: {jobs: [build]}}
    """

    diagnostics = analysed({".circleci/config.yml": text}).diagnostics

    assert [each.anchor for each in diagnostics] == ["jobs.build.steps[All [of them].run.command\tfail it"]


def test_a_finding_between_two_items_has_the_path_of_their_list() -> None:
    def detect(pipeline):
        from ghapp.pipeline import Finding

        start = pipeline.source.text.index("# between")
        yield Finding(pipeline.source.place(start, start + 9), "The comment between.")

    text = BASE.replace("          - run: fail again", "          # between\n          - run: fail again")

    assert [each.anchor for each in workflow(text, [rule("between", detect)]).diagnostics] == [
        "jobs.build.steps\t# between"
    ]


def test_a_finding_outside_of_any_key_has_no_path() -> None:
    def detect(pipeline):
        from ghapp.pipeline import Finding

        yield Finding(pipeline.source.place(0, 3), "The comment at the top.")

    anchors = [each.anchor for each in analysed({WORKFLOW: "# x\non: push\n"}, [rule("top", detect)]).diagnostics]

    assert anchors == ["\t# x"]


REAL = """\
on: push
jobs:
  images:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v5
      - name: Log in
        run: $(aws ecr get-login)
      - name: Report
        run: |
          echo done
          curl -d '{"a": $HOME}' https://shop.example/report
  scan:
    runs-on: ubuntu-24.04
    steps:
      - name: Scan
        run: sqlmap -u "https://shop.example/?id=1"
      - if: failure
        run: docker-compose logs
      - name: Again
        run: docker-compose logs
"""


def edited(chance: random.Random) -> str:
    """That workflow with jobs and steps in another order, comments between them, steps beside them, and other
    indentation."""
    head, *jobs = re.split(r"(?m)^(?=  \w)", REAL)
    text = head
    for job in chance.sample(jobs, len(jobs)):
        top, *steps = re.split(r"(?m)^(?=      - )", job)
        text += "  # a job\n" * chance.randrange(3) + top
        for step in chance.sample(steps, len(steps)):
            text += "      # a step\n" * chance.randrange(3) + "      - run: echo beside\n" * chance.randrange(2) + step
    return re.sub("(?m)^ ", " " * chance.randint(1, 5), text)


def test_a_hundred_edits_around_findings_of_the_real_rules_leave_them_their_fingerprints() -> None:
    chance, before = random.Random(7), workflow(REAL, catalogue())
    names = [each.fingerprint for each in before.diagnostics]

    assert len(names) == len(set(names)) > 8
    for number in range(100):
        after = workflow(edited(chance), catalogue())

        assert sorted(each.fingerprint for each in after.diagnostics) == sorted(names), f"edit {number}"


def test_a_finding_is_like_itself_in_a_renamed_file_or_step_and_like_what_stood_in_its_place() -> None:
    here = likeness("a-rule", "ci.yml", "jobs.build.steps[Test].run\tfail now")
    renamed = likeness("a-rule", "build.yml", "jobs.build.steps[Check].run\tfail now\t#2")
    reworded = likeness("a-rule", "ci.yml", "jobs.build.steps[Test].run\tfail later")
    other = likeness("another", "ci.yml", "jobs.build.steps[Test].run\tfail now")

    assert [a == b for a, b in zip(here, renamed, strict=True)] == [True, False]
    assert [a == b for a, b in zip(here, reworded, strict=True)] == [False, True]
    assert not {*here} & {*other}


WORDS = st.sampled_from(["true", "make all", "echo 'a: b'", "fail", "fail twice", "cd x && fail"])
STEP = st.lists(WORDS, min_size=1, max_size=4)
STEPS = st.lists(STEP, min_size=1, max_size=5)
NOISE = st.sampled_from(["", "# a remark", "echo more"])


def written(steps: list[list[str]], pad: int = 6) -> str:
    body = "".join(
        f"- name: step {number}\n  run: |\n" + indent("\n".join(step), "    ") + "\n"
        for number, step in sorted(enumerate(steps), key=lambda each: each[1] is None)
    )
    return "on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n" + indent(body, " " * pad)


def read(text: str) -> Analysis:
    return workflow(text)


@settings(max_examples=40, deadline=None)
@given(STEPS, st.integers(4, 12), st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), NOISE), max_size=6))
def test_whatever_is_put_between_its_lines_a_workflow_brings_nothing_new(
    steps: list[list[str]], pad: int, noise: list[tuple[int, int, str]]
) -> None:
    changed = [list(step) for step in steps]
    for step, line, text in noise:
        if step < len(changed):
            changed[step].insert(line, text)

    outcome = compare(read(written(changed, pad)), read(written(steps)))

    assert outcome.new == ()
    assert outcome.mended == ()


@settings(max_examples=40, deadline=None)
@given(STEPS, STEPS)
def test_every_finding_is_new_known_or_mended(before: list[list[str]], after: list[list[str]]) -> None:
    head, base = read(written(after)), read(written(before))

    outcome = compare(head, base)

    assert len(outcome.new) + len(outcome.known) == len(head.diagnostics)
    assert len(outcome.known) + len(outcome.mended) == len(base.diagnostics)
    assert len({each.fingerprint for each in head.diagnostics}) == len(head.diagnostics)


@settings(max_examples=40, deadline=None)
@given(STEPS, st.randoms(use_true_random=False))
def test_named_steps_may_change_places(steps: list[list[str]], random) -> None:
    named = [f"- name: step {n}\n  run: |\n" + indent("\n".join(s), "    ") + "\n" for n, s in enumerate(steps)]
    head = "on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n"
    shuffled = random.sample(named, len(named))

    outcome = compare(read(head + indent("".join(shuffled), "      ")), read(head + indent("".join(named), "      ")))

    assert outcome.new == ()
    assert outcome.mended == ()
