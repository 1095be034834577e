"""The edits that rules offer: what they write, what they refuse, and that the proof agrees with each of them."""

from __future__ import annotations

from textwrap import dedent

import pytest

from ghapp.pipeline.edits import (
    add_entries,
    append_items,
    apply,
    delete_key,
    insert_after,
    insert_before,
    insert_lines_after,
    insert_lines_before,
    join,
    replace_in,
    replace_item,
    replace_value,
    set_key,
)
from ghapp.pipeline.proof import prove_edit
from ghapp.pipeline.rule import Edit
from ghapp.pipeline.source import Source, Text
from ghapp.pipeline.yaml import Node, parse


def tree(text: str) -> Node:
    root = parse(Source("ci.yml", dedent(text))).root
    assert root is not None
    return root


def at(text: str, *path: str | int) -> Node:
    node = tree(text).at(*path)
    assert node is not None, path
    return node


def edited(node: Node, edit: Edit | None) -> str:
    """The file after the edit, which must be proven."""
    assert edit is not None
    assert prove_edit(node.source, edit) is None
    return apply(node.source, [edit])


def replaced(node: Node, old: str, new: str) -> Edit | None:
    text = node.as_text()
    start = text.value.index(old)
    return replace_in(text, start, start + len(old), new)


@pytest.mark.parametrize(
    ("value", "old", "new", "expected"),
    [
        ("a/b@v1  # v1", "v1", "v2", "a/b@v2  # v1"),
        ("'it''s a'", " a", " b'c", "'it''s b''c'"),
        ('"x \\"y\\" z"', "z", '"\\', '"x \\"y\\" \\"\\\\"'),
        ("[x, a-b]", "", "", ""),
    ],
)
def test_a_stretch_is_replaced_within_its_quotes(value: str, old: str, new: str, expected: str) -> None:
    node = at(f"k: {value}\n", "k")
    if node.kind == "seq":
        node = node.items[1]
        old, new, expected = "b", "c", "[x, a-c]"

    assert edited(node, replaced(node, old, new)) == f"k: {expected}\n"


def test_a_stretch_of_a_block_may_span_lines_and_grow_new_ones() -> None:
    node = at(
        """\
        k: |
          if x; then
            old a
            old b
          fi
        """,
        "k",
    )

    assert edited(node, replaced(node, "old a\n  old b", "new\nnewer")) == dedent(
        """\
        k: |
          if x; then
            new
            newer
          fi
        """
    )
    assert replaced(node, "old b\n", "x\n") is None
    assert "k: |\n  then if x" in edited(node, replace_in(node.as_text(), 0, 0, "then "))


def test_a_stretch_within_one_line_of_folded_text_is_replaced() -> None:
    node = at("k: >-\n  one\n  two\n", "k")

    assert edited(node, replaced(node, "two", "three")) == "k: >-\n  one\n  three\n"
    assert replaced(node, "one two", "x") is None


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        ('k: "a\\tb"\n', "\t", " "),
        ("k: 'a''b'\n", "'", "x"),
        ("k: a b\n", "b", "c: d"),
        ("k: a b\n", "b", "c # d"),
        ("k: a b\n", "b", "c\nd"),
        ("k: 'a b'\n", "b", "c\nd"),
        ("k: v1\n", "v1", "10"),
        ("k: v1\n", "v1", ""),
        ("k: v1\n", "v", "@"),
        ("k: a b\n", "b", "c\td"),
        ('k: "a\x85b"\n', "b", "c"),
        ("k: &x a\n", "a", "b"),
        ("k: a\r\n", "a", "b"),
        ("k: |\r\n  a\r\n", "a", "b"),
        ("k: >\n  a b\n", "b", "c\nd"),
    ],
)
def test_a_stretch_is_not_replaced_where_that_is_not_exact(text: str, old: str, new: str) -> None:
    assert replaced(tree(text).pairs[0][1], old, new) is None


def test_plain_text_in_flow_style_gets_no_brackets_or_commas() -> None:
    node = at("k: [a b]\n", "k", 0)

    assert replaced(node, "b", "c, d") is None
    assert replaced(at("k: {x: [a b]}\n", "k", "x", 0), "b", "c]") is None


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("v1 # c", "v2", "v2 # c"),
        ("v1", "1.10", "'1.10'"),
        ("v1", "yes", "'yes'"),
        ("1.9", "1.10", "1.10"),
        ("'a'", "it's", "'it''s'"),
        ('"a"', 'b"\\', '"b\\"\\\\"'),
        ("a", "b: c", "'b: c'"),
        ("a", "-x", "-x"),
        ("a", "- x", "'- x'"),
        ("a", "--- x", "'--- x'"),
    ],
)
def test_a_value_is_replaced_and_quoted_where_it_must_be(old: str, new: str, expected: str) -> None:
    node = at(f"k: {old}\n", "k")

    assert edited(node, replace_value(node, new)) == f"k: {expected}\n"


@pytest.mark.parametrize("text", ["k: |\n  a\n", "k:\n", "k: [a]\n", "k: a\n  b\n", "k: 'a\n  b'\n", "k: &x a\n"])
def test_a_value_that_does_not_stand_in_one_line_is_left_alone(text: str) -> None:
    assert replace_value(at(text, "k"), "b") is None


def test_a_value_is_not_replaced_by_several_lines() -> None:
    assert replace_value(at("k: a\n", "k"), "b\nc") is None


JOB = """\
jobs:
  build:
    runs-on: x  # the runner
    # steps follow
    steps:
      - uses: a
        with:
          depth: 1

      # say it
      - name: say
        run: |
          echo a

      - { run: b, name: c }
"""


def test_an_entry_is_added_at_the_end_of_a_map() -> None:
    step = at(JOB, "jobs", "build", "steps", 0)

    assert edited(step, add_entries(step, "if: x  # why\nenv:\n  A: 1\n\n  B: 2")) == JOB.replace(
        "          depth: 1\n",
        "          depth: 1\n        if: x  # why\n        env:\n          A: 1\n\n          B: 2\n",
    )


def test_an_entry_is_added_behind_a_key_and_its_comment() -> None:
    job = at(JOB, "jobs", "build")

    assert edited(job, add_entries(job, "timeout-minutes: 10", after="runs-on")) == JOB.replace(
        "the runner\n", "the runner\n    timeout-minutes: 10\n"
    )


def test_an_entry_is_added_to_a_map_in_flow_style() -> None:
    step = at(JOB, "jobs", "build", "steps", 2)

    assert "- { run: b, if: x, name: c }" in edited(step, add_entries(step, "if: x", after="run"))
    assert "- { run: b, name: c, if: x }" in edited(step, set_key(step, "if", "x"))


def test_an_entry_follows_the_end_of_a_file_without_a_newline() -> None:
    node = tree("a: 1\nb: x")

    assert edited(node, add_entries(node, "c: 2")) == "a: 1\nb: x\nc: 2"


@pytest.mark.parametrize(
    ("text", "entry", "after"),
    [
        ("k: {a: 1}\n", "a: 2", None),
        ("k: {a: 1}\n", "b: 2", "c"),
        ("k: {}\n", "b: 2", None),
        ("k: {a: 1,\n  c: 2}\n", "b: 2", None),
        ("k: {a: 1}\n", "b:\n  c: 2", None),
        ("k: &x\n  a: 1\n", "b: 2", None),
        ("k: [1]\n", "b: 2", None),
    ],
)
def test_an_entry_is_not_added_where_that_is_not_safe(text: str, entry: str, after: str | None) -> None:
    assert add_entries(at(text, "k"), entry, after=after) is None


def test_a_key_is_set_in_place() -> None:
    node = tree("a: 1  # one\nb:  # two\nc: 'x'\n")

    assert edited(node, set_key(node, "a", "[push]")) == "a: [push]  # one\nb:  # two\nc: 'x'\n"
    assert edited(node, set_key(node, "b", "7")) == "a: 1  # one\nb: 7  # two\nc: 'x'\n"
    assert edited(node, set_key(node, "c", '"y"')) == 'a: 1  # one\nb:  # two\nc: "y"\n'


@pytest.mark.parametrize("value", ["[1]", "|\n  x", "a\n  b", "!t a", "&x a"])
def test_a_key_is_not_set_where_more_than_a_scalar_stands(value: str) -> None:
    assert set_key(tree(f"a: {value}\nb: 2\n"), "a", "1") is None


def test_a_key_is_deleted_with_its_comment() -> None:
    step = at(JOB, "jobs", "build", "steps", 1)
    node = tree("a: 1\n# above\nb: 2 # on it\nc: 3\n")

    assert edited(step, delete_key(step, "run")) == JOB.replace("        run: |\n          echo a\n", "")
    assert edited(node, delete_key(node, "b")) == "a: 1\n# above\nc: 3\n"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("k:\n  a: 1\n", "a"),
        ("k: {a: 1, b: 2}\n", "a"),
        ("k: &x\n  a: 1\n  b: 2\n", "a"),
        ("k:\n  a: 1\n  b: 2\n", "c"),
        ("k: [1]\n", "a"),
    ],
)
def test_a_key_is_not_deleted_where_lines_do_not_belong_to_it_alone(text: str, key: str) -> None:
    assert delete_key(at(text, "k"), key) is None
    assert delete_key(at("k:\n- a: 1\n  b: 2\n", "k", 0), "a") is None


def test_an_item_comes_before_another_and_its_comment() -> None:
    step = at(JOB, "jobs", "build", "steps", 1)

    assert edited(step, insert_before(step, "- run: |\n    make\n\n    # shell\n    test")) == JOB.replace(
        "      # say it\n",
        "      - run: |\n          make\n\n          # shell\n          test\n\n      # say it\n",
    )


def test_the_first_item_gets_no_empty_line_before_it() -> None:
    step = at(JOB, "jobs", "build", "steps", 0)

    assert edited(step, insert_before(step, "- run: x")) == JOB.replace("      - uses", "      - run: x\n      - uses")


def test_an_item_comes_after_another_as_the_list_is_spaced() -> None:
    steps = at(JOB, "jobs", "build", "steps")
    first, last = steps.items[0], steps.items[2]

    assert edited(first, insert_after(first, "- run: x")) == JOB.replace("depth: 1\n", "depth: 1\n\n      - run: x\n")
    assert edited(last, insert_after(last, "- run: x")) == JOB + "      - run: x\n"


@pytest.mark.parametrize("text", ["[a, b]", "\n- - a\n", "\n- &x a\n", "\n-\n  a\n", "&x\n- a\n", "a"])
def test_an_item_is_not_put_where_a_line_cannot_stand(text: str) -> None:
    node = at(f"k: {text}", "k")
    item = node.items[0] if node.items else node
    item = item.items[0] if item.items else item

    assert insert_before(item, "- b") is None
    assert insert_after(item, "- b") is None


def test_a_rule_that_offers_no_yaml_is_told() -> None:
    step = at(JOB, "jobs", "build", "steps", 0)

    with pytest.raises(ValueError, match="begins with `- `"):
        insert_before(step, "run: x")
    with pytest.raises(ValueError, match="begins with its key"):
        add_entries(step, "- x")
    with pytest.raises(ValueError, match="no YAML"):
        add_entries(step, "# nothing")
    with pytest.raises(ValueError, match="tab"):
        add_entries(step, "a:\n\tb: 1")


def test_lines_of_shell_come_before_and_after_a_line_of_a_block() -> None:
    node = at("k: |\n  if x; then\n    make\n  fi", "k")
    text = node.as_text()
    place = text.value.index("make")

    assert edited(node, insert_lines_before(text, place, "a\n\nb")) == (
        "k: |\n  if x; then\n    a\n\n    b\n    make\n  fi"
    )
    assert edited(node, insert_lines_after(text, place, "a")) == "k: |\n  if x; then\n    make\n    a\n  fi"
    assert edited(node, insert_lines_after(text, len(text.value) - 1, "a")) == (
        "k: |\n  if x; then\n    make\n  fi\n  a"
    )


def test_lines_of_shell_come_before_and_after_a_line_of_a_script() -> None:
    source = Source("ci.sh", "f() {\n\tmake\n}\n")
    text = Text.of_file(source)
    before, after = insert_lines_before(text, 7, "a\nb"), insert_lines_after(text, 7, "c")
    stretch = replace_in(text, 7, 11, "cake")
    assert before is not None
    assert after is not None
    assert stretch is not None

    assert apply(source, [before]) == "f() {\n\ta\n\tb\n\tmake\n}\n"
    assert apply(source, [after]) == "f() {\n\tmake\n\tc\n}\n"
    assert apply(source, [stretch]) == "f() {\n\tcake\n}\n"
    assert [prove_edit(source, edit) for edit in (before, after, stretch)] == [None, None, None]


@pytest.mark.parametrize("yaml", ["k: make\n", "k: >\n  make\n", "k: &x |\n  make\n", "k: |\r\n  make\r\n"])
def test_no_line_is_put_where_text_is_no_script(yaml: str) -> None:
    text = tree(yaml).pairs[0][1].as_text()

    assert insert_lines_before(text, 0, "a") is None
    assert insert_lines_after(text, 0, "a") is None


def test_a_part_of_a_script_is_not_edited() -> None:
    source = Source("ci.sh", "bash -c 'make'\n")
    part = Text("make", source, [(0, 9, 4)])

    assert insert_lines_before(part, 0, "a") is None
    assert replace_in(part, 0, 4, "x") is None
    assert insert_lines_before(Text.of_file(Source("ci.sh", "a\r\n")), 0, "b") is None


def test_several_edits_are_applied_at_once() -> None:
    node = tree("a: 1\nb: 2\nc: 3\n")
    edits = [set_key(node, "a", "x"), delete_key(node, "b"), set_key(node, "c", "z")]

    assert apply(node.source, [edit for edit in edits if edit]) == "a: x\nc: z\n"


def test_edits_of_the_same_line_and_beyond_the_file_are_refused() -> None:
    source = Source("ci.sh", "a\nb\n")

    for edits in (
        [Edit("ci.sh", 1, 2, ()), Edit("ci.sh", 2, 2, ())],
        [Edit("ci.sh", 3, 3, ())],
        [Edit("ci.sh", 0, 1, ())],
    ):
        with pytest.raises(ValueError, match="not there, or edited twice"):
            apply(source, edits)


def test_edits_keep_the_line_ends_of_the_file() -> None:
    assert apply(Source("a.sh", "a\r\nb\r\n"), [Edit("a.sh", 1, 1, ("x", "y"))]) == "x\r\ny\r\nb\r\n"
    assert apply(Source("a.sh", "a\nb"), [Edit("a.sh", 2, 2, ("x",))]) == "a\nx"


def test_edits_are_joined_into_one_suggestion() -> None:
    node = at(JOB, "jobs", "build")
    step = node.at("steps", 0)
    assert step is not None
    edits = [insert_before(step, "- run: x # new"), set_key(node, "runs-on", "y")]
    joined = join(node.source, [edit for edit in edits if edit])
    assert joined is not None

    assert (joined.first, joined.last) == (3, 6)
    assert edited(node, joined) == JOB.replace("runs-on: x", "runs-on: y").replace(
        "      - uses", "      - run: x # new\n      - uses"
    )


def test_edits_of_a_script_are_joined_and_overlapping_ones_are_not() -> None:
    source = Source("ci.sh", "a\nb\nc\n")
    joined = join(source, [Edit("ci.sh", 3, 3, ()), Edit("ci.sh", 1, 1, ("x",))])
    assert joined is not None

    assert apply(source, [joined]) == "x\nb\n"
    assert join(source, [Edit("ci.sh", 1, 2, ()), Edit("ci.sh", 2, 2, ())]) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("needs: [a]  # why\n", "needs: [a, b, 'c d']  # why\n"),
        ("needs:\n  - a  # why\nif: x\n", "needs:\n  - a  # why\n  - b\n  - 'c d'\nif: x\n"),
    ],
)
def test_items_come_to_the_end_of_a_list_in_its_style(text: str, expected: str) -> None:
    node = at(text, "needs")

    assert edited(node, append_items(node, ["b", "'c d'"])) == expected


@pytest.mark.parametrize("text", ["needs: []", "needs: a", "needs: [a,\n  b]", "needs: &x [a]"])
def test_no_items_come_to_the_end_of_what_is_no_plain_list(text: str) -> None:
    assert append_items(at(text, "needs"), ["b"]) is None


def test_nothing_to_append_is_no_edit() -> None:
    assert append_items(at("needs: [a]", "needs"), []) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("requires: [a, b]\n", "requires: [a, {b: [failed]}]\n"),
        ("requires:\n  - a\n  - b  # why\n", "requires:\n  - a\n  - {b: [failed]}  # why\n"),
        ("requires: [a, 'b']\n", "requires: [a, {b: [failed]}]\n"),
    ],
)
def test_an_item_becomes_a_map(text: str, expected: str) -> None:
    node = at(text, "requires", 1)

    assert edited(node, replace_item(node, "{b: [failed]}")) == expected


def test_only_a_scalar_in_a_list_becomes_a_map() -> None:
    assert replace_item(at("requires: [{a: b}]", "requires", 0), "x") is None
    assert replace_item(at("requires: a", "requires"), "x") is None
    assert replace_item(at("requires:\n  - 'a\n    b'", "requires", 0), "x") is None
    assert replace_item(at("requires: [&x a]", "requires", 0), "x") is None
