"""The signed last line by which ghapp knows whom it has answered."""

from __future__ import annotations

import pytest

from ghapp.review.markers import Seal

SEAL = Seal(("new-secret", "old-secret"), 42, 7)
RECEIPT = SEAL.receipt("answered", 1001)


def test_an_answer_is_known_by_its_last_line_also_after_the_secret_was_changed() -> None:
    old = Seal(("old-secret",), 42, 7).receipt("turned-away", 1002)

    assert SEAL.receipt_in(f"So it is.\n\n{RECEIPT}") == ("answered", 1001)
    assert SEAL.receipt_in(f"So it is.\r\n\r\n{RECEIPT}\r\n") == ("answered", 1001)
    assert SEAL.receipt_in(old) == ("turned-away", 1002)


@pytest.mark.parametrize(
    "body",
    [
        "",
        f"> {RECEIPT}",
        f"{RECEIPT}\n\nYou said so.",
        RECEIPT.replace("1001", "1002"),
        RECEIPT.replace("answered", "turned-away"),
        Seal(("new-secret",), 42, 8).receipt("answered", 1001),
        Seal(("new-secret",), 43, 7).receipt("answered", 1001),
        Seal(("another-secret",), 42, 7).receipt("answered", 1001),
    ],
    ids=["nothing", "quoted", "not last", "comment", "word", "pull request", "repository", "secret"],
)
def test_nobody_else_can_make_one_or_use_it_elsewhere(body: str) -> None:
    assert SEAL.receipt_in(body) is None
