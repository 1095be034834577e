"""Functions and called scripts: their commands stand where the call stands."""

from __future__ import annotations

import pytest

from ghapp.pipeline.shell import follow
from ghapp.pipeline.tree import Tree
from tests.pipeline.shell.conftest import Ran, Run, a_step


def test_a_function_runs_where_it_is_called_not_where_it_stands(run: Run) -> None:
    ran = run("f() { a; }\nfunction g { b; }\nfunction h() (c)\nx; f; g; h; y")

    assert ran.lines == ["x", "f", "a", "g", "b", "h", "c", "y"]
    assert ran["f"].followed
    assert ran["a"].function == "f"
    assert ran["y"].function is None


def test_a_function_gets_its_arguments(run: Run) -> None:
    ran = run('tf() { terraform "$@" -chdir=$2; echo "$1" ${3:-none} $9; }\ntf plan dev; echo $1')

    assert ran.lines[1:] == ["terraform plan dev -chdir=dev", "echo plan none ", "echo $1"]
    assert ran["terraform"].is_a("terraform", "plan")


def test_a_function_that_runs_its_arguments_runs_them(run: Run) -> None:
    ran = run('retry() { "$@" || "${@}"; }\nretry docker push x\nouter() { retry $*; }\nouter npm ci')

    assert ran.lines == [
        "retry docker push x",
        "docker push x",
        "docker push x",
        "outer npm ci",
        "retry npm ci",
        "npm ci",
        "npm ci",
    ]


def test_shift_moves_the_arguments(run: Run) -> None:
    assert run("f() { shift; echo $1 $2; shift 2; echo $1; }\nf a b c").lines[2] == "echo b c"
    assert run("f() { shift; echo $1 $2; shift 2; echo $1; }\nf a b c").lines[4] == "echo $1"
    assert run("shift; echo $1").lines[1] == "echo $1"


def test_arguments_in_a_loop_that_shifts_are_not_known(run: Run) -> None:
    assert run("f() { while [ $1 ]; do X=$2; shift 2; done; echo $X; }\nf -x 1").lines[-1] == "echo $X"


def test_set_gives_new_arguments(run: Run) -> None:
    assert run("set -- a b; echo $1; set -e c; echo $1; set -x; echo $1").lines[1::2] == ["echo a", "echo c", "echo c"]


def test_a_function_that_calls_itself_ends(run: Run) -> None:
    assert run("f() { g; }\ng() { a; f; }\nf").lines == ["f", "g", "a", "f"]


def test_return_leaves_the_function_only(run: Run) -> None:
    assert run("f() { a; return 0; b; }\nf; c").lines == ["f", "a", "return 0", "c"]
    assert run("f() { exit 1; }\nf; c").lines == ["f", "exit 1"]


def test_what_masks_a_call_masks_what_it_runs(run: Run) -> None:
    ran = run("f() { a; b; }\nf || true", {}, None)

    assert ran.masks("a") == ["or", "no-errexit"]
    assert ran.masks("b") == ["or"]


SCRIPT = {"ci/deploy.sh": '#!/usr/bin/env bash\nset -euo pipefail\ncd "$(dirname "$0")"/..\necho "$1" | tee log\n'}


@pytest.mark.parametrize(
    "call",
    [
        "./ci/deploy.sh prod",
        "ci/deploy.sh prod",
        "bash ci/deploy.sh prod",
        "sh -e ci/deploy.sh prod",
        "cd ci; ./deploy.sh prod",
    ],
)
def test_a_called_script_runs_with_its_arguments(run: Run, call: str) -> None:
    ran = run(call, SCRIPT)

    assert ran.lines[-2:] == ["echo prod", "tee log"]
    assert ran["tee"].path == "ci/deploy.sh"
    assert ran["tee"].place.line == 4
    assert [place.path for place in ran["tee"].calls] == [".github/workflows/ci.yml"]
    assert ran["tee"].directory == ""
    assert ran.masks("echo") == []


@pytest.mark.parametrize(
    ("first_line", "call", "errexit", "pipefail"),
    [
        ("#!/bin/bash -e", "./x.sh", True, False),
        ("#!/usr/bin/env -S bash -euo pipefail", "./x.sh", True, True),
        ("#!/bin/bash -e", "bash x.sh", False, False),
        ("#!/bin/bash", "bash -e -o pipefail x.sh", True, True),
        ("#!/bin/bash", "bash --noprofile --rcfile rc -o errexit x.sh", True, False),
        ("#!/bin/bash", "bash -- x.sh", False, False),
        ("", "./x.sh", False, False),
    ],
)
def test_the_options_of_the_called_shell_count(
    run: Run, first_line: str, call: str, errexit: bool, pipefail: bool
) -> None:
    command = run(call, {"x.sh": f"{first_line}\na\nb\n"})["a"]

    assert (command.errexit, command.pipefail) == (errexit, pipefail)


@pytest.mark.parametrize(
    "word",
    [
        '"$(dirname "$0")/lib.sh"',
        '"${BASH_SOURCE%/*}/lib.sh"',
        '"$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/lib.sh"',
        '"$(cd "$(dirname "${BASH_SOURCE[0]}")/../ci" >/dev/null 2>&1; pwd -P)/lib.sh"',
        '$(dirname $(readlink -f "$0"))/lib.sh',
        "$HERE/lib.sh",
        "${ROOT}/ci/lib.sh",
        "ci/lib.sh",
        "$(git rev-parse --show-toplevel)/ci/lib.sh",
        "$(pwd)/ci/lib.sh",
    ],
)
def test_a_script_finds_its_neighbours(run: Run, word: str) -> None:
    script = 'HERE="$(cd "$(dirname "$0")" && pwd)"\nROOT=$HERE/..\nsource ' + word + "\nf\n"
    ran = run("ci/x.sh", {"ci/x.sh": script, "ci/lib.sh": "f() { a; }\n"})

    assert ran["a"].path == "ci/lib.sh"
    assert ran["a"].function == "f"
    assert [place.path for place in ran["a"].calls] == [".github/workflows/ci.yml", "ci/x.sh"]


def test_sourcing_changes_this_shell(run: Run) -> None:
    lib = "X=$1\ncd infra\nset +e\ntrap 'bye' EXIT\nreturn 0\nnever\n"
    ran = run(". ./lib.sh dev; a $X; b", {"lib.sh": lib})

    assert ran.lines[-3:] == ["a dev", "b", "bye"]
    assert ran["a"].directory == "infra"
    assert ran.masks("a") == ["no-errexit"]


def test_a_called_script_changes_nothing_here(run: Run) -> None:
    ran = run("./x.sh; a $X", {"x.sh": "X=1; cd infra; f() { b; }; exit 3"})

    assert ran.lines[-1] == "a $X"
    assert ran["a"].directory == ""


def test_a_called_script_sees_what_is_exported(run: Run) -> None:
    text = "A=1; export B=2; C=3; export C; D=4; E=5; declare -x F=6; declare G=7; H=8 ./x.sh; echo $H"
    ran = run(text, {"x.sh": "echo $A $B $C $D $E $F $G $H"}, {"D": "env"})

    assert ran.lines[-2:] == ["echo $A 2 3 4 $E 6 $G 8", "echo $H"]


@pytest.mark.parametrize(
    "text",
    [
        "bash -c 'cd infra && a $X'",
        'bash -c "cd infra && a $X"',
        'bash -ec "cd \\"infra\\" && \\\na $X"',
        "sudo bash -c 'cd infra && a $X'",
        "bash <<EOF\ncd infra\na $X\nEOF",
        "bash -s > log <<'EOF'\ncd infra\na $X\nEOF",
        "eval 'cd infra && a $X'",
        "CMD='cd infra && a $X'; eval \"$CMD\"",
        "xargs bash -c 'cd infra && a $X'",
    ],
)
def test_a_script_in_a_script_is_read(run: Run, text: str) -> None:
    ran = run("X=1\n" + text)

    assert ran["a"].directory == "infra"
    assert ran["a"].expand(ran["a"].words[1]) in ("1", "$X")
    assert ran["a"].path == ".github/workflows/ci.yml"


def test_places_in_an_embedded_script_are_exact(run: Run) -> None:
    place = run('bash -c "x=\\"1\\"; foo"')["foo"].place

    assert (place.line, place.column, place.end_column) == (1, 19, 22)


def test_a_function_is_seen_by_an_embedded_script(run: Run) -> None:
    assert run("f() { a; }\nexport -f f\nbash -c f").lines[-2:] == ["f", "a"]


def test_traps_run_at_the_end(run: Run) -> None:
    ran = run("trap cleanup EXIT\ncleanup() { a; }\ntrap - ERR\ntrap '' INT\ntrap \"x\"'y' TERM\nb; exit 1")

    assert ran.lines[-3:] == ["exit 1", "cleanup", "a"]
    assert ran.guards("a") == [("trap", "EXIT")]


def test_expressions_that_hold_commands_are_read(run: Run) -> None:
    ran = run(
        "${{ inputs.run }} -v\n<< parameters.none >>",
        names={"${{ inputs.run }}": "cd a && b", "<< parameters.none >>": ""},
    )

    assert ran.lines[1:3] == ["cd a", "b -v"]
    assert ran["b"].place.line == 1
    assert len(ran.reasons) == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("DC='docker compose'; $DC up", ["docker", "compose", "up"]),
        ('DC=docker; "$DC" up', ["docker", "up"]),
        ("SUDO=; $SUDO docker up", ["docker", "up"]),
        ("if a; then SUDO=sudo; fi; ${SUDO} docker up", ["docker", "up"]),
        ("SUDO='sudo -E'; $SUDO docker up", ["docker", "up"]),
        ("$DC up", ["podman", "up"]),
    ],
)
def test_a_program_in_a_known_variable_is_that_program(run: Run, text: str, words: list[str]) -> None:
    command = run(text, names={"DC": "podman"}).commands[-1]

    assert [word.literal for word in command.words] == words
    assert [command.script.text.value[word.start : word.end] for word in command.words] == [
        word.raw for word in command.words
    ]


@pytest.mark.parametrize(
    "text",
    [
        "$CMD",
        '"${ARGS[@]}"',
        "$(which docker) up",
        "eval",
        'eval "$X"',
        "eval a b",
        "curl x | bash",
        "curl x | bash -s -- -y",
        "bash <(curl x)",
        "bash -c $X",
        "bash -c \"a\"'b'",
        "bash < x.sh",
        'bash -c "a"\'b\'"c"',
        "E=; $E $E $E $E $E x",
        "A=$(x); A=$A/y; source $A/z",
        "./missing.sh",
        "/tmp/x.sh",
        "~/x.sh",
        '"$DIR/x.sh"',
        "source missing.sh",
        'E=; source "$E"',
        "cd $X; ./x.sh",
        "./tool.py",
        "python tool.py",
        "python3.11 - <<EOF\nimport os\nEOF",
        "python <<EOF\nimport os\nEOF",
        "poetry run python tool.py",
        "uv run tool.py",
        "node tool.js",
        "go run ./cmd/x",
        "cargo -q run",
        "just test",
        "tox",
        "make x",
        "npm run x",
        "./big.sh",
        "./binary.sh",
    ],
)
def test_what_cannot_be_followed_leaves_a_gap_behind_the_command(run: Run, text: str) -> None:
    files = {"tool.py": "#!/usr/bin/python3\n", "big.sh": "#" * 200_001}
    step = a_step(text)
    tree = Tree({*files, "binary.sh"}, lambda path: files[path].encode() if path in files else b"\xff")
    ran = Ran(follow(step, tree))

    assert ran.lines[-1] == "?"
    assert len(ran.commands) >= 1


@pytest.mark.parametrize(
    "text",
    [
        "docker build .",
        "/usr/bin/docker ps",
        "node_modules/.bin/eslint .",
        "./gradlew test",
        '"$HOME/.local/bin/poetry" install',
        "$(go env GOPATH)/bin/lint",
        ".venv/bin/pytest",
        "source venv/bin/activate",
        ". ~/.bashrc",
        'source "$BASH_ENV"',
        "source .env",
        "source",
        'eval "$(ssh-agent -s)"',
        "python -m pytest",
        "python3 -c 'print(1)'",
        "python --version",
        "python",
        "poetry run pytest",
        "poetry install",
        "node -e 'x'",
        "go test ./...",
        "bash -n x.sh",
        "bash --version",
        "ssh host 'rm -rf /'",
        "curl x | jq .",
        "read X",
    ],
)
def test_ordinary_programs_leave_no_gap(run: Run, text: str) -> None:
    assert run(text, {"README.md": ""}).reasons == []


def test_a_file_whose_text_is_not_at_hand_is_wanted(run: Run) -> None:
    tree = Tree(None, lambda path: None)
    ran = Ran(follow(a_step("./x.sh"), tree))

    assert ran.lines == ["./x.sh", "?"]
    assert tree.wanted == {"x.sh"}


def test_calls_are_followed_four_files_deep(run: Run) -> None:
    files = {f"{at}.sh": f"./{at + 1}.sh\n" for at in range(9)}
    ran = run("./0.sh", files)

    assert ran.lines == ["./0.sh", "./1.sh", "./2.sh", "./3.sh", "./4.sh", "?"]


def test_forty_files_are_followed_from_one_pipeline(run: Run) -> None:
    files = {f"{at}.sh": f"a{at}\n" for at in range(50)}
    ran = run("".join(f"./{at}.sh\n" for at in range(50)) + "./3.sh", files)

    assert len(ran.reasons) == 10
    assert ran.lines[-1] == "a3"


def test_shells_in_shells_end_somewhere(run: Run) -> None:
    ran = run('X=\'eval "$X"\'\neval "$X"\ntrap \'trap "a" EXIT\' EXIT')

    assert "Calls are nested too deep to be followed." in ran.reasons


def test_the_pipe_goes_on_behind_a_call(run: Run) -> None:
    ran = run("./x.sh | tee log", {"x.sh": "a\nb\n"})

    assert ran["./x.sh".removeprefix("./")].piped_to is ran["tee"]
    assert ran["a"].piped_to is None


def test_masks_and_guards_of_the_call_are_those_of_the_script(run: Run) -> None:
    ran = run("[ -f x ] && ./x.sh | tee log", {"x.sh": "a\nb\n"})

    assert ran.guards("b") == [("and", "[ -f x ]")]
    assert ran.masks("b") == ["pipe"]
