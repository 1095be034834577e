"""The form of the catalogue: every rule has a complete page, and every entry its rules."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from rules.examples import examples

from ghapp.pipeline.rule import Rule
from ghapp.rules import catalogue, rule

every_rule = pytest.mark.parametrize("each", catalogue(), ids=lambda each: each.id)
ENTRY = re.compile(r"(S1\.(10|[1-689])|S2\.(1[01]|[1-9])|C[1-5]|F([1-9]|[12]\d|3[0-4]))")


@every_rule
def test_a_rule_is_found_by_its_id(each: Rule) -> None:
    assert rule(each.id) is each


def test_a_rule_without_its_page_is_refused_since_python_may_have_stripped_it() -> None:
    with pytest.raises(ValueError, match="-OO"):
        replace(catalogue()[0], page=None)


def test_an_unknown_id_finds_nothing() -> None:
    assert rule("no-such-rule") is None


@every_rule
def test_an_id_is_kebab_case(each: Rule) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)+", each.id)


@every_rule
def test_a_title_is_one_sentence_that_fits_an_annotation(each: Rule) -> None:
    assert 10 <= len(each.title) <= 100
    assert "\n" not in each.title


@every_rule
def test_a_page_shows_the_failure_and_the_remedy(each: Rule) -> None:
    labels = [example.label for section in examples(each, each.page or "") for example in section]

    assert "Bad" in labels
    assert "Good" in labels


@every_rule
def test_every_bad_example_marks_a_line(each: Rule) -> None:
    for section in examples(each, each.page or ""):
        for example in section:
            assert bool(example.marks) == (example.label == "Bad"), str(example)


@every_rule
def test_a_page_explains_itself(each: Rule) -> None:
    prose = (each.page or "").split("\nBad", 1)[0]

    assert len(prose.split()) >= 25


@every_rule
def test_sources_name_entries_of_the_catalogue(each: Rule) -> None:
    assert each.sources or each.after, "only what is said of ignores comes from no entry"
    assert all(ENTRY.fullmatch(source) for source in each.sources)


@every_rule
def test_trigger_words_are_lower_case(each: Rule) -> None:
    assert each.words
    assert all(word == word.lower() for word in each.words)
