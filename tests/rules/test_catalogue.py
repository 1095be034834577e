"""The form of the catalogue: every rule has a complete page, and every entry its rules."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from rules.examples import examples

from ghapp.pipeline.rule import Platform, Rule
from ghapp.rules import catalogue, rule

every_rule = pytest.mark.parametrize("each", catalogue(), ids=lambda each: each.id)
LETTERS = {"G": Platform.ACTIONS, "C": Platform.CIRCLECI, "S": Platform.SHELL}
ENTRIES = {
    "S1.1": "GC", "S1.2": "GC", "S1.3": "GC",
    "S1.4": "GCS", "S1.5": "GCS", "S1.6": "GCS", "S1.8": "GC", "S1.9": "GCS", "S1.10": "GCS",
    "S2.1": "GCS", "S2.2": "GCS", "S2.3": "GCS", "S2.4": "GCS", "S2.5": "GCS", "S2.6": "GCS",
    "S2.7": "GCS", "S2.8": "GCS", "S2.9": "GC", "S2.10": "GC", "S2.11": "GCS",
    "C1": "GC", "C2": "GCS", "C3": "GC", "C4": "GC", "C5": "GC",
    "F2": "GC", "F3": "G", "F13": "G", "F19": "GCS",
    "F11": "GCS", "F14": "G", "F20": "G", "F21": "GCS", "F27": "G", "F28": "C", "F29": "G", "F32": "C", "F34": "GC",
}  # fmt: skip
"""Every observed failure that has rules, with the platforms on which it happens."""


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
    assert {*each.sources} <= ENTRIES.keys()


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_entry_has_a_rule_on_each_of_its_platforms(entry: str) -> None:
    covered = {platform for each in catalogue() if entry in each.sources for platform in each.platforms}

    assert [name for name in ENTRIES[entry] if LETTERS[name] not in covered] == []


@every_rule
def test_trigger_words_are_lower_case(each: Rule) -> None:
    assert each.words
    assert all(word == word.lower() for word in each.words)
