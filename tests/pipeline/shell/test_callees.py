"""The cheap guess which files a text may call."""

from __future__ import annotations

import time

import pytest

from ghapp.pipeline.shell import callees
from ghapp.pipeline.tree import Tree

PATHS = ["ci/build.sh", "deploy.sh", "Makefile", "package.json", "action.yml", ".github/actions/setup/action.yml"]


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("run: ./ci/build.sh --fast", {"ci/build.sh"}),
        ("run: cd ci && bash build.sh", {"ci/build.sh"}),
        ('run: "$ROOT/ci/build.sh"', {"ci/build.sh"}),
        ("run: . deploy.sh;", {"deploy.sh"}),
        ("run: make all", {"Makefile"}),
        ("run: npm run build", {"package.json"}),
        ("- uses: ./.github/actions/setup", {".github/actions/setup/action.yml"}),
        ("- uses: ./", {"action.yml"}),
        ("run: expr 4 / 2", set[str]()),
        ("run: makeshift, remake", set[str]()),
        ("run: other.sh", set[str]()),
    ],
)
def test_a_word_that_may_name_a_file_names_it(text: str, called: set[str]) -> None:
    assert callees(text, Tree.of({}, PATHS)) == called


@pytest.mark.parametrize("word", ["a", "a@", "a/", "../", "x."])
def test_a_megabyte_without_a_space_is_read_at_once(word: str) -> None:
    began = time.process_time()

    callees(word * (1_000_000 // len(word)), Tree.of({}, PATHS))

    assert time.process_time() - began < 0.5


def test_many_words_and_many_files_end_at_the_budget() -> None:
    text = "\n".join(f"x/{number}/build.sh" for number in range(50_000))
    tree = Tree.of({}, [f"y/{number}/build.sh" for number in range(20_000)])
    began = time.process_time()

    callees(text, tree)

    assert time.process_time() - began < 0.8


def test_no_more_than_200_files_are_named() -> None:
    paths = [f"{number}/build.sh" for number in range(300)]

    assert len(callees("bash build.sh", Tree.of({}, paths))) == 200
