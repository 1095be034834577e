"""What people had ignored by a reply, as whoever runs the server sees it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from cli.conftest import ghapp
from test_agreements import SAID as KEPT
from test_settings import LEAST

from ghapp.agreements import Agreements

SAID = replace(KEPT, until=date(2999, 1, 31))
OVER = replace(SAID, fingerprint="b" * 16, until=date(2020, 1, 31), reason="For a while")
ELSEWHERE = replace(SAID, repository=43, name="acme/app", until=None)


@pytest.fixture
def agreements(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Agreements]:
    url = f"sqlite:///{tmp_path / 'ghapp.db'}"
    for name, value in {**LEAST, "GHAPP_DATABASE_URL": url}.items():
        monkeypatch.setenv(name, value)
    kept = Agreements(url)
    kept.open()
    yield kept
    kept.close()


def test_ignores_are_listed_with_who_why_and_until_when(agreements: Agreements) -> None:
    asyncio.run(agreements.put([SAID, OVER, ELSEWHERE]))
    everywhere, here = ghapp("ignores").stdout, ghapp("ignores", "acme/shop").stdout

    assert everywhere.splitlines()[0] == f"acme/app  {SAID.fingerprint}  long-run-block  .github/workflows/ci.yml"
    assert "acme/app" not in here
    assert f"acme/shop  {SAID.fingerprint}  long-run-block  .github/workflows/ci.yml  until 2999-01-31\n" in here
    assert f"    {SAID.reason} (octo-dev, 2027-01-15, pull 7)\n" in here
    assert "until 2020-01-31 (over)" in here


def test_an_ignore_can_be_removed_from_one_repository(agreements: Agreements) -> None:
    asyncio.run(agreements.put([SAID, ELSEWHERE]))
    removed = ghapp("ignores", "acme/shop", "--remove", SAID.fingerprint)
    again = ghapp("ignores", "acme/shop", "--remove", SAID.fingerprint)

    assert (removed.exit_code, again.exit_code) == (0, 1)
    assert "the next review reports it again" in removed.stdout
    assert "Nothing with the fingerprint" in again.stderr
    assert asyncio.run(agreements.every()) == [ELSEWHERE]


def test_where_nothing_is_ignored_that_is_said(agreements: Agreements) -> None:
    assert ghapp("ignores").stdout == "Nothing is ignored by a reply.\n"


def test_removing_needs_the_repository(agreements: Agreements) -> None:
    assert ghapp("ignores", "--remove", "abc").exit_code == 2


def test_without_settings_it_says_which_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in LEAST:
        monkeypatch.delenv(name, raising=False)

    assert "GHAPP_WEBHOOK_SECRETS is missing" in str(ghapp("ignores").exception)
