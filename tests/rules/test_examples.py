"""Every example of every page, and every corner case, does what it says."""

from __future__ import annotations

from itertools import pairwise

import pytest
from rules.examples import Example, every_section

from ghapp.pipeline.edits import apply

SECTIONS = every_section()
BAD = [each for section in SECTIONS for each in section if each.label == "Bad"]
QUIET = [each for section in SECTIONS for each in section if each.label in ("Good", "Silent")]
PAIRS = [
    (bad, good)
    for section in SECTIONS
    for bad, good in pairwise(section)
    if bad.label == "Bad" and good.label == "Good"
]


@pytest.mark.parametrize("example", BAD, ids=str)
def test_bad_is_found_exactly_on_the_marked_lines(example: Example) -> None:
    analysis = example.analysis()

    assert analysis.crashes == ()
    assert analysis.errors == ()
    assert {(each.path, each.place.line) for each in analysis.diagnostics} == example.marks


@pytest.mark.parametrize("example", [each for each in BAD if each.bare], ids=str)
def test_no_edit_is_offered_where_the_example_says_so(example: Example) -> None:
    edits = [each.edit for each in example.analysis().diagnostics]

    assert edits == [None] * len(edits)


@pytest.mark.parametrize("example", QUIET, ids=str)
def test_good_is_silent(example: Example) -> None:
    analysis = example.analysis()

    assert analysis.crashes == ()
    assert analysis.errors == ()
    assert [(each.path, each.place.line, each.finding.message) for each in analysis.diagnostics] == []


@pytest.mark.parametrize(("bad", "good"), PAIRS, ids=str)
def test_the_fix_turns_bad_into_good_and_is_proven(bad: Example, good: Example) -> None:
    if bad.rule.fix is None:
        pytest.skip("this rule offers no edit")
    text = bad.unmarked
    for _ in range(len(bad.marks)):
        edits = [each for each in bad.analysis(text).diagnostics if each.edit is not None]
        assert edits, f"no edit is offered for\n{text}"
        assert edits[0].edit is not None
        assert edits[0].proven, edits[0].edit
        text = apply(bad.tree(text).load(bad.path), [edits[0].edit])  # type: ignore[arg-type]

    assert text == good.text


@pytest.mark.parametrize("example", QUIET, ids=str)
def test_no_other_rule_fires_on_good(example: Example) -> None:
    from ghapp.pipeline.engine import analyse
    from ghapp.rules import catalogue

    others = [rule for rule in catalogue() if rule.id != example.rule.id]

    assert [
        str(each.place) + each.rule.id for each in analyse(example.tree(), [example.path], others).diagnostics
    ] == []
