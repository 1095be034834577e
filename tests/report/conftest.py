"""Expected texts as files: `make golden` writes them anew."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def as_in_golden() -> Callable[[str, str], None]:
    """Asserts that a text is the one in tests/report/golden, or writes it there when GOLDEN=write."""

    def compare(name: str, text: str) -> None:
        file = GOLDEN / name
        if os.environ.get("GOLDEN") == "write":
            file.write_text(text, encoding="utf-8")

        assert text == file.read_text(encoding="utf-8")

    return compare
