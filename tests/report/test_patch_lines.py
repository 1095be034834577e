"""Which lines of a patch can carry a comment."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ghapp.report import Patch

TWO_HUNKS = """\
@@ -1,4 +1,5 @@ jobs:
 one
-two
+zwei
+drei
 three
 four
@@ -20 +21,2 @@
 twenty
+more
\\ No newline at end of file"""


@pytest.mark.parametrize(
    ("first", "last", "lines"),
    [
        (1, 1, ("one",)),
        (2, 3, ("zwei", "drei")),
        (1, 5, ("one", "zwei", "drei", "three", "four")),
        (21, 22, ("twenty", "more")),
        (5, 6, None),
        (5, 21, None),
        (22, 23, None),
        (0, 1, None),
        (3, 2, None),
        (12, 12, None),
    ],
)
def test_added_and_context_lines_of_one_hunk_can_be_commented_on(
    first: int, last: int, lines: tuple[str, ...] | None
) -> None:
    patch = Patch.parse(TWO_HUNKS)

    assert patch.right(first, last) == lines
    assert patch.commentable(first, last) is (lines is not None)


def test_content_that_looks_like_a_header_is_content() -> None:
    patch = Patch.parse("@@ -1,2 +1,3 @@\n @@ -9 +9 @@\n+++ b/file\n---- a\n+@@ -50 +50 @@\n@@ -30 +31 @@\n+x")

    assert patch.right(1, 3) == ("@@ -9 +9 @@", "++ b/file", "@@ -50 +50 @@")
    assert patch.right(31, 31) == ("x",)


def test_a_missing_newline_at_the_end_is_no_line() -> None:
    patch = Patch.parse("@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n\\ No newline at end of file")

    assert patch.right(1, 2) == ("a", "c")


def test_only_a_newline_ends_a_line() -> None:
    assert Patch.parse("@@ -0,0 +1,2 @@\n+a\u2028b\x0cc\r\n+d").right(1, 2) == ("a\u2028b\x0cc\r", "d")


def test_a_file_that_only_lost_lines_can_carry_none() -> None:
    assert Patch.parse("@@ -1,2 +0,0 @@\n-a\n-b") == Patch()


@pytest.mark.parametrize(
    "patch", ["", "no patch", "@@ -1 +1 @@", "@@ -1,5 +1,5 @@\nBinary", "@@ -1 +" + "9" * 5000 + " @@\n+a"]
)
def test_what_is_no_patch_has_no_lines(patch: str) -> None:
    assert Patch.parse(patch) == Patch()


def test_a_patch_that_breaks_off_keeps_what_it_showed() -> None:
    patch = Patch.parse("@@ -1,9 +1,9 @@\n a\n+b\ngarbage\n+c")

    assert patch.right(1, 2) == ("a", "b")
    assert patch.right(1, 3) is None


@given(
    st.lists(st.sampled_from(["@@ -1,3 +1,3 @@", "@@ -9 +0,2 @@", "+a", "-b", " c", "\\ d", "", "e"])),
    st.integers(-1, 9),
)
def test_any_patch_is_read(lines: list[str], first: int) -> None:
    found = Patch.parse("\n".join(lines)).right(first, first + 1)

    assert found is None or len(found) == 2


def test_reading_takes_time_in_proportion_to_the_patch() -> None:
    hunks = "\n".join(f"@@ -{at} +{at} @@\n-a\n+b" for at in range(1, 30_000, 3))
    began = time.process_time()
    patch = Patch.parse(hunks)
    found = [patch.commentable(line, line) for line in range(1, 30_000)]

    assert sum(found) == 10_000
    assert time.process_time() - began < 3
