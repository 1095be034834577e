"""The tree of a YAML file: what it holds, where everything stands, and the way up and down."""

from __future__ import annotations

import pytest

from ghapp.pipeline.source import Place, Source
from ghapp.pipeline.yaml import Document, Node, parse

WORKFLOW = """\
on: push
jobs:
  build:
    runs-on: [ubuntu-latest, "x64"]
    steps:
    - uses: actions/checkout@v4  # pinned
    - run: |
        make

        make test

    - name: 'it''s'
      with:
      env: {A: 1, B: }
# the end
"""


def document(text: str) -> Document:
    return parse(Source("ci.yml", text))


def root(text: str) -> Node:
    node = document(text).root
    assert node is not None
    return node


def at(text: str, *path: str | int) -> Node:
    node = root(text).at(*path)
    assert node is not None, path
    return node


def span(node: Node) -> str:
    return node.source.text[node.start : node.end]


def test_every_scalar_knows_its_exact_place() -> None:
    steps = at(WORKFLOW, "jobs", "build", "steps")

    assert span(steps.at(0, "uses")) == "actions/checkout@v4"  # type: ignore[arg-type]
    assert steps.at(0, "uses").place == Place("ci.yml", 6, 13, 6, 32)  # type: ignore[union-attr]
    assert span(steps.at(2, "name")) == "'it''s'"  # type: ignore[arg-type]


def test_a_block_collection_ends_where_its_last_child_ends() -> None:
    assert span(at(WORKFLOW, "jobs", "build", "steps", 0)) == "uses: actions/checkout@v4"
    assert span(root(WORKFLOW)).endswith("{A: 1, B: }")


def test_a_block_scalar_ends_behind_the_last_character_of_its_content() -> None:
    assert span(at(WORKFLOW, "jobs", "build", "steps", 1, "run")) == "|\n        make\n\n        make test"
    assert span(at("a: |+\n  x\n   \n\nb: 1", "a")) == "|+\n  x"
    assert span(at("a: >  # folded\n  x  \n\n# c\nb: 1", "a")) == ">  # folded\n  x  "


def test_a_null_value_is_an_empty_stretch_behind_its_colon() -> None:
    step = at(WORKFLOW, "jobs", "build", "steps", 2)
    node = step.at("with")
    assert node is not None

    assert (span(node), WORKFLOW[node.start - 5 : node.start]) == ("", "with:")
    assert (node.text, node.value, node.kind) == ("", "", "scalar")


def test_flow_collections_include_their_brackets() -> None:
    labels = at(WORKFLOW, "jobs", "build", "runs-on")

    assert (span(labels), labels.style) == ('[ubuntu-latest, "x64"]', "[")
    assert [item.text for item in labels.elements()] == ["ubuntu-latest", "x64"]
    assert at(WORKFLOW, "jobs", "build", "steps", 2, "env").style == "{"


def test_a_single_pair_in_a_flow_sequence_ends_with_its_value() -> None:
    assert [span(item) for item in at("a: [b: 1 , c]", "a").items] == ["b: 1", "c"]


def test_anchors_and_tags_stand_before_the_node() -> None:
    text = "a: &x !!map  # why\n  b: &y !t 1\nc: &z\nd: !u &w [1]\ne: &v\n- 1\n"

    assert span(at(text, "a")) == "b: &y !t 1"
    assert (at(text, "a").anchor, at(text, "a").tag) == ("x", "tag:yaml.org,2002:map")
    assert (span(at(text, "a", "b")), at(text, "a", "b").tag) == ("1", "!t")
    assert (span(at(text, "c")), at(text, "c").anchor) == ("", "z")
    assert (span(at(text, "d")), at(text, "d").anchor) == ("[1]", "w")
    assert span(at(text, "e")) == "- 1"


def test_places_count_code_points() -> None:
    node = at('😀: "é😀x" # c', "😀")

    assert (node.place.column, node.place.end_column) == (4, 9)


def test_a_path_leads_to_a_node_and_back() -> None:
    node = at(WORKFLOW, "jobs", "build", "steps", 1, "run")

    assert node.path == ("jobs", "build", "steps", 1, "run")
    assert node.root.at(*node.path) is node
    assert node.root.path == ()
    assert node.key is not None
    assert node.key.path == ("jobs", "build", "steps", 1)


@pytest.mark.parametrize("path", [("jobs", "test"), ("jobs", 0), ("jobs", "build", "steps", 3), ("on", "push")])
def test_a_path_that_ends_early_leads_nowhere(path: tuple[str | int, ...]) -> None:
    assert root(WORKFLOW).at(*path) is None


def test_get_finds_the_first_entry_that_has_one_of_the_names() -> None:
    node = root("B: 1\nb: 2\na: 3\n")

    assert node.get("b").text == "2"  # type: ignore[union-attr]
    assert node.get("b", ignore_case=True).text == "1"  # type: ignore[union-attr]
    assert node.get("a", "b").text == "2"  # type: ignore[union-attr]
    assert node.get("A", "x", ignore_case=True).text == "3"  # type: ignore[union-attr]
    assert node.get("x") is None
    assert node.get("x", "y") is None


def test_a_scalar_has_neither_entries_nor_elements() -> None:
    node = root("text")

    assert list(node.entries()) == []
    assert node.elements() == []
    assert node.get("text") is None


@pytest.mark.parametrize(
    ("text", "flag"),
    [("true", True), ("FALSE", False), ("on", None), ("'true'", None), ("yes", None), ("[true]", None)],
)
def test_only_plain_true_and_false_are_flags(text: str, flag: bool | None) -> None:
    assert root(f"k: {text}").get("k").flag is flag  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "value"),
    [("null", ""), ("~", ""), ("", ""), ("'~'", "~"), ("!!str null", "null"), ("[a]", None), ("on", "on")],
)
def test_the_text_of_null_is_empty_and_a_collection_has_none(text: str, value: str | None) -> None:
    assert root(f"k: {text}").get("k").text == value  # type: ignore[union-attr]


def test_a_file_of_comments_has_no_root() -> None:
    assert document("# nothing\n").root is None
    assert document("").root is None


def test_repeated_keys_are_kept_and_reported() -> None:
    read = document("a: 1\nb: {c: 1, 'c': 2}\na: 2\n? [a]\n: 1\n? [a]\n: 2\n")
    assert read.root is not None

    assert [key.place.line for key in read.duplicates] == [2, 3]
    assert [value.text for key, value in read.root.pairs if key.value == "a"] == ["1", "2"]
    assert read.root.get("a").text == "1"  # type: ignore[union-attr]


def test_carriage_returns_move_no_place() -> None:
    node = at("a: 1\r\nb: |\r\n  x\r\n  y\r\n", "b")

    assert (node.value, span(node)) == ("x\ny\n", "|\r\n  x\r\n  y")


def test_a_byte_order_mark_moves_no_place() -> None:
    source = Source.decode("ci.yml", b"\xef\xbb\xbfa: 1\n")
    node = parse(source).root
    assert node is not None

    assert node.get("a").place == Place("ci.yml", 1, 4, 1, 5)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("[postgres:16, a?b]", ["postgres:16", "a?b"]),
        ("{image: cimg/go:1.25, url: http://x/y?q=1}", ["image", "cimg/go:1.25", "url", "http://x/y?q=1"]),
        ('{"a":b, c: why?}', ["a", "b", "c", "why?"]),
        ("x: {tags: 'p:q', run: a:b,}\ny: |\n  e:f?g\n", ["x", "tags", "p:q", "run", "a:b", "y", "e:f?g\n"]),
        ("x: {filters:{only:[main]}, url: http://x}", ["x", "filters", "only", "main", "url", "http://x"]),
        ("x: {no:, any:}\ny: |\n  echo no:{\n", ["x", "no", "", "any", "", "y", "echo no:{\n"]),
    ],
)
def test_plain_text_in_flow_style_may_hold_colons_and_question_marks(text: str, values: list[str]) -> None:
    scalars = document(text).scalars

    assert [node.value for node in scalars] == values
    assert all(node.as_text().exact for node in scalars)


def test_a_key_without_a_blank_behind_it_is_found_by_its_name_and_at_its_place() -> None:
    filters = at("x: {filters:{only:[main]}}", "x", "filters")

    assert filters.key is not None
    assert filters.key.place == Place("ci.yml", 1, 5, 1, 12)
    assert [key.value for key, _ in filters.pairs] == ["only"]


def test_private_characters_of_the_file_survive_a_colon_in_flow_style() -> None:
    assert [node.value for node in document("[a:b, \ue000, \ue001?c]").scalars] == ["a:b", "\ue000", "\ue001?c"]


def test_a_node_shows_itself_with_its_place() -> None:
    assert repr(at(WORKFLOW, "on")) == "<scalar ci.yml:1:5 'push'>"


def test_walking_passes_every_node_in_file_order() -> None:
    nodes = [node for node in root(WORKFLOW).walk() if node.kind == "scalar"]

    assert nodes == sorted(nodes, key=lambda node: node.start)
    assert [node.value for node in nodes][:5] == ["on", "push", "jobs", "build", "runs-on"]
