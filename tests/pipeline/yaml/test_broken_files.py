"""What cannot be read ends in a sentence with a place: never in a crash, a hang or a recursion error."""

from __future__ import annotations

import time

import pytest

from ghapp.pipeline.source import BrokenFile, Source
from ghapp.pipeline.yaml import MAX_DEPTH, MAX_NODES, parse


def refusal(data: bytes) -> BrokenFile:
    with pytest.raises(BrokenFile) as caught:
        parse(Source.decode("ci.yml", data))
    return caught.value


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("a:\n\tb: 1\n", 2, 1, "A tab"),
        ("a: |\n  x\n\ty\n", 3, 1, "A tab"),
        ("a: @x\n", 1, 4, "begin with `@` unless"),
        ("a: `x`\n", 1, 4, "begin with ``` unless"),
        ("a: %x\n", 1, 4, "begin with `%` unless"),
        ("%x: 1\n", 1, 1, "directive"),
        ("a: b: c\n", 1, 5, "A `:` begins a value"),
        ("a: 1\n  b: 2\n", 2, 4, "Check the indentation"),
        ("a: 1\nb\nc: 2\n", 2, 1, "no `:` follows"),
        ("a:\n    b: 1\n  c: 2\n", 3, 3, "neither a key"),
        ("a: 'x' y\n", 1, 8, "neither a key"),
        ("- a\nb: 1\n", 2, 1, "a `-` was expected"),
        ("a: [1, 2\nb: 3\n", 2, 2, "`[` opens in line 1 is not closed: `,` or `]` is missing"),
        ("a: {b: 1\nc: 3\n", 2, 2, "`{` opens in line 1 is not closed: `,` or `}` is missing"),
        ("a: 1\nb: 'x\n\n\n", 2, 4, "never closed"),
        ('a: "x\n---\n', 2, 1, "before the next `---`"),
        ('a: "\\q"\n', 1, 5, "escape"),
        ("a: - b\n", 1, 4, "cannot begin a list"),
        ("{a:, b: 1}\n", 1, 3, "A `:` stands"),
        ("a: 1\nb: &\n", 2, 5, "YAML cannot be read here"),
        ("a: 1\n---\nb: 2\n", 2, 1, "A second YAML document"),
        ("a: é\x00b\n", 1, 5, "U+0000"),
        ("a: 1\nb: \x07\n", 2, 4, "U+0007"),
        ("\ufeff\ufeffa: 1\n", 1, 1, "byte order mark"),
    ],
)
def test_broken_yaml_is_refused_with_place_and_reason(text: str, line: int, column: int, words: str) -> None:
    error = refusal(text.encode())

    assert (error.path, error.line, error.column) == ("ci.yml", line, column), error.message
    assert words in error.message


def test_lines_are_counted_as_github_does() -> None:
    error = refusal("a: 'x\u2028y'\nb: @\n".encode())

    assert (error.line, error.column) == (2, 4)


@pytest.mark.parametrize(
    ("data", "line", "column", "words"),
    [
        (b"a: 1\nb: \xc3\xa9\xff\n", 2, 5, "not UTF-8: byte 0xff"),
        ("a: 1".encode("utf-16"), 1, 1, "not UTF-8"),
        (b"a: 1\n" * 250_000, 1, 1, "over 1 MiB"),
        (b"a: " + b"x" * 10_000_000, 1, 1, "10,000,003 bytes"),
    ],
)
def test_bytes_that_are_no_text_are_refused(data: bytes, line: int, column: int, words: str) -> None:
    error = refusal(data)

    assert (error.line, error.column) == (line, column)
    assert words in error.message


BOMBS = {
    "10,000 brackets": b"[" * 10_000,
    "100,000 brackets": b"[" * 100_000,
    "100,000 braces with keys": b"{a: " * 100_000,
    "300,000 dashes": b"- " * 300_000 + b"x",
    "1,400 levels of indentation": b"".join(b" " * n + b"a:\n" for n in range(1_400)),
    "500,000 question marks": b"? " * 500_000,
    "260,000 items": b"- a\n" * 260_000,
    "130,000 empty maps": b"- {}\n" * 130_000,
    "60,000 aliases": b"- &a 1\n" + b"- *a\n" * 60_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_at_once(name: str) -> None:
    began = time.thread_time()
    error = refusal(BOMBS[name])

    assert f"{MAX_DEPTH} deep" in error.message or f"{MAX_NODES:,}" in error.message
    assert time.thread_time() - began < 5  # a guard against hanging, not a measurement


HEAPS = {
    "20,000 repeated keys": b"a: 1\n" * 20_000,
    "a line of 1 MB": b"a: " + b"x" * 1_000_000,
    "a million blanks in quotes": b'a: "' + b" " * 1_000_000 + b'"',
    "300,000 folded lines": b"a: >1+\n" + b"          \n x\n" + b"  \n" * 300_000,
    "100,000 empty lines kept": b"a: >+\n  x\n" + b"\n" * 100_000 + b"b: 1\n",
    "80,000 lines in quotes": b'a: "' + b"x\\\n \n " * 40_000 + b'"',
    "100,000 escapes": b'a: "' + b"\\n" * 100_000 + b'"',
    "100,000 doubled quotes": b"a: '" + b"''" * 100_000 + b"'",
    "100,000 comments": b"#\n" * 100_000,
    "300,000 hashes in a block": b"a: |\n  " + b"#" * 300_000 + b"\nb: 'x'\n",
    "10,000 colons in flow": b"[" + b"a:b, " * 10_000 + b"c]",
    "10,000 anchors": b"".join(b"- &a%d x\n- *a%d\n" % (n, n) for n in range(10_000)),
}


@pytest.mark.parametrize("name", HEAPS)
def test_a_heap_is_read_in_full_in_little_time(name: str) -> None:
    began = time.thread_time()
    document = parse(Source.decode("ci.yml", HEAPS[name]))
    texts = [node.as_text() for node in document.scalars]

    assert sum(len(text.value) for text in texts) == sum(len(node.value) for node in document.scalars)
    assert len(document.comments) + len(document.duplicates) < 300_001
    assert time.thread_time() - began < 5  # a guard against hanging, not a measurement


def test_a_heap_of_keys_without_a_blank_is_given_up() -> None:
    began = time.thread_time()

    assert len(parse(Source("ci.yml", "[" + "ab:{}, " * 20 + "c]")).scalars) == 21
    with pytest.raises(BrokenFile):
        parse(Source("ci.yml", "[" + "ab:{}, " * 10_000 + "c]"))
    assert time.thread_time() - began < 5  # a guard against hanging, not a measurement


def test_deep_but_allowed_nesting_is_read() -> None:
    document = parse(Source("ci.yml", "[" * MAX_DEPTH + "]" * MAX_DEPTH))
    assert document.root is not None

    assert len(list(document.root.walk())) == MAX_DEPTH
