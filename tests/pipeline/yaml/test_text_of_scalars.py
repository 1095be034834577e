"""Every character of a scalar's value knows its place in the file."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ghapp.pipeline.source import BrokenFile, Source, Text
from ghapp.pipeline.yaml import Node, parse


def text_of(yaml: str) -> Text:
    root = parse(Source("ci.yml", yaml)).root
    assert root is not None
    return root.pairs[0][1].as_text()


@pytest.mark.parametrize(
    ("yaml", "word", "line", "column"),
    [
        ("k: make test\n", "test", 1, 9),
        ("k: 'make test'\n", "test", 1, 10),
        ('k: "make test"\n', "test", 1, 10),
        ("k: 'it''s test'\n", "test", 1, 11),
        ('k: "\\u00e9\\t\\x41\\U0001F600 test"\n', "test", 1, 28),
        ("k: make\n   test\n", "test", 2, 4),
        ("k: make\n\n\n   test\n", "test", 4, 4),
        ("k: 'make\n\n  test'\n", "test", 3, 3),
        ('k: "a \\\n   \\  test"\n', "test", 2, 7),
        ('k: "a\\ \n   test"\n', "test", 2, 4),
        ('k: "a\\\\\n   test"\n', "test", 2, 4),
        ("k: |\n  make\n\n   test\n", "test", 4, 4),
        ("k: |2-  # c\n    make\n  test\n", "test", 3, 3),
        ("k: |\r\n  make\r\n  test\r\n", "test", 3, 3),
        ("k: >-\n  make\n  test\n", "test", 3, 3),
        ("k: >\n\n  make\n\n  a\n    test\n  b\n", "test", 6, 5),
        ("k: >2\n    make\n  test\n", "test", 3, 3),
        ("k: >\r\n  make\r\n  test\r\n", "test", 3, 3),
        ("- k: >+\n    test\n\n\n- x", "", 0, 0),
    ],
)
def test_a_word_is_found_where_it_stands(yaml: str, word: str, line: int, column: int) -> None:
    root = parse(Source("ci.yml", yaml)).root
    assert root is not None
    text = (root.pairs or root.items[0].pairs)[0][1].as_text()

    assert text.exact
    if word:
        place = text.place(text.value.index(word), text.value.index(word) + len(word))
        assert (place.line, place.column, place.end_line, place.end_column) == (line, column, line, column + len(word))


def test_line_breaks_kept_at_the_end_are_mapped_too() -> None:
    text = text_of("k: >+\n  x\n\n\nb: 1\n")

    assert text.value == "x\n\n\n"
    assert [text.offset(at) for at in range(5)] == [8, 9, 10, 11, 12]


@pytest.mark.parametrize("yaml", ["k: |\n", "k: ''\n", "k:\n", "k: >-\n\n"])
def test_an_empty_value_has_an_empty_exact_text(yaml: str) -> None:
    text = text_of(yaml)

    assert (text.value, text.exact) == ("", True)


@pytest.mark.parametrize(
    "yaml",
    [
        "k: |\n  a\x85  b\n",
        "k: |\r  a\n",
        "k: >\n  a\u2028  b\n",
        "k: >1+\n  \n",
        "k: >1+\n         \n x\n y\n",
        "k: >+\r  \r",
        "k: 'a\x85b'\n",
        'k: "a\\\rb"\n',
        "k: a\u2029  b\n",
    ],
)
def test_line_breaks_of_yaml_1_1_make_a_text_inexact(yaml: str) -> None:
    text = text_of(yaml)

    assert not text.exact
    assert text.place(0, 1).line == 1


def test_a_collection_has_no_text() -> None:
    text = text_of("k: [a]\n")

    assert (text.value, text.exact) == ("", False)


def test_a_text_knows_its_node() -> None:
    node = text_of("k: x\n").node

    assert isinstance(node, Node)
    assert node.path == ("k",)


CHARACTERS = st.text(st.sampled_from(list(" \n\n\t'\"\\#:-|>+2ab,[]{}é😀")), max_size=20)
FRAMES = (
    "k: {}",
    "k:\n  {}",
    "k: |\n  {}\nz: 1",
    "k: |+\n  {}\n\n",
    "k: |2-\n  {}",
    "k: >\n  {}",
    "k: >-\n  {}\nz: 1",
    "k: >+\n  {}\n\n",
    'k: "{}"',
    "k: '{}'",
    "- '{}' # c",
)


@settings(deadline=None)
@given(frame=st.sampled_from(FRAMES), body=CHARACTERS, indent=st.booleans())
def test_whatever_libyaml_reads_is_mapped_exactly(frame: str, body: str, *, indent: bool) -> None:
    yaml = frame.format(body.replace("\n", "\n  ") if indent else body)
    try:
        document = parse(Source("ci.yml", yaml))
    except BrokenFile:
        return
    for node in document.scalars:
        text = node.as_text()
        for at, char in enumerate(node.value):
            offset = text.offset(at)
            there = yaml[offset]
            assert there == char or (there == "\\" and node.style == '"') or (there == "\n" and char == " ")

        assert text.exact
        assert text.value == node.value
