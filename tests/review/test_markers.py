"""The hidden line by which a thread is known again: only our own signature makes one."""

from __future__ import annotations

import pytest

from ghapp.review.markers import MOST_ENTRIES, Entry, Mark, Seal

MARK = Mark(
    "curl-hides-refused-request",
    (Entry("0123456789abcdef", ("01234567", "1" * 8)), Entry("f" * 16, ("e" * 8, "d" * 8))),
)
SEAL = Seal(("the newest secret", "an older secret"), repository=7, pull=42)
COMMENT = f"Text\n\n{SEAL.marker(MARK)}"


def test_a_marker_says_what_it_was_made_of() -> None:
    assert SEAL.read(COMMENT) == ("Text", MARK, False)
    assert SEAL.read(f"Text\n\n{SEAL.marker(Mark(MARK.rule, MARK.entries, closed=True))}")[1] == Mark(
        MARK.rule, MARK.entries, closed=True
    )


def test_a_marker_survives_the_line_ends_of_a_browser() -> None:
    assert SEAL.read(f"Text\r\n\r\n{SEAL.marker(MARK)}\r\n") == ("Text", MARK, False)


@pytest.mark.parametrize(
    "other",
    [
        Seal(("the newest secret",), repository=8, pull=42),
        Seal(("the newest secret",), repository=7, pull=43),
        Seal(("a guess",), repository=7, pull=42),
    ],
    ids=["of another repository", "of another pull request", "signed by somebody else"],
)
def test_a_marker_of_another_origin_is_none(other: Seal) -> None:
    assert SEAL.read(f"Text\n\n{other.marker(MARK)}") == ("Text", None, False)


@pytest.mark.parametrize(
    ("said", "instead"), [("curl-", "wget-"), ("open", "closed"), ("0123", "3210"), ("-->", "-- >")]
)
def test_a_marker_that_was_changed_is_none(said: str, instead: str) -> None:
    assert SEAL.read(COMMENT.replace(said, instead))[1] is None


def test_only_a_last_line_of_its_own_is_a_marker() -> None:
    marker = SEAL.marker(MARK)

    assert SEAL.read(f"{marker}\n\nText")[1] is None
    assert SEAL.read(f"Text `{marker}`")[1] is None
    assert SEAL.read(f"Text {marker}")[1] is None
    assert SEAL.read(marker) == ("", MARK, False)


def test_a_marker_signed_with_an_older_secret_is_good_and_to_be_signed_anew() -> None:
    old = Seal(("an older secret",), repository=7, pull=42)

    assert SEAL.read(f"Text\n\n{old.marker(MARK)}") == ("Text", MARK, True)


def test_a_marker_keeps_room_for_the_text() -> None:
    many = Mark(MARK.rule, tuple(Entry(f"{number:016x}", (f"{number:08x}",) * 2) for number in range(1000)))
    _, mark, _ = SEAL.read(SEAL.marker(many))

    assert mark is not None
    assert mark.entries == many.entries[:MOST_ENTRIES]
