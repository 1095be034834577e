"""The proof: it lets through what an edit means, and refuses everything else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ghapp.pipeline.edits import (
    Meaning,
    add_entries,
    apply,
    delete_key,
    insert_after,
    insert_before,
    replace_value,
    set_key,
)
from ghapp.pipeline.proof import prove_edit
from ghapp.pipeline.rule import Edit
from ghapp.pipeline.source import Source
from ghapp.pipeline.yaml import Node, parse

FILE = """\
on: push  # when
jobs:
  a: &a
    steps:
      - run: x  # first
      - run: |
          y
      - 'z'
  b: *a
env: !!map
  K: v
"""


def tree(text: str = FILE) -> Node:
    root = parse(Source("ci.yml", text)).root
    assert root is not None
    return root


def edit_of(root: Node) -> Edit:
    edit = set_key(root, "on", "pull_request")
    assert edit is not None
    return edit


def test_an_edit_that_does_what_it_means_is_proven() -> None:
    root = tree()

    assert prove_edit(root.source, edit_of(root)) is None


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (("on: push  # when",), "changes nothing"),
        (("on: pull_request",), "comment"),
        (("on: pull_request  # when # else",), "comment"),
        (("on: pull_requests  # when",), "something else"),
        (("on: 'pull_request'  # when",), "something else"),
        (("on: !!str pull_request  # when",), "something else"),
        (("on: &on pull_request  # when",), "something else"),
        (("on: pull_request  # when", "x: 1"), "something else"),
        (("x: 1", "on: pull_request  # when"), "something else"),
        (("on: [pull_request]  # when",), "something else"),
        (("On: pull_request  # when",), "something else"),
        (("on: pull_request  # when", "---"), "broken in line 2"),
        (("on: @pull_request  # when",), "broken in line 1"),
        ((), "something else"),
    ],
)
def test_an_edit_that_does_anything_else_is_refused(lines: tuple[str, ...], reason: str) -> None:
    root = tree()
    refusal = prove_edit(root.source, replace(edit_of(root), lines=lines))

    assert refusal is not None
    assert reason in refusal


@pytest.mark.parametrize(
    ("first", "last", "lines"),
    [
        (5, 5, ("      - run: xx  # first",)),
        (5, 5, ("      - {run: x}  # first",)),
        (5, 6, ("      - run: |  # first",)),
        (6, 7, ("      - run: >", "          y")),
        (8, 8, ('      - "z"',)),
        (9, 9, ("  b: *a", "  c: *a")),
        (10, 10, ("env:",)),
        (3, 3, ("  a: &b",)),
    ],
)
def test_a_slip_elsewhere_in_the_file_is_refused(first: int, last: int, lines: tuple[str, ...]) -> None:
    root = tree()
    other = Edit("ci.yml", first, last, lines, edit_of(root).expects)

    assert prove_edit(root.source, other) is not None


def test_an_edit_without_a_meaning_is_refused() -> None:
    root = tree()

    assert "does not say" in (prove_edit(root.source, replace(edit_of(root), expects=None)) or "")
    assert "does not say" in (prove_edit(root.source, replace(edit_of(root), expects=Meaning(()))) or "")


def test_an_edit_of_another_text_is_refused() -> None:
    edit = edit_of(tree())
    mixed = Meaning((*edit.expects.changes, *edit_of(tree()).expects.changes))  # type: ignore[attr-defined]

    assert "another text" in (prove_edit(Source("ci.yml", FILE + "x: 1\n"), edit) or "")
    assert "another text" in (prove_edit(Source("ci.yml", FILE), replace(edit, expects=mixed)) or "")


def test_an_edit_beyond_the_file_is_refused() -> None:
    root = tree()

    assert "does not fit" in (prove_edit(root.source, replace(edit_of(root), first=90, last=90)) or "")


def test_an_edit_that_empties_the_file_is_refused() -> None:
    root = tree("a: 1\nb: 2\n")

    assert prove_edit(root.source, replace(set_key(root, "a", "3"), first=1, last=2, lines=())) is not None  # type: ignore[type-var]


def test_an_edit_of_a_script_is_proven_unless_it_changes_nothing() -> None:
    source = Source("ci.sh", "a\nb\n")

    assert prove_edit(source, Edit("ci.sh", 1, 1, ("x",))) is None
    assert "changes nothing" in (prove_edit(source, Edit("ci.sh", 1, 1, ("a",))) or "")


def test_an_edit_that_leaves_a_script_unreadable_is_refused() -> None:
    script, root = Source("ci.sh", "if a; then\nb\nfi\n"), tree("run: 'if a; then b; fi'\n")
    edit = replace_value(root.pairs[0][1], "if a; then b")

    assert "no longer" in (prove_edit(script, Edit("ci.sh", 3, 3, ())) or "")
    assert "no longer" in (prove_edit(Source("ci.sh", "a\n"), Edit("ci.sh", 1, 1, ("a 'b",))) or "")
    assert edit is not None
    assert "no longer" in (prove_edit(root.source, edit) or "")


def test_a_text_that_was_no_shell_before_may_stay_so() -> None:
    root = tree('name: "it\'s"\n')
    edit = replace_value(root.pairs[0][1], "that's")
    assert edit is not None

    assert prove_edit(root.source, edit) is None


WORDS = st.sampled_from(["a", "b", "build", "x y", "it's", "1", "true", "é😀", "a: b", "# no", "", "- x", "${{ x }}"])
COMMENTS = st.sampled_from(["", "", "  # why", " # a: b"])


@st.composite
def scalars(draw: st.DrawFn) -> str:
    value = draw(WORDS)
    style = draw(st.sampled_from(["'", '"']))
    if style == "'":
        return "'" + value.replace("'", "''") + "'"
    return '"' + value + '"'


@st.composite
def blocks(draw: st.DrawFn, depth: int = 3) -> list[str]:
    """The lines of a map or sequence in block style, at the left margin, with comments and empty lines strewn in."""
    is_map = draw(st.booleans())
    lines: list[str] = []
    for number in range(draw(st.integers(1, 4))):
        head = f"k{number}:" if is_map else "-"
        form = draw(st.sampled_from(["scalar", "plain", "block", "nested", "flow"] if depth else ["scalar", "plain"]))
        if form == "scalar":
            lines.append(f"{head} {draw(scalars())}{draw(COMMENTS)}")
        elif form == "plain":
            lines.append(f"{head} {draw(st.sampled_from(['x', 'v1', '10', 'on']))}{draw(COMMENTS)}")
        elif form == "flow":
            lines.append(f"{head} {{a: 1, b: [x, 'y']}}{draw(COMMENTS)}")
        elif form == "block":
            lines.append(f"{head} {draw(st.sampled_from(['|', '>-', '|+', '|-']))}{draw(COMMENTS)}")
            lines += [f"    {line}" for line in ("make", "", "  # shell", "test")]
        else:
            lines.append(f"{head}{draw(COMMENTS)}")
            lines += [f"  {line}" if line else "" for line in draw(blocks(depth=depth - 1))]
        lines += draw(st.sampled_from([[], [], [""], ["# between"]]))
    return lines


def change(root: Node, node: Node, how: int) -> tuple[Edit | None, Callable[[object], object]]:
    """An edit at the node, and the same change of plain Python data."""
    if node.kind == "scalar":
        return replace_value(node, "new: 'value'"), lambda old: "new: 'value'"
    if node.kind == "seq" and node.items:
        builder = insert_before if how % 2 else insert_after
        index = how % len(node.items)
        edit = builder(node.items[index], "- new:\n    # why\n    - |\n      x\n")
        where = index if how % 2 else index + 1
        return edit, lambda old: [*old[:where], {"new": ["x\n"]}, *old[where:]]  # type: ignore[index]
    if how % 3 == 0:
        return add_entries(node, "new: {a: 1}"), lambda old: {**old, "new": {"a": "1"}}  # type: ignore[dict-item]
    name = node.pairs[how % len(node.pairs)][0].value
    if how % 3 == 1:
        return set_key(node, name, "[1]"), lambda old: {**old, name: ["1"]}  # type: ignore[dict-item]
    return delete_key(node, name), lambda old: {key: old[key] for key in old if key != name}  # type: ignore[attr-defined, index]


def plain(text: str) -> object:
    return yaml.load(text, Loader=yaml.CBaseLoader)


def changed(data: object, path: tuple[str | int, ...], mend: Callable[[object], object]) -> object:
    if not path:
        return mend(data)
    if isinstance(data, dict):
        return {key: changed(value, path[1:], mend) if key == path[0] else value for key, value in data.items()}
    assert isinstance(data, list)
    return [changed(value, path[1:], mend) if at == path[0] else value for at, value in enumerate(data)]


@settings(deadline=None)
@given(lines=blocks(), where=st.integers(0, 40), how=st.integers(0, 11), end=st.sampled_from(["\n", ""]))
def test_what_is_proven_is_what_another_reader_sees(lines: list[str], where: int, how: int, end: str) -> None:
    text = "\n".join(lines) + end
    root = tree(text)
    nodes = [node for node in root.walk() if node.parent is None or node.key is not None or node.parent.kind == "seq"]
    node = nodes[where % len(nodes)]
    edit, mend = change(root, node, how)
    assume(edit is not None)
    assert edit is not None
    after = apply(root.source, [edit])
    meant = plain(after) == changed(plain(text), node.path, mend)

    assert (prove_edit(root.source, edit) is None) <= meant
    assert prove_edit(root.source, edit) is None or "|" in text or not end


@settings(deadline=None)
@given(
    lines=blocks(),
    where=st.integers(0, 40),
    how=st.integers(0, 11),
    line=st.integers(0, 9),
    column=st.integers(0, 30),
    slip=st.sampled_from(["", " ", "x", "#", "'", ":", "\n", "- "]),
)
def test_a_slip_of_the_patcher_is_refused(
    lines: list[str], where: int, how: int, line: int, column: int, slip: str
) -> None:
    root = tree("\n".join(lines) + "\n")
    nodes = [node for node in root.walk() if node.parent is None or node.key is not None or node.parent.kind == "seq"]
    node = nodes[where % len(nodes)]
    edit, mend = change(root, node, how)
    assume(edit is not None and edit.lines and prove_edit(root.source, edit) is None)
    assert edit is not None
    broken = list(edit.lines)
    at = line % len(broken)
    column = column % (len(broken[at]) + 1)
    broken[at] = broken[at][:column] + slip + broken[at][column + (not slip) :]
    slipped = replace(edit, lines=tuple("\n".join(broken).split("\n")))
    try:
        meant = plain(apply(root.source, [slipped])) == changed(plain(root.source.text), node.path, mend)
    except yaml.YAMLError:
        meant = False

    assert (prove_edit(root.source, slipped) is None) <= meant
