"""A shell file that no other file calls."""

from __future__ import annotations

import pytest

from ghapp.pipeline.model import Command, Gap, Pipeline
from ghapp.pipeline.rule import Platform
from ghapp.pipeline.shell import script
from ghapp.pipeline.source import Source
from ghapp.pipeline.tree import Tree


def loose(text: str, path: str = "ci/x.sh") -> Pipeline:
    return script(Source(path, text), Tree.of({path: text}))


def test_a_loose_script_is_a_pipeline_of_one_job_with_one_step() -> None:
    pipeline = loose("#!/bin/bash -e\nset -o pipefail\na | b\n")
    (job,) = pipeline.jobs
    (step,) = job.steps

    assert (pipeline.platform, pipeline.document, job.id) == (Platform.SHELL, None, "x.sh")
    assert (step.shell, step.errexit, step.pipefail) == ("bash", True, False)
    assert [command.name for command in job.commands] == ["set", "a", "b"]
    assert (job.key.place.line, job.node.place.end_line, step.place.path) == (1, 4, "ci/x.sh")
    assert pipeline.called == {"ci/x.sh"}


@pytest.mark.parametrize(
    ("first_line", "shell"),
    [("", "bash"), ("#!/bin/sh", "sh"), ("#!/usr/bin/env bash", "bash"), ("#!/usr/bin/env python3", "python3")],
)
def test_the_first_line_decides_the_shell(first_line: str, shell: str) -> None:
    step = loose(f"{first_line}\na\n").jobs[0].steps[0]

    assert step.shell == shell
    assert isinstance(step.trail[0], Gap if shell == "python3" else Command)


def test_functions_that_others_call_stand_at_the_end_behind_a_gap() -> None:
    job = loose("used() { a; }\nlibrary() { b $1; exit 1; }\nother() { c $X ${{ y }}; }\nused\n").jobs[0]
    names = [item.name if isinstance(item, Command) else "?" for item in job.trail]
    guarded = next(command for command in job.commands if command.name == "b")

    assert names == ["used", "a", "?", "b", "exit", "?", "c"]
    assert [(guard.kind, guard.test) for guard in guarded.guards] == [("function", "library()")]
    assert guarded.expand(guarded.words[1]) == "$1"
    assert job.commands[-1].expand(job.commands[-1].words[1]) == "$X"
    assert job.commands[-1].literal(job.commands[-1].words[2]) is None
