"""The facts about Prowler's frameworks can be trusted by the code that reads them."""

from __future__ import annotations

import re
from datetime import date

import pytest

from ghapp.rules._facts import facts
from ghapp.rules._prowler import exists, release, shown

FACTS = facts("prowler")
NEWEST = release(FACTS["newest"])


def test_the_facts_say_when_and_where_they_were_read() -> None:
    assert date.fromisoformat(FACTS["date"])
    assert "prowler/compliance/" in FACTS["source"]


def test_the_ids_are_words_for_a_command_line() -> None:
    assert [name for name in FACTS["first_release"] if not re.fullmatch(r"[a-z0-9_.]+", name)] == []


def test_every_release_is_one_and_none_is_newer_than_the_newest() -> None:
    named = {*FACTS["first_release"].values(), *FACTS["gone_since"].values()}

    assert NEWEST is not None
    assert all((version := release(name)) is not None and (3,) <= version <= NEWEST for name in named)


def test_what_is_gone_was_there_before() -> None:
    for name, gone in FACTS["gone_since"].items():
        first = release(FACTS["first_release"][name])
        last = release(gone)

        assert first is not None
        assert last is not None
        assert exists(name, first)
        assert not exists(name, last)
        assert exists(name, None)


@pytest.mark.parametrize(
    ("version", "there"),
    [
        ("3.1.4", set[str]()),
        ("3.2.0", {"pci_3.2.1_aws"}),
        ("5.3.0", {"pci_3.2.1_aws"}),
        ("5.4", {"pci_3.2.1_aws", "pci_4.0_aws"}),
        ("5.46.0", {"pci_3.2.1_aws", "pci_4.0_aws"}),
    ],
)
def test_the_frameworks_of_pci_dss_came_with_these_releases(version: str, there: set[str]) -> None:
    names = {name for name in FACTS["first_release"] if name.startswith("pci") and name.endswith("_aws")}

    assert {name for name in names if exists(name, release(version))} == there


@pytest.mark.parametrize("name", ["cis_level2_aws", "cislevel2", "pci", "pci_dss", "pci-dss", "pci_dss_aws", "pci_4.0"])
def test_what_people_write_instead_is_in_no_release(name: str) -> None:
    assert not exists(name, None)


@pytest.mark.parametrize("text", ["latest", "stable", "v4-latest", "5", "5.x", "", None])
def test_a_moving_tag_is_no_release(text: str | None) -> None:
    assert release(text) is None


def test_a_release_is_shown_as_it_is_tagged() -> None:
    assert shown(release("v5.4") or ()) == "5.4.0"
