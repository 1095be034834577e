"""What is known of a word: literal assignments, the environment, expressions."""

from __future__ import annotations

import pytest

from tests.pipeline.shell.conftest import Run

NAMES = {
    "REGION": "eu-west-1",
    "REGISTRY": "${{ vars.ACCOUNT }}.dkr.ecr",
    "${{ env.REGION }}": "eu-west-1",
    "TAG": "${{ github.sha }}",
    "${{ vars.ACCOUNT }}": "123",
    "ON_CIRCLE": "<< parameters.x >>",
}


@pytest.mark.parametrize(
    ("text", "said", "known"),
    [
        ("x a", "a", True),
        ("x $REGION", "eu-west-1", True),
        ("x ${{ env.REGION }}-1", "eu-west-1-1", True),
        ("x $REGISTRY/app", "123.dkr.ecr/app", True),
        ("x $REGISTRY/app:$TAG", "123.dkr.ecr/app:${{ github.sha }}", False),
        ("x $ON_CIRCLE", "<< parameters.x >>", False),
        ("x $UNKNOWN/app", "$UNKNOWN/app", False),
        ('x "${UNKNOWN}/app"', "$UNKNOWN/app", False),
        ("x ${UNKNOWN}app", "${UNKNOWN}app", False),
        ("x ${UNKNOWN}${OTHER}_", "$UNKNOWN${OTHER}_", False),
        ("x $(date)", "$(date)", False),
        ("x $((1+1))", "$((1+1))", False),
        ("A=1; x $A", "1", True),
        ("A=1; B=$A-2; A=3; x $B", "1-2", True),
        ("A=1; A=$A:2; x $A", "1:2", True),
        ("REGION=us; x $REGION", "us", True),
        ("A=$REGION; x $A", "eu-west-1", True),
        ("A=$UNKNOWN/x; x $A", "$UNKNOWN/x", False),
        ("A=$(date); x $A", "$A", False),
        ("A=v$(date); x $A", "v$(date)", False),
        ("A=$(date); B=$A; A=2; x $B", "$B", False),
        ("A=$(date); B=v$A; A=2; x $B", "v$A", False),
        ("REGION=$(date); x $REGION", "$REGION", False),
        ("A=${REGION:-us}; x $A", "eu-west-1", True),
        ("x ${REGION:-us}", "eu-west-1", True),
        ("x ${UNKNOWN:-us}", "${UNKNOWN:-us}", False),
        ("x ${REGION##*/}", "${REGION##*/}", False),
        ("A=; x a$A", "a", True),
        ("A=; x ${A:-b}", "", True),
        ("A=(1 2); x $A", "$A", False),
        ("A=1; A+=2; x $A", "$A", False),
        ("read A; x $A", "$A", False),
        ("A=1; unset A; x $A", "$A", False),
        ("A=1; printf -v A %s 2; x $A", "$A", False),
        ("A=1; printf A; x $A", "1", True),
        ("if a; then A=1; fi; x $A", "$A", False),
        ("A=1; if a; then A=1; fi; x $A", "1", True),
        ("A=1; if a; then A=2; fi; x $A", "$A", False),
        ("A=1; if a; then exit 1; A=2; fi; x $A", "1", True),
        ("if a; then A=1; else A=1; fi; x $A", "1", True),
        ("A=1; (A=2); x $A", "1", True),
        ("A=1; for A in 2 3; do x $A; done", "$A", False),
        ("for A in 2; do x $A; done", "2", True),
        ("for A in *.sh; do x $A; done", "$A", False),
        ("for A in {1..3}; do x $A; done", "$A", False),
        ("A=0; while b; do x $A; A=1; done", "$A", False),
        ("A=0; while b; do A=1; x $A; done", "1", True),
        ("A=0; while read A; do x $A; done", "$A", False),
        ("A=1 x $A", "$A", False),
        ("export A=1; x $A", "1", True),
        ("local A=1 B=2; x $A$B", "12", True),
        ("f() { x $1; }; f $REGION", "eu-west-1", True),
        ("f() { x ${1:-a}; }; f", "a", True),
        ("f() { x ${1:-'a b'}; }; f", "a b", True),
        ("f() { x ${1:-$REGION}; }; f", "", True),
        ("f() { x ${1:?}; }; f", "", True),
        ("f() { A=${1:-a}; x $A; }; f", "a", True),
        ("f() { A=$1; x $A; }; f", "", True),
        ("f() { x $@; }; f b", "b", True),
    ],
)
def test_a_word_says_what_is_known_of_it(run: Run, text: str, said: str, known: bool) -> None:
    command = run(text, names=NAMES)["x"]
    word = command.words[1] if len(command.words) > 1 else None

    assert word is not None
    assert command.expand(word) == said
    assert command.literal(word) == (said if known else None)


def test_values_do_not_grow_without_bound(run: Run) -> None:
    doubling = "A=$U$U\n" + "A=$A$A\n" * 30
    long = f"B={'b' * 5000}\nB=$B-$B\n"

    assert run(doubling + "x $A").lines[-1] == "x $A"
    assert run(long + "x $B").lines[-1] == "x $B"


def test_arguments_do_not_grow_without_bound(run: Run) -> None:
    functions = "".join(f'f{at}() {{ f{at + 1} "$@" "$@"; }}\n' for at in range(20))

    assert all(len(command.words) < 500 for command in run(functions + "f0 a b c").commands)


def test_the_directory_of_a_moment_stays_that_directory(run: Run) -> None:
    ran = run(
        'cd ci\nHERE=$(pwd)\nNAME=lib\nTOP=$PWD/x\ncd ../app\n. "$HERE/$NAME.sh"', {"ci/lib.sh": "a", "app/b": ""}
    )

    assert ran["a"].path == "ci/lib.sh"
    assert ran["."].expand(ran["."].words[1]) == "$(git rev-parse --show-toplevel)/ci/lib.sh"
    assert run('HERE="$PWD"\ncd ci\n. "$HERE/lib.sh"', {"lib.sh": "a", "ci/b": ""})["a"].path == "lib.sh"
    assert run('cd "$X"\nHERE=$PWD\ncd "$X"\n. "$HERE/lib.sh"', {"lib.sh": "a"}).lines[-1] == "?"
