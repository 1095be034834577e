"""Anchors, aliases and merge keys."""

from __future__ import annotations

import pytest

from ghapp.pipeline.source import BrokenFile, Source
from ghapp.pipeline.yaml import MAX_NODES, Node, parse


def root(text: str) -> Node:
    node = parse(Source("config.yml", text)).root
    assert node is not None
    return node


SHARED = """\
defaults: &defaults
  image: go
  shell: bash
more: &more {shell: sh, user: me}
one:
  <<: *defaults
  shell: zsh
list:
  <<: [*more, *defaults]
steps: &steps
- &first {run: x}
again: *steps
copy:
- *first
"""


def test_an_alias_stays_an_alias_and_leads_to_its_node() -> None:
    copy = root(SHARED).at("copy")
    assert copy is not None
    alias = copy.items[0]

    assert (alias.kind, alias.value) == ("alias", "first")
    assert alias.source.text[alias.start : alias.end] == "*first"
    assert alias.deref() is alias.root.at("steps", 0)
    assert alias.path == ("copy", 0)


def test_reading_goes_through_aliases() -> None:
    assert root(SHARED).at("again", 0, "run").text == "x"  # type: ignore[union-attr]
    assert [item.kind for item in root(SHARED).at("copy").elements()] == ["map"]  # type: ignore[union-attr]
    assert root("a: &x true\nb: *x\n").get("b").flag is True  # type: ignore[union-attr]
    assert root("a: &x y\nb: {*x : 1}\n").at("b", "y").text == "1"  # type: ignore[union-attr]
    assert root("a: &x y\nb: *x\n").pairs[1][1].as_text().value == "y"


def test_merge_keys_are_ordinary_keys_for_github() -> None:
    one = root(SHARED).get("one")
    assert one is not None

    assert one.get("image") is None
    assert [key.value for key, _ in one.entries()] == ["<<", "shell"]


def test_merge_keys_bring_in_entries_for_circleci() -> None:
    one, both = root(SHARED).get("one"), root(SHARED).get("list")
    assert one is not None
    assert both is not None

    assert {key.value: value.text for key, value in one.entries(merge=True)} == {"shell": "zsh", "image": "go"}
    assert {key.value: value.text for key, value in both.entries(merge=True)} == {
        "shell": "sh",
        "user": "me",
        "image": "go",
    }
    assert one.get("image", merge=True).text == "go"  # type: ignore[union-attr]


def test_merges_nest_and_ignore_what_is_no_map() -> None:
    text = "a: &a {x: 1}\nb: &b {<<: *a, y: 2}\nc: {<<: [*b, 3], '<<': 4}\n"
    merged = root(text).get("c")
    assert merged is not None

    assert [(key.value, value.text) for key, value in merged.entries(merge=True)] == [
        ("<<", "4"),
        ("y", "2"),
        ("x", "1"),
    ]


def test_a_later_anchor_of_the_same_name_takes_over() -> None:
    assert [item.text for item in root("[&a 1, *a, &a 2, *a]").elements()] == ["1", "1", "2", "2"]


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("a: 1\nb: *nope\n", 2, 4, "`*nope` has no anchor"),
        ("a: &x\n  b: *x\n", 2, 6, "within its own anchor"),
    ],
)
def test_an_alias_that_leads_nowhere_is_refused(text: str, line: int, column: int, words: str) -> None:
    with pytest.raises(BrokenFile, match="alias") as broken:
        root(text)

    assert (broken.value.line, broken.value.column) == (line, column)
    assert words in broken.value.message


def test_an_alias_bomb_is_refused_where_it_grows_too_large() -> None:
    layers = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 20))

    with pytest.raises(BrokenFile, match=f"{MAX_NODES:,}") as broken:
        root("a0: &a0 [lol]\n" + layers)

    assert broken.value.line == 6


def test_a_merge_bomb_is_refused() -> None:
    layers = "".join(f"a{n}: &a{n}\n  <<: [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 20))

    with pytest.raises(BrokenFile, match=f"{MAX_NODES:,}"):
        root("a0: &a0 {k: v}\n" + layers)


def test_aliases_that_nest_too_deep_are_refused() -> None:
    layers = "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 150))

    with pytest.raises(BrokenFile, match="100 deep"):
        root("a0: &a0 [x]\n" + layers)
