"""Globs over paths: what they name, and that no pattern is slow."""

from __future__ import annotations

import time

import pytest

from ghapp.pipeline.glob import glob_regex


def names(pattern: str, path: str, *, star_crosses: bool = False) -> bool:
    return glob_regex(pattern, star_crosses=star_crosses).fullmatch(path) is not None


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("go.sum", "go.sum"),
        ("*.sh", "a.sh"),
        ("scripts/*.sh", "scripts/a.sh"),
        ("a*c*e", "abcde"),
        ("a*c*e", "acce"),
        ("**/go.sum", "go.sum"),
        ("**/go.sum", "a/b/go.sum"),
        ("a/**/b", "a/b"),
        ("a/**/b", "a/x/y/b"),
        ("a/**", "a/x/y"),
        ("**", ".github/x"),
        ("**/x/**/y/*", "a/x/b/y/c"),
        ("**/a*b/c", "ab/axb/c"),
        ("docs**.md", "docs/a/b.md"),
        ("a?c", "abc"),
        ("[ab]c", "bc"),
        ("[!ab]c", "dc"),
        ("[^a]", "b"),
        ("[]]", "]"),
        ("[[]", "["),
        ("[a", "[a"),
        ("a[\\]", "a\\"),
        ("*.{js,ts}", "a.ts"),
        ("{a,b{c,d}}", "bd"),
        ("{a}", "{a}"),
        ("{a,}b", "b"),
        ("a.b", "a.b"),
        ("[z-a]", "[z-a]"),
    ],
)
def test_a_glob_names_a_path(pattern: str, path: str) -> None:
    assert names(pattern, path)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("go.sum", "a/go.sum"),
        ("*.sh", "a/b.sh"),
        ("a*c*e", "abde"),
        ("**/go.sum", "xgo.sum"),
        ("a/**/b", "a/xb"),
        ("a?c", "a/c"),
        ("[!ab]c", "/c"),
        ("[ab]c", "abc"),
        ("a.b", "axb"),
        ("*.{js,ts}", "a.css"),
        ("**/x/**/y/*", "x/y/a/b"),
    ],
)
def test_a_glob_does_not_name_another_path(pattern: str, path: str) -> None:
    assert not names(pattern, path)


def test_a_star_may_cross_directories() -> None:
    assert names("a*.sh", "a/b.sh", star_crosses=True)
    assert names("**/b.sh", "b.sh", star_crosses=True)
    assert not names("a*.sh", "a/b.sh")


@pytest.mark.parametrize(
    "pattern",
    ["*a" * 140 + "b", "**/" * 99 + "b", "**/*a*a*a/" * 25 + "b", "a**" * 90 + "b", "{a,b}" * 50, "[" * 300, "{" * 300],
)
@pytest.mark.parametrize("path", ["a" * 500, "a/" * 249 + "a", "a/a" * 160])
def test_no_pattern_is_slow(pattern: str, path: str) -> None:
    began = time.thread_time()
    names(pattern, path)

    assert time.thread_time() - began < 2  # a guard against hanging, not a measurement


def test_an_endless_pattern_names_nothing() -> None:
    assert not names("a" * 301, "a" * 301)
