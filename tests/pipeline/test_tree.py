"""The repository as data: its paths, its texts, and what was asked for in vain."""

from __future__ import annotations

import pytest

from ghapp.pipeline.source import BrokenFile
from ghapp.pipeline.tree import Tree

TREE = Tree.of({"ci.sh": "make\n", "a/b/go.sum": "x"}, paths=["a/main.go", ".github/workflows/ci.yml"])


def test_a_tree_knows_its_files_and_directories() -> None:
    assert TREE.has("ci.sh")
    assert TREE.has("a/b")
    assert TREE.has("")
    assert not TREE.has("b")
    assert TREE.directories == {"", "a", "a/b", ".github", ".github/workflows"}


def test_absence_is_proven_only_by_a_complete_list() -> None:
    assert TREE.known
    assert not Tree(None, lambda path: None).known
    assert not Tree([], lambda path: None, truncated=True).known
    assert not Tree(None, lambda path: None).has("x")


def test_globs_name_files_and_directories() -> None:
    assert TREE.matching("**/go.sum") == ["a/b/go.sum"]
    assert TREE.matching("a/*") == ["a/b", "a/main.go"]
    assert TREE.matching("a*", star_crosses=True) == ["a", "a/b", "a/b/go.sum", "a/main.go"]
    assert TREE.matching("a/*") == ["a/b", "a/main.go"]
    assert Tree(None, lambda path: None).matching("**") == []


def test_an_answer_of_a_tree_may_be_changed_without_harm() -> None:
    tree = Tree.of({"a": ""})
    tree.matching("*").clear()

    assert tree.matching("*") == ["a"]


def test_a_text_is_read_once_and_what_is_missing_is_remembered() -> None:
    reads: list[str] = []
    tree = Tree(["a.sh", "b.sh"], lambda path: reads.append(path) or (b"x" if path == "a.sh" else None))

    assert tree.source("a.sh") is tree.source("a.sh")
    assert tree.load("a.sh") is tree.source("a.sh")
    assert tree.source("b.sh") is None
    assert tree.source("c.sh") is None
    assert tree.load("c.sh") is None
    assert (tree.wanted, reads) == ({"b.sh"}, ["a.sh", "b.sh"])


def test_without_a_list_every_path_may_be_asked_for() -> None:
    tree = Tree(None, lambda path: None)

    assert tree.source("x.sh") is None
    assert tree.wanted == {"x.sh"}


def test_a_file_that_is_no_text_is_none_or_an_error_with_its_place() -> None:
    tree = Tree(["a.sh"], lambda path: b"a\n\xff")

    assert tree.source("a.sh") is None
    with pytest.raises(BrokenFile, match="not UTF-8") as broken:
        tree.load("a.sh")
    assert (broken.value.line, broken.value.column) == (2, 1)
    assert tree.wanted == set()


def test_what_ci_can_call_is_listed_by_name() -> None:
    tree = Tree.of(
        {}, paths=["Makefile", "a/x.sh", "b/x.sh", "web/package.json", "x.go", "act/action.yml", "action.yml"]
    )

    assert {name: sorted(paths) for name, paths in tree.callable.items()} == {
        "Makefile": ["Makefile"],
        "x.sh": ["a/x.sh", "b/x.sh"],
        "package.json": ["web/package.json"],
        "act": ["act/action.yml"],
        "": ["action.yml"],
    }
    assert TREE.callable["ci.yml"] == [".github/workflows/ci.yml"]
