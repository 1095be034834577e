"""Where comments are, and where a `#` is none."""

from __future__ import annotations

import pytest

from ghapp.pipeline.source import Source
from ghapp.pipeline.yaml import Document, comments_of, parse


def document(text: str) -> Document:
    return parse(Source("ci.yml", text))


@pytest.mark.parametrize(
    ("text", "comments"),
    [
        ("# top\na: 1 # one\n#  two  \nb: 2\n", ["top", "one", "two"]),
        ("a: b#c\nd: 'x # y' # z\ne: \"x # y\"#w\n", ["z", "w"]),
        ("run: | # head\n  # shell\n  make # more\n# below\nb: >-#x\n  y # z\n", ["head", "below", "x"]),
        ("a: [1, # one\n  2] # two\n", ["one", "two"]),
        ('{"a":#x\n b, c: &d # y\n e}\n', ["x", "y"]),
        ("--- # doc\na: plain # end\n", ["doc", "end"]),
        ("a: 1 #crlf\r\nb: 2 #\r\n", ["crlf", ""]),
        ("a: 1 # x\u2028b: 2\n", ["x"]),
        ("# only", ["only"]),
        ("a: 1", []),
    ],
)
def test_comments_are_found_between_the_scalars(text: str, comments: list[str]) -> None:
    read = document(text)

    assert [comment.text for comment in read.comments] == comments
    assert all(text[comment.start] == "#" for comment in read.comments)
    assert read.root is None or [comment.text for comment in comments_of(read.root)] == comments


def test_a_comment_knows_its_line_and_ends_before_the_blanks() -> None:
    (comment,) = document("a:\n  b: 1  # why  \n").comments

    assert (comment.line, comment.start, comment.end) == (2, 11, 16)


def test_the_comment_on_a_line_is_at_hand() -> None:
    read = document("a: 1 # v4\nb: 2\nc: 'x # y'\n")

    assert [read.comment_on(line) for line in (1, 2, 3, 4)] == ["v4", "", "", ""]
