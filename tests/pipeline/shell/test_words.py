"""How a script's text becomes words."""

from __future__ import annotations

import pytest

from tests.pipeline.shell.conftest import Run

BROKEN = [
    "echo 'unclosed",
    'echo "unclosed',
    "echo $(unclosed",
    "echo `unclosed",
    "echo ${unclosed",
    "echo )",
    "if x; then",
    "if x; fi",
    "for",
    "for x in a; echo",
    "for ((;;; do a; done",
    "case",
    "case x in a b) c;; esac",
    "case x in ) c;; esac",
    "case x on",
    "done",
    "{ a",
    "{ a; } b",
    "case x in a|) b;; esac",
    "( a",
    "a | | b",
    "a >",
    "a && ",
    "[[ a",
    "x=(a",
    "x=(a ; b)",
    "f( a",
    "a b ()",
    "function",
    "function (",
    "f() x",
    "!(a",
    "a b & & c",
    "echo `a)`",
    "a <(b",
    "`fi`",
]

LITERALS = {
    "echo 'a b'": "a b",
    'echo "a b"': "a b",
    r'echo "say \"hi\" for \$5 \`x\` and \n"': 'say "hi" for $5 `x` and \\n',
    "echo a'b'\"c\"d": "abcd",
    r"echo a\ b": "a b",
    "echo a\\\nb": "ab",
    "echo a\\\r\nb": "ab",
    'echo "a\\\nb"': "ab",
    "echo $'a\\tb\\x41\\u00e9\\101\\''": "a\tbAéA'",
    'echo $"hello"': "hello",
    "echo $'unclosed": None,
    "echo a#b": "a#b",
    "echo ''": "",
    'echo ""': "",
    "echo 5$": "5$",
    'echo "5$"': "5$",
    "echo *.sh": "*.sh",
    "echo {a,b}": "{a,b}",
    "echo a\\": "a\\",
    "echo 'less << than'": "less << than",
    'echo "a < b"': "a < b",
    "echo é": "é",
}


@pytest.mark.parametrize(("text", "value"), LITERALS.items())
def test_quotes_and_escapes_are_taken_off(run: Run, text: str, value: str | None) -> None:
    if value is None:
        assert run(text).commands == []
    else:
        assert run(text)["echo"].words[1].literal == value


@pytest.mark.parametrize(
    "text",
    ["$X", '"$X"', "${X}", '"${X}"', "a$X", '"a $X b"', "${X}b"],
)
def test_variables_are_parts_with_their_name(run: Run, text: str) -> None:
    word = run(f"echo {text}")["echo"].words[1]

    assert word.variables == ("X",)
    assert word.literal is None


@pytest.mark.parametrize(
    "text", ["${X:-y}", "${X##*/}", "${X//a/'}'}", '${X:-"}"}', "${X:-$(pwd)}", "${X:-`pwd`}", r"${X:-\}}"]
)
def test_what_is_done_to_a_variable_stays_as_written_and_keeps_its_name(run: Run, text: str) -> None:
    word = run(f"echo {text} end")["echo"].words[1]

    assert [(part.kind, part.text) for part in word.parts] == [("unknown", text)]
    assert word.variables[:1] == ("X",)


def test_arithmetic_is_one_part_and_no_command(run: Run) -> None:
    ran = run("echo $((1 << (2 + 3))) $((a)); $( (b) )")

    assert ran["echo"].words[1].raw == "$((1 << (2 + 3)))"
    assert ran.lines[:2] == ["echo $((1 << (2 + 3))) $((a))", "b"]


def test_two_subshells_that_look_like_arithmetic_are_commands(run: Run) -> None:
    assert run("echo $((a) | (b))").lines == ["a", "b", "echo $((a) | (b))"]
    assert run("((a) | (b))").lines == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("echo ${{ inputs.x }}", [("expression", "${{ inputs.x }}")]),
        ("echo '${{ format('}}') }}'", [("expression", "${{ format('}}') }}")]),
        ('echo "a${{ x }}b"', [("literal", "a"), ("expression", "${{ x }}"), ("literal", "b")]),
        ("echo 'a${{ x }}b'", [("literal", "a"), ("expression", "${{ x }}"), ("literal", "b")]),
        ("echo v<< parameters.v >>", [("literal", "v"), ("expression", "<< parameters.v >>")]),
        ('echo "<<pipeline.id>>"', [("expression", "<<pipeline.id>>")]),
        ("echo '<< matrix.x >>'", [("expression", "<< matrix.x >>")]),
        ("echo ${{\n  x\n}}", [("expression", "${{\n  x\n}}")]),
    ],
)
def test_templates_are_opaque_wherever_they_stand(run: Run, text: str, parts: list[tuple[str, str]]) -> None:
    word = run(text)["echo"].words[1]

    assert [(part.kind.value, part.text) for part in word.parts] == parts


def test_a_template_is_no_here_document_and_a_here_document_no_template(run: Run) -> None:
    ran = run("<< parameters.x >> a\ncat <<parameters_end\nrm\nparameters_end\nb")

    assert ran.lines == ["<< parameters.x >> a", "?", "cat", "b"]


def test_a_here_document_escaped_for_circleci_is_one(run: Run) -> None:
    assert run("cat \\<<EOF > f\nrm\nEOF\nb").lines == ["cat", "b"]


def test_globs_count_only_outside_of_quotes(run: Run) -> None:
    words = run("""ls *.sh "*.sh" \\*.sh '?' a[12]""")["ls"].words

    assert [word.glob for word in words] == [False, True, False, False, False, True]


def test_extended_globs_belong_to_their_word(run: Run) -> None:
    assert run("rm -rf !(keep|this) x")["rm"].words[2].raw == "!(keep|this)"


def test_the_value_of_an_option_knows_where_it_stands(run: Run) -> None:
    command = run('trivy image --severity="HIGH,$X" --format=  app')["trivy"]
    value = command.option("--severity")

    assert value is not None
    assert value.raw == '"HIGH,$X"'
    assert command.script.text.value[value.start : value.end] == value.raw
    assert command.word_place(value).column == 24
    assert getattr(command.option("--format"), "literal", None) == ""


@pytest.mark.parametrize("text", BROKEN)
def test_what_cannot_be_read_is_a_gap_and_never_safe(run: Run, text: str) -> None:
    ran = run(f"first\n{text}\n")

    assert ran.lines[0] == "first"
    assert ran.lines[-1] == "?"
    assert not ran["first"].script.clean


def test_a_coprocess_is_not_read(run: Run) -> None:
    assert run("coproc a").lines == ["?"]


def test_a_script_longer_than_the_limit_is_a_gap(run: Run) -> None:
    assert run("a\n" * 200_000).lines == ["?"]


@pytest.mark.parametrize("text", ["echo `a \\`b\\``", "echo `a \\$X`", 'echo "`a \\"b\\"`"', "echo `a '\\\\'`"])
def test_a_backquoted_command_that_backslashes_change_before_it_is_read_is_a_gap(run: Run, text: str) -> None:
    assert run(text).lines[0] == "?"


def test_a_backquoted_command_may_go_over_several_lines(run: Run) -> None:
    assert run("echo `a b`").lines == ["a b", "echo `a b`"]
    assert run("x=`a \\\n  b | \\\n  c 'd\\.e'`").lines[:2] == ["a b", "c d\\.e"]
