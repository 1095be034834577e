"""Shell put before and after a command, wherever that keeps the meaning of what stands there."""

from __future__ import annotations

import pytest
from pipeline.build import script_of, workflow_of

from ghapp.pipeline.command import Command
from ghapp.pipeline.edits import apply, run_after, run_before
from ghapp.pipeline.model import Pipeline
from ghapp.pipeline.proof import prove_edit
from ghapp.pipeline.rule import Finding

HEAD = """\
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
"""


def pipeline_of(step: str) -> Pipeline:
    return workflow_of(HEAD + "".join(f"      {line}\n" for line in step.split("\n")))


def command(pipeline: Pipeline, program: str) -> Command:
    return next(each for each in pipeline.commands() if each.name == program)


def edited(step: str, *, after: bool = False) -> str | None:
    """The step with `init` before or after `deploy`; None when the edit is refused."""
    pipeline = pipeline_of(step)
    edit = (run_after if after else run_before)(pipeline, command(pipeline, "deploy"), "init -a")
    if edit is None:
        return None
    assert prove_edit(pipeline.source, edit) is None
    lines = apply(pipeline.source, [edit]).removeprefix(HEAD).splitlines()
    return "\n".join(line.removeprefix("      ") for line in lines)


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("- run: |\n    deploy x", "- run: |\n    init -a\n    deploy x"),
        (
            "- run: |\n    make\n    A=1 sudo deploy \\\n      -x",
            "- run: |\n    make\n    init -a\n    A=1 sudo deploy \\\n      -x",
        ),
        (
            "- run: |\n    if x; then\n      deploy\n    fi",
            "- run: |\n    if x; then\n      init -a\n      deploy\n    fi",
        ),
        ("- run: |\n    cd x &&\n      deploy", "- run: |\n    cd x &&\n      init -a && deploy"),
        ("- run: |\n    cd x && deploy || y", "- run: |\n    cd x && init -a && deploy || y"),
        ("- run: |\n    if x; then deploy; fi", "- run: |\n    if x; then init -a && deploy; fi"),
        ("- run: |\n    x; deploy | tee y", "- run: |\n    x; init -a && deploy | tee y"),
        ("- run: deploy", "- run: init -a && deploy"),
        ("- run: 'deploy'", "- run: 'init -a && deploy'"),
        ("- run: >-\n    deploy\n    -x", "- run: >-\n    init -a && deploy\n    -x"),
        ("- run: make\n    && deploy", "- run: make\n    && init -a && deploy"),
        ('- run: "deploy\\n"', '- run: "init -a && deploy\\n"'),
    ],
)
def test_shell_comes_before_a_command(step: str, expected: str) -> None:
    assert edited(step) == expected


@pytest.mark.parametrize(
    "step",
    [
        "- run: |\n    x || deploy",
        "- run: |\n    x ||\n    deploy",
        "- run: |\n    ! deploy",
        "- run: |\n    if deploy; then x; fi",
        "- run: |\n    if\n      deploy; then x; fi",
        "- run: |\n    x | deploy",
        "- run: |\n    x \\\n      | deploy",
        "- run: |\n    x=$(deploy)",
        "- run: |\n    bash -c 'deploy'",
        "- run: |\n    deploy\n    if broken",
        "- run: &x |\n    deploy",
    ],
)
def test_shell_does_not_come_where_it_would_change_the_meaning(step: str) -> None:
    assert edited(step) is None


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("- run: |\n    deploy", "- run: |\n    deploy\n    init -a"),
        (
            "- run: |\n    deploy \\\n      -x  # why\n    y",
            "- run: |\n    deploy \\\n      -x  # why\n    init -a\n    y",
        ),
        ("- run: |\n    x && deploy | y || z", "- run: |\n    x && deploy | y || z\n    init -a"),
        (
            "- run: |\n    f() {\n      deploy\n    }\n    f",
            "- run: |\n    f() {\n      deploy\n      init -a\n    }\n    f",
        ),
        ("- run: deploy x", "- run: deploy x && init -a"),
        ('- run: "deploy x"  # why', '- run: "deploy x && init -a"  # why'),
    ],
)
def test_shell_comes_after_the_whole_statement(step: str, expected: str) -> None:
    assert edited(step, after=True) == expected


@pytest.mark.parametrize(
    "step",
    [
        "- run: |\n    deploy; x",
        "- run: |\n    if deploy; then x; fi",
        "- run: |\n    deploy <<EOF\n    x\n    EOF",
        "- run: deploy &",
        "- run: >\n    deploy\n\n    x",
        "- run: 'deploy # x'",
        "- run: |\n    x=$(deploy)",
    ],
)
def test_shell_does_not_come_after_what_goes_on(step: str) -> None:
    assert edited(step, after=True) is None


def test_several_lines_come_before_a_command_of_a_block_only() -> None:
    block, line = pipeline_of("- run: |\n    deploy"), pipeline_of("- run: deploy")

    edit = run_before(block, command(block, "deploy"), "a\nb")
    assert edit is not None
    assert edit.lines == ("          a", "          b", "          deploy")
    assert run_before(line, command(line, "deploy"), "a\nb") is None
    assert run_after(line, command(line, "deploy"), "a\nb") is None


def test_shell_comes_before_a_command_of_a_script_file() -> None:
    pipeline = script_of("#!/bin/bash\nset -e\nf() {\n\tdeploy\n}\nf\n")
    edit = run_before(pipeline, command(pipeline, "deploy"), "init")
    assert edit is not None

    assert (edit.path, edit.first, edit.last, edit.lines) == ("ci.sh", 4, 4, ("\tinit", "\tdeploy"))
    assert prove_edit(pipeline.source, edit) is None


def test_a_finding_stands_for_its_command() -> None:
    pipeline = pipeline_of("- run: deploy")
    found = command(pipeline, "deploy")

    assert run_before(pipeline, Finding(found.place, "m", subject=found), "x") == run_before(pipeline, found, "x")
    assert run_before(pipeline, Finding(found.place, "m"), "x") is None
