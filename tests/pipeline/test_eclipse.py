"""One root cause, one comment: a finding that makes another at the same command pointless."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pipeline.toys import NO_FAIL, at, commands, rule, workflow

from ghapp.pipeline import Evidence, Finding, Pipeline
from ghapp.pipeline.engine import Analysis, compare

GRAVER = replace(rule("missing", commands("scan")), sources=("F2",), eclipses=("F3",))
LESSER = replace(rule("lenient", commands("scan")), sources=("F3",))
SCAN = """\
    on: push
    jobs:
      x:
        steps:
          - run: |
              scan \\
                --all
              {}
    """


def analysed(text: str = "", *rules: object) -> Analysis:
    return workflow(SCAN.format(text), rules or (GRAVER, LESSER))  # type: ignore[arg-type]


def test_a_finding_is_not_said_beside_one_that_eclipses_it() -> None:
    analysis = analysed()

    assert [name for name, _, _ in at(analysis)] == ["missing"]
    assert [each.rule.id for each in analysis.eclipsed] == ["lenient"]


def test_a_finding_stands_alone_when_nothing_eclipses_it() -> None:
    assert [name for name, _, _ in at(analysed("", LESSER))] == ["lenient"]


def test_a_finding_of_another_entry_is_said_all_the_same() -> None:
    other = replace(LESSER, id="other", sources=("F4",))

    assert [name for name, _, _ in at(analysed("", GRAVER, other))] == ["missing", "other"]


def test_a_finding_at_another_command_is_said_all_the_same() -> None:
    lesser = replace(rule("lenient", commands("fail")), sources=("F3",))

    assert at(analysed("fail && fail", GRAVER, lesser))[1:] == [
        ("lenient", ".github/workflows/ci.yml", 8),
        ("lenient", ".github/workflows/ci.yml", 8),
    ]


def test_evidence_of_what_eclipses_is_where_the_same_cause_fails_again() -> None:
    def detect(pipeline: Pipeline) -> Iterator[Finding]:
        first, *rest = (each for each in pipeline.commands() if each.name == "scan")
        yield Finding(first.place, "missing", evidence=tuple(Evidence(each.place, "again") for each in rest))

    graver = replace(GRAVER, detect=detect)
    analysis = analysed("scan --more", graver, LESSER)

    assert [name for name, _, _ in at(analysis)] == ["missing"]
    assert [each.rule.id for each in analysis.eclipsed] == ["lenient", "lenient"]


def test_a_finding_that_is_ignored_eclipses_nothing() -> None:
    analysis = workflow(SCAN.replace("--all", "--all # ghapp: ignore[missing] on purpose").format(""), (GRAVER, LESSER))

    assert [name for name, _, _ in at(analysis)] == ["lenient"]


def test_what_comes_out_of_an_eclipse_is_not_new() -> None:
    outcome = compare(head=analysed("", LESSER), base=analysed())

    assert [each.rule.id for each in outcome.known] == ["lenient"]
    assert [each.rule.id for each in outcome.mended] == ["missing"]
    assert outcome.new == ()


def test_what_goes_into_an_eclipse_is_not_mended() -> None:
    outcome = compare(head=analysed(), base=analysed("", LESSER))

    assert [each.rule.id for each in outcome.new] == ["missing"]
    assert outcome.mended == ()


def test_an_edit_may_bring_to_light_what_was_eclipsed() -> None:
    graver = replace(NO_FAIL, sources=("F2",), eclipses=("F3",))
    lesser = replace(rule("lenient", commands("fail")), sources=("F3",))

    analysis = analysed("fail", graver, lesser)

    assert [each.proven for each in analysis.diagnostics] == [True]
