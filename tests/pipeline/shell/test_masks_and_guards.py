"""Whether a command's failure counts, and what decides whether it runs."""

from __future__ import annotations

import pytest

from tests.pipeline.shell.conftest import Run


@pytest.mark.parametrize(
    ("text", "masks"),
    [
        ("x", []),
        ("x; y", []),
        ("x || true", ["or"]),
        ("x || :", ["or"]),
        ("x || echo failed", ["or"]),
        ("x || { echo a; echo b; }", ["or"]),
        ("x || (echo a)", ["or"]),
        ("x || echo a > b", ["or"]),
        ("x || y=1", ["or"]),
        ("x || y || true", ["or"]),
        ("x || exit 0", ["or"]),
        ("x || (exit 0)", ["or"]),
        ("x || ! false", ["or"]),
        ("x || y &", ["background", "condition"]),
        ("x || exit 1", []),
        ("x || exit", []),
        ("x || exit $?", []),
        ("x || return 1", []),
        ("x || { echo a; exit 1; }", []),
        ("x || { echo a; exit 1; } >&2", []),
        ("x || (exit 1)", []),
        ("x || false", []),
        ("x || echo a && exit 1", []),
        ("x || (echo a; false)", []),
        ("x || { echo a && exit 1; }", []),
        ("x || { true; false || exit 2; }", []),
        ("x || { exit 1 && y; }", []),
        ("x || y", ["condition"]),
        ("x || y=$(z)", ["condition"]),
        ("x || if a; then exit 1; fi", ["condition"]),
        ("x || { { y; } && z; }", ["condition"]),
        ("x || continue", ["condition"]),
        ("x || f() { y; }", ["or"]),
        ("x || { a & }", ["or"]),
        ("x && y", []),
        ("x && y\nz", ["condition"]),
        ("x && y || true", ["or"]),
        ("x && y || exit 1", []),
        ("[ -f a ] && b || x", []),
        ("if x; then a; fi", ["condition"]),
        ("if a; elif x; then b; fi", None),
        ("while x; do a; done", ["condition"]),
        ("until x; do a; done", ["condition"]),
        ("! x", ["negated"]),
        ("x | y", ["pipe"]),
        ("y | x", []),
        ("set -o pipefail; x | y", []),
        ("set -euo pipefail; set +o pipefail; x | y", ["pipe"]),
        ("x &", ["background"]),
        ("echo $(x)", ["substituted"]),
        ("local a=$(x)", ["substituted"]),
        ("export a=$(x)", ["substituted"]),
        ("a=$(x)", []),
        ("a=$(y) b=$(x)", []),
        ("a=$(x) b=$(y)", ["substituted"]),
        ("a=$(x; y)", ["no-errexit"]),
        ("a=$(x)\nb", []),
        ("echo <(x)", ["substituted"]),
        ("for a in $(x); do y; done", ["substituted"]),
        ("case $(x) in a) b;; esac", ["substituted"]),
        ("{ a; } > $(x)", ["substituted"]),
        ("set +e; x; y", ["no-errexit"]),
        ("set +o errexit; x; y", ["no-errexit"]),
        ("set +e; x", []),
        ("set +e; x; set -e; y", ["no-errexit"]),
        ("set +e\nx\nrc=$?\nset -e", ["condition"]),
        ("set +e; { x; }; y", ["no-errexit"]),
        ("set +e; for a in b; do x; done", ["no-errexit"]),
        ("set +e; if a; then x; fi", []),
        ("set +e; a=$(x)\nb", ["no-errexit"]),
        ("set +e; (x); y", ["no-errexit"]),
        ("{ x; y; } || exit 1", ["no-errexit"]),
        ("x; y || exit 1", []),
    ],
)
def test_a_failure_is_masked(run: Run, text: str, masks: list[str] | None) -> None:
    ran = run(text)
    if masks is None:
        assert ran.lines == ["?"]
    else:
        assert ran.masks("x") == masks


def test_a_function_tells_by_its_body_whether_it_ends_the_script(run: Run) -> None:
    die = 'die() { echo "$1" >&2; exit 1; }\nwarn() { echo "$1"; }\nloop() { loop; }\nmaybe() { y; }\n'

    assert run(die + "x || die no").masks("x") == []
    assert run(die + "x || warn no").masks("x") == ["or"]
    assert run(die + "x || loop").masks("x") == ["condition"]
    assert run(die + "x || maybe").masks("x") == ["condition"]


def test_a_tolerated_step_masks_every_command(run: Run) -> None:
    assert run("x || true", tolerated=True).masks("x") == ["tolerated", "or"]


def test_a_shell_without_errexit_heeds_only_the_last_command(run: Run) -> None:
    ran = run("a\nb", errexit=False)

    assert ran.masks("a") == ["no-errexit"]
    assert ran.masks("b") == []
    assert not ran["a"].errexit


def test_a_shell_with_pipefail_heeds_every_element(run: Run) -> None:
    ran = run("a | b", pipefail=True)

    assert ran.masks("a") == []
    assert ran["a"].pipefail


def test_a_mask_is_said_once(run: Run) -> None:
    assert run("if a | x | b; then y; fi").masks("x") == ["condition", "pipe"]
    assert run("if ! ! x; then y; fi; if if x; then y; fi; then z; fi").masks("y") == []
    assert run("{ x || true; } || true").masks("x") == ["or"]


@pytest.mark.parametrize(
    ("text", "guards"),
    [
        ("x", []),
        ("if [ -f a ]; then x; fi", [("if", "[ -f a ]")]),
        ("if a; then b; else x; fi", [("else", "a")]),
        ("if a; then b; elif c; then x; fi", [("else", "a"), ("if", "c")]),
        ("[ -f a ] && x", [("and", "[ -f a ]")]),
        ("[ -f a ] && [ -f b ] && x", [("and", "[ -f a ]"), ("and", "[ -f b ]")]),
        ("[[ a ]] && cd b && x", [("and", "[[ a ]]")]),
        ("! a && x", [("and", "! a")]),
        ("a | grep -q b && x", [("and", "a | grep -q b")]),
        ("$FLAG && x", [("and", "$FLAG")]),
        ("git diff --quiet && x", [("and", "git diff --quiet")]),
        ("command -v a > b && x", [("and", "command -v a > b")]),
        ("[[ a ]] 2> b && x", [("and", "[[ a ]] 2> b")]),
        ("cd a && x", []),
        ("a=1 && x", []),
        ("{ a; } && x", []),
        ("a || x", [("or", "a")]),
        ("[ -f a ] && b || x", [("or", "[ -f a ] && b")]),
        ("[ -f a ] || x && y", [("or", "[ -f a ]")]),
        ("case $y in a | b) x;; esac", [("case", "$y in a|b")]),
        ("for a in 1 2; do x; done", [("loop", "for a in 1 2")]),
        ("while a; do x; done", [("loop", "while a")]),
        ("for ((;;)); do x; done", [("loop", "for ((;;))")]),
        ("f() { x; }\nif a; then f; fi", [("if", "a")]),
        ("trap 'x' EXIT ERR\ny", [("trap", "EXIT ERR")]),
    ],
)
def test_a_guard_decides_whether_a_command_runs(run: Run, text: str, guards: list[tuple[str, str]]) -> None:
    assert run(text).guards("x") == guards


def test_a_long_test_is_cut(run: Run) -> None:
    ((_, test),) = run(f"if [ {'a' * 1000} ]; then x; fi").guards("x")

    assert len(test) == 400


def test_an_empty_test_is_still_a_guard(run: Run) -> None:
    assert run("if # nothing\nthen x; fi").guards("x") == [("if", "")]


def test_only_the_last_questions_of_a_long_list_are_kept(run: Run) -> None:
    assert len(run("[ a ] && " * 50 + "x").guards("x")) == 9


def test_a_long_list_is_judged_by_what_follows_nearby(run: Run) -> None:
    assert run("x" + " && a" * 100 + " || true").masks("x") == []
    assert run("x" + " && a" * 10 + " || true").masks("x") == ["or"]


@pytest.mark.parametrize(
    ("test", "runs"),
    [
        ("true", ["x"]),
        (":", ["x"]),
        ("false", ["y"]),
        ("${{ on }}", ["x"]),
        ("${{ off }}", ["y"]),
        ('[ "${{ stage }}" = prod ]', ["x"]),
        ('[ "${{ stage }}" != prod ]', ["y"]),
        ('[[ "${{ stage }}" == "pr"od ]]', ["x"]),
        ('[ -n "${{ stage }}" -a -f z ]', ["x", "y"]),
        ('[ -z "${{ none }}" ]', ["x"]),
        ('[ -n "${{ none }}" ]', ["y"]),
        ("[ -n ${{ none }} ]", ["x", "y"]),  # no word at all
        ("[[ ${{ stage }} == p* ]]", ["x", "y"]),
        ('[ "${{ unknown }}" = prod ]', ["x", "y"]),
        ('[ "$STAGE" = prod ]', ["x", "y"]),
        ('[ "${{ stage }}" = prod ] && z', ["x", "y"]),
        ("true; z", ["x", "y"]),
    ],
)
def test_a_test_that_the_file_decides_leaves_one_branch(run: Run, test: str, runs: list[str]) -> None:
    names = {"${{ on }}": "true", "${{ off }}": "false", "${{ stage }}": "prod", "${{ none }}": "", "STAGE": "prod"}
    ran = run(f"if {test}; then x; else y; fi", names=names)

    assert [command.name for command in ran.commands if command.name in ("x", "y")] == runs
    assert len(runs) == 2 or ran.guards(runs[0]) == []


def test_behind_a_decided_branch_stand_the_guards_of_the_undecided_ones(run: Run) -> None:
    ran = run("if a; then b; elif true; then x; elif c; then y; fi; z")

    assert ran.guards("x") == [("else", "a")]
    assert ran.lines == ["a", "b", "true", "x", "z"]
    assert run("if true; then exit; fi; x").lines == ["true", "exit"]
