"""A file's text and the places in it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ghapp.pipeline.source import BrokenFile, Place, Source, Text

SOURCE = Source("ci.sh", "one\ntwo\r\n\nfoür\n")


def test_lines_are_numbered_from_one_and_end_with_a_newline_only() -> None:
    assert SOURCE.lines == ["one", "two", "", "foür"]
    assert [SOURCE.line_text(line) for line in (0, 2, 4, 5)] == ["", "two", "foür", ""]
    assert Source("a", "x\x0by\u2028z").lines == ["x\x0by\u2028z"]
    assert Source("a", "").lines == []


def test_the_line_ends_of_a_file_are_known() -> None:
    assert SOURCE.newline == "\r\n"
    assert Source("a", "x\n").newline == "\n"


def test_a_place_counts_lines_and_code_points_from_one() -> None:
    text = SOURCE.text

    assert SOURCE.place(text.index("ü"), text.index("ü") + 1) == Place("ci.sh", 4, 3, 4, 4)
    assert SOURCE.place(0, 5) == Place("ci.sh", 1, 1, 2, 2)
    assert SOURCE.place(2, 0) == Place("ci.sh", 1, 3, 1, 3)


@settings(deadline=None)
@given(st.text(st.sampled_from("a\n\ré")), st.integers(0, 20))
def test_every_offset_lies_on_its_line(text: str, offset: int) -> None:
    source = Source("a", text)
    offset = min(offset, len(text))
    place = source.place(offset, offset)

    assert text.count("\n", 0, offset) + 1 == place.line
    assert source.line_starts[place.line - 1] + place.column - 1 == offset


def test_a_broken_file_says_where() -> None:
    error = BrokenFile("a.yml", 2, 3, "It is broken.")

    assert str(error) == "a.yml:2:3: It is broken."


def test_the_text_of_a_file_maps_to_itself() -> None:
    text = Text.of_file(SOURCE)

    assert text.exact
    assert text.place(0, 3) == Place("ci.sh", 1, 1, 1, 4)


def test_the_place_of_a_text_leaves_out_the_newlines_at_its_end() -> None:
    text = Text("ab\ncd\n\n", SOURCE, [(0, 4, 3), (3, 12, 4)])

    assert text.place(0, 3) == SOURCE.place(4, 6)
    assert text.place(1, 7) == SOURCE.place(5, 14)
    assert text.place(3, 3) == SOURCE.place(12, 12)
    assert text.offset(99) == 16


def test_a_text_without_segments_stands_at_the_top() -> None:
    assert Text("", SOURCE, []).offset(3) == 0
