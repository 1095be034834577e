"""Configs that nobody means well: wrong shapes, and texts that would grow without end."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pipeline.build import config_of

from ghapp.pipeline.circleci import config
from ghapp.pipeline.source import BrokenFile, Source
from ghapp.pipeline.tree import Tree
from ghapp.pipeline.yaml import parse

GOOD = """\
version: 2.1
setup: true
orbs: {o: circleci/node@6, i: {commands: {c: {steps: [checkout]}}}}
parameters: {p: {type: string, default: x}}
executors: {e: {parameters: {t: {default: a}}, docker: [{image: "i:<< parameters.t >>", environment: {A: b}}]}}
commands:
  c: {parameters: {s: {type: steps, default: []}}, steps: [<< parameters.s >>, {run: {command: m, when: on_fail}}]}
jobs:
  a:
    executor: {name: e, t: "1"}
    shell: bash -e
    working_directory: ~/x
    environment: {A: b}
    parallelism: 2
    steps: [checkout, c: {s: [{run: n}]}, when: {condition: {and: [true]}, steps: [o/x]}, i/c]
job-groups: {g: {jobs: [a]}}
workflows:
  w:
    when: true
    jobs:
      - a: {matrix: {alias: m, parameters: {t: [1, 2]}, exclude: [{t: 1}]}, requires: [g: [failed]], context: [k]}
      - g
      - o/j: {pre-steps: [checkout], name: "n << matrix.t >>", filters: {}, serial-group: s}
      - h: {type: approval}
"""
SHAPES = ["", "~", "[]", "{}", "x", "0", "[~]", "{x: y}", "[[a]]", "{? [a] : b}", "<< parameters.x >>", "[{}]"]


def walk(text: str) -> None:
    source = Source(".circleci/config.yml", text)
    pipeline = config(source, parse(source), Tree.of({source.path: text}))
    for job in pipeline.jobs:
        for item in job.trail:
            assert item.place


def test_the_good_config_is_one():
    pipeline = config_of(GOOD)

    assert [job.id for job in pipeline.jobs] == ["a-2", "a", "n << matrix.t >>", "h"]
    assert not any(job.gap for job in pipeline.jobs if job.kind == "build")


@pytest.mark.parametrize("shape", SHAPES)
def test_any_value_may_have_any_shape(shape: str):
    source = Source(".circleci/config.yml", GOOD)
    document = parse(source)
    values = [value for node in document.maps for _, value in node.pairs]
    values += [item for value in values for item in value.items]
    for node in values:
        changed = f"{GOOD[: node.start]}{shape}{GOOD[node.end :]}"
        with suppress(BrokenFile):
            walk(changed)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_edit_of_a_config_breaks_the_model(data: st.DataObject):
    start = data.draw(st.integers(0, len(GOOD)))
    end = data.draw(st.integers(start, min(len(GOOD), start + 40)))
    text = (
        GOOD[:start] + data.draw(st.sampled_from([*SHAPES, "- ", ": ", "<<: ", "*a", "&a ", "\n", "\n  "])) + GOOD[end:]
    )
    with suppress(BrokenFile):
        walk(text)


@pytest.mark.parametrize("text", ["", "# nothing\n", "[]", "text", "jobs: []", "workflows: [a]", "jobs: {a: ~}"])
def test_a_config_without_jobs_worth_the_name_has_no_steps(text: str):
    assert all(job.steps == () for job in config_of(text).jobs)


def test_commands_that_call_many_commands_end_at_a_budget():
    commands = "\n".join(f"  c{n}: {{steps: [{', '.join([f'c{n + 1}'] * 10)}]}}" for n in range(9))
    job = config_of(f"commands:\n{commands}\n  c9: {{steps: [checkout]}}\njobs: {{a: {{steps: [c0]}}}}").jobs[0]

    reasons = {step.gap for step in job.steps if step.gap}
    assert reasons == {"The config expands to more than 10,000 steps."}
    assert len(job.steps) < 20_000


def test_commands_may_nest_thirty_levels():
    commands = "\n".join(f"  c{n}: {{steps: [c{n + 1}]}}" for n in range(40))
    (step,) = config_of(f"commands:\n{commands}\n  c40: {{steps: []}}\njobs: {{a: {{steps: [c0]}}}}").jobs[0].steps

    assert step.gap == "Commands and conditions nest deeper than 30 levels."
    assert len(step.calls) == 31


def test_logic_may_nest_twenty_levels():
    condition = "true"
    for _ in range(22):
        condition = f"{{not: {condition}}}"
    (step,) = config_of(f"jobs: {{a: {{steps: [when: {{condition: {condition}, steps: [checkout]}}]}}}}").jobs[0].steps

    assert step.condition is not None


def test_scripts_that_run_in_many_jobs_end_at_a_budget():
    script = "x" * 100_000
    runs = ", ".join(["c"] * 40)
    job = config_of(f"commands: {{c: {{steps: [{{run: {script}}}]}}}}\njobs: {{a: {{steps: [{runs}]}}}}").jobs[0]

    gaps = {step.gap for step in job.steps if step.gap}
    assert gaps == {"The config's scripts expand to more than 2 million characters."}
    assert len([step for step in job.steps if step.text]) == 20


def test_a_workflow_has_at_most_a_thousand_invocations():
    jobs = ", ".join(["a"] * 1200)

    assert len(config_of(f"jobs: {{a: {{steps: []}}}}\nworkflows: {{w: {{jobs: [{jobs}]}}}}").jobs) == 1000
