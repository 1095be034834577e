"""Which commands a script runs, in which order, and what is known about each."""

from __future__ import annotations

import pytest

from ghapp.pipeline.model import Command
from ghapp.pipeline.shell import follow
from ghapp.pipeline.tree import Tree
from tests.pipeline.shell.conftest import Run, a_step

SCRIPTS = [
    ("a; b\nc && d || e | f &", ["a", "b", "c", "d", "e", "f"]),
    ("x=1 y=2\nfoo", ["x=1 y=2", "foo"]),
    ("a <<A <<-B\n1\nA\n\t2\n\tB\nc", ["a", "c"]),
    ("cat <<EOF | b && c\nrm -rf /\nEOF\nd", ["cat", "b", "c", "d"]),
    ("if cat <<EOF; then\nx\nEOF\n  y\nfi", ["cat", "y"]),
    ("cat <<EOF\n$(a)\n`b`\nEOF", ["a", "b", "cat"]),
    ("cat <<'EOF'\n$(a)\nEOF", ["cat"]),
    ("cat <<$X\na\n$X\nb", ["cat", "b"]),
    ("cat <<EOF\nno end", ["cat"]),
    ("cat <<EOF\r\na\r\nEOF\r\nb\r\n", ["cat", "b"]),
    ("# a comment\na # another\n#c", ["a"]),
    ("echo 'rm -rf /' \"terraform destroy\"", ["echo rm -rf / terraform destroy"]),
    ("if false; then a; fi; b", ["false", "b"]),
    ("if a; then b; elif c; then d; else e; fi", ["a", "b", "c", "d", "e"]),
    ("for x in 1 2; do a; done; for y; do b; done", ["a", "b"]),
    ("for ((i=0; i<3; i++)); do a; done", ["a"]),
    ("for x in 1\ndo\n  a\ndone", ["a"]),
    ("for x in $(a) # why\ndo b; done", ["a", "b"]),
    ("for x in 1; { a; }", ["a"]),
    ("select x in 1; do a; done", ["a"]),
    ("while a; do b; done < <(c); until d; do e; done", ["c", "a", "b", "d", "e"]),
    ("case $(a) in\n  (x|y) b ;;\n  z) c ;&\n  *) d\nesac", ["a", "b", "c", "d"]),
    ("case x in *) a;; y) b;; esac", ["a"]),
    ("case x in esac", []),
    ("(a; b); { c; d; }", ["a", "b", "c", "d"]),
    ("(a) }", ["a", "?"]),
    ("{ (a) }", ["a"]),
    ("[[ -f a && ( $b =~ ^(x|y)$ || c > d ) ]] && e", ["[[ -f a && ( $b =~ ^(x|y)$ || c > d ) ]]", "e"]),
    ('[[ $a =~ "x y"$b\\.c ]]', ["[[ $a =~ x y$b.c ]]"]),
    ("[[ a < $(b) && c ]]", ["b", "[[ a < $(b) && c ]]"]),
    ("((x > 1)) && a", ["(( x > 1", "a"]),
    ("time a; time -p { b; }", ["a", "b"]),
    ("a=(1 2 $(b)\n  # more\n 3) c+=d e[0]=f", ["b", "a=(1 2 $(b)\n  # more\n 3) c+=d e[0]=f"]),
    ("a |& b\n! c", ["a", "b", "c"]),
    ("a |\n  b &&\n  # note\n  c", ["a", "b", "c"]),
    ("diff <(a) >(b)", ["a", "b", "diff <(a) >(b)"]),
    ("a > $(b) 2>&1 &>c {fd}>d 3<>e >|f <<<$(g)", ["b", "g", "a"]),
    ("{ a; } > x 2>&1; b", ["a", "b"]),
    (">x", [">x"]),
    ("exit 0\na", ["exit 0"]),
    ("if a; then exit 1; else exit 2; fi; b", ["a", "exit 1", "exit 2"]),
    ("if a; then exit 1; fi; b", ["a", "exit 1", "b"]),
    ("(exit 1); b", ["exit 1", "b"]),
    ("", []),
    ("  \n# nothing\n", []),
]


@pytest.mark.parametrize(("text", "lines"), SCRIPTS)
def test_a_script_runs_its_commands_in_order(run: Run, text: str, lines: list[str]) -> None:
    assert run(text).lines == lines


@pytest.mark.parametrize(
    ("text", "words", "wrappers"),
    [
        ("sudo -E -u root docker push x", ["docker", "push", "x"], ("sudo",)),
        ("sudo -- docker ps", ["docker", "ps"], ("sudo",)),
        ("env -u A X=1 docker ps", ["docker", "ps"], ("env",)),
        ("time A=1 docker ps", ["docker", "ps"], ("time",)),
        ("time timeout -k 5 10m nice -n 5 docker ps", ["docker", "ps"], ("time", "timeout", "nice")),
        ("command docker ps", ["docker", "ps"], ("command",)),
        ("command -v docker", ["command", "-v", "docker"], ()),
        ("exec docker ps", ["docker", "ps"], ("exec",)),
        ("xargs -r -n 1 -I {} docker rm {}", ["docker", "rm", "{}"], ("xargs",)),
        ("sudo", ["sudo"], ()),
        ("timeout 5", ["timeout", "5"], ()),
    ],
)
def test_wrappers_are_taken_off(run: Run, text: str, words: list[str], wrappers: tuple[str, ...]) -> None:
    command = run(text).commands[0]

    assert [word.raw for word in command.words] == words
    assert command.wrappers == wrappers


def test_what_env_and_sudo_assign_belongs_to_the_command(run: Run) -> None:
    command = run("A=1 sudo B=2 env C='3 4' docker ps")["docker"]

    assert [(each.name, each.value and each.value.literal) for each in command.assignments] == [
        ("A", "1"),
        ("B", "2"),
        ("C", "3 4"),
    ]


def test_find_runs_what_stands_behind_exec(run: Run) -> None:
    ran = run("find scripts -name '*.sh' -exec shellcheck -x {} + -exec bash -c 'foo' \\; -exec \\; -exec")

    assert ran.lines[1:] == ["shellcheck -x {}", "bash -c foo", "foo"]
    assert ran["shellcheck"].wrappers == ("find",)


def test_pipes_tie_their_commands(run: Run) -> None:
    ran = run("a $(z) | while read x; do b; done | { c; d; }")

    assert ran["a"].piped_to is ran["read"]
    assert ran["read"].piped_from is ran["a"]
    assert ran["c"].piped_from is ran["b"]
    assert ran["z"].piped_to is None


def test_a_pipe_from_a_definition_has_no_command_on_its_left(run: Run) -> None:
    assert run("f() { a; } | b")["b"].piped_from is None


def test_here_documents_keep_their_text_and_place(run: Run) -> None:
    command = run("cat > f <<EOF\nhello\nEOF\n")["cat"]
    to_file, document = command.redirections

    assert (to_file.operator, to_file.target and to_file.target.literal) == (">", "f")
    assert (document.operator, document.target, document.body) == ("<<", None, "hello\n")
    assert command.script.text.value[document.start :].startswith("hello")


def test_the_redirections_of_a_group_are_those_of_its_commands(run: Run) -> None:
    ran = run('{ echo a; echo b 2>c; } >> "$GITHUB_OUTPUT"')

    assert [[item.operator for item in each.redirections] for each in ran.commands] == [[">>"], ["2>", ">>"]]


def test_every_command_knows_its_statement_and_script(run: Run) -> None:
    ran = run("a && b $(c)\nd")
    text = ran["a"].script.text.value

    assert [text[slice(*each.statement)] for each in ran.commands] == ["a && b $(c)", "a && b $(c)", "a && b $(c)", "d"]
    assert ran["a"].script.commands == tuple(ran.commands)
    assert ran["d"].place.line == 2


def test_commands_in_substitutions_are_marked(run: Run) -> None:
    ran = run("a $(b | c) <(d)")

    assert [command.name for command in ran.commands if command.substituted] == ["b", "c", "d"]


@pytest.mark.parametrize(
    ("text", "directory"),
    [
        ("cd infra; x", "infra"),
        ("cd infra && cd ../app/./sub && x", "app/sub"),
        ("(cd infra); x", ""),
        ("cd infra | y; x", ""),
        ("pushd infra; popd; x", ""),
        ("pushd infra; pushd ../app; popd; x", "infra"),
        ("popd; x", None),
        ("cd; x", None),
        ("cd -; x", None),
        ("cd /opt; x", None),
        ("cd ../..; x", None),
        ("cd $UNKNOWN; x", None),
        ("D=infra; cd $D/dev; x", "infra/dev"),
        ('cd "$GITHUB_WORKSPACE/infra"; x', None),
        ("cd ${{ github.workspace }}; x", None),
        ('cd "$CIRCLE_WORKING_DIRECTORY/infra"; x', "infra"),
        ("cd /github/workspace/infra; x", "infra"),
        ("cd ~/project; x", ""),
        ("cd app; cd $(git rev-parse --show-toplevel)/infra; x", "infra"),
        ("cd app; cd $PWD/x; x", "app/x"),
        ("if a; then cd infra; fi; x", None),
        ("if a; then cd infra; else cd infra; fi; x", "infra"),
        ("[ -d infra ] && cd infra; x", None),
        ("cd infra || exit 1; x", "infra"),
        ("for d in a; do cd $d; done; x", None),
        ("case $y in a) cd b;; *) cd b;; esac; x", "b"),
        ("cd -P infra; x", "infra"),
    ],
)
def test_cd_moves_the_commands_that_follow(run: Run, text: str, directory: str | None) -> None:
    assert run(text)["x"].directory == directory


def test_the_workspace_is_the_root_where_the_scope_says_so(run: Run) -> None:
    names = {"GITHUB_WORKSPACE": "/github/workspace", "${{ github.workspace }}": "/github/workspace"}

    assert run('cd "$GITHUB_WORKSPACE/infra"; x', names=names)["x"].directory == "infra"
    assert run("cd ${{ github.workspace }}; x", names=names)["x"].directory == ""


def test_a_step_begins_in_its_directory(run: Run) -> None:
    assert run("cd dev; x", directory="infra")["x"].directory == "infra/dev"
    assert run("cd dev; x", directory=None)["x"].directory is None


def test_another_language_is_one_gap(run: Run) -> None:
    ran = run("Get-Item x", shell="pwsh")

    assert ran.trail
    assert ran.commands == []
    assert "pwsh" in ran.reasons[0]


def test_a_step_without_text_does_nothing(run: Run) -> None:
    step = a_step("a")
    step.text = None

    assert follow(step, Tree.of({})) == ()


def test_no_more_than_the_budget_is_walked(run: Run) -> None:
    ran = run("a\n" * 9_000)

    assert len(ran.commands) == 8_000
    assert ran.lines[-1] == "?"


def test_a_script_of_too_many_commands_is_read_as_far_as_the_limit(run: Run) -> None:
    assert run("a; b && " + "c && " * 11_000 + "d").lines == ["a", "?"]


def test_no_more_variables_than_the_limit_are_known(run: Run) -> None:
    ran = run("".join(f"x{at}={at}\n" for at in range(300)) + "echo $x5 $x299")

    assert ran.lines[-1] == "echo 5 $x299"


def test_no_more_functions_than_the_limit_are_known(run: Run) -> None:
    ran = run("".join(f"f{at}() {{ a; }}\n" for at in range(400)) + "f5; f399")

    assert ran.lines == ["f5", "a", "f399"]


def test_a_name_without_text_has_no_program(run: Run) -> None:
    names = [
        command.name
        for command in run('"$HOME/bin/docker" ps; $X; "${{ x }}"; Y=1').commands
        if isinstance(command, Command)
    ]

    assert names == ["docker", None, None, None]
