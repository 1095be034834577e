"""Whatever the text is: no exception, exact offsets, linear time."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ghapp.pipeline.model import Command
from ghapp.pipeline.shell import callees, follow
from ghapp.pipeline.tree import Tree
from tests.pipeline.shell.conftest import Ran, a_step

HANG = 6.0  # seconds: each takes less than one on a quiet machine, which a shared or traced one multiplies

PIECES = st.sampled_from(
    [
        *"abx \n\t;&|<>(){}[]$`\"'\\#!*?@+=/-~1.:,",
        *("if ", "then ", "elif ", "else ", "fi", "for ", "in ", "do ", "done", "case ", "esac", "while ", "until "),
        *(";;", "&&", "||", "$(", "$((", "))", "${", "<<EOF\n", "EOF\n", "<<<", "<(", "[[ ", " ]]", "((", "function f"),
        *("f() { ", "f ", '"$@"', "$X", "X=1 ", "export ", "${{ x }}", "<< parameters.x >>", "set +e\n", "cd a\n"),
        *(
            "bash -c '",
            "bash x.sh",
            "source x.sh",
            "make t",
            "npm run t",
            "eval ",
            "trap 'f' EXIT\n",
            "sudo ",
            "xargs ",
        ),
        *("$'", "\\\n", "\r\n", "é", "\x00", "=~ ", "exit 1", "|| exit 1", "shift", "return"),
    ]
)
FILES = {
    "x.sh": "#!/bin/bash\nf() { bash x.sh; }\nf $1\nmake t",
    "Makefile": "t: u\n\t$(MAKE) u $(X)\nu:\n\tnpm run t\n",
    "package.json": '{"scripts": {"t": "source x.sh && make t"}}',
}


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=60).map("".join)))
@example("function f <x")  # a function whose body is but a redirection
def test_any_text_is_walked_and_every_word_stands_where_it_says(text: str) -> None:
    ran = Ran(follow(a_step(text, {"X": "f"}), Tree.of(FILES)))

    for command in ran.commands:
        assert command.words or command.assignments or command.redirections
        value = command.script.text.value
        for word in command.words:
            assert value[word.start : word.end] == word.raw
            assert command.place.line >= 1
            command.expand(word)


@settings(max_examples=100, deadline=None)
@given(st.lists(PIECES, max_size=60).map("".join), st.sampled_from(sorted(FILES)))
def test_any_called_file_is_walked(text: str, path: str) -> None:
    Ran(follow(a_step("bash x.sh a b; make t; npm run t"), Tree.of({**FILES, path: text})))


BOMBS = {
    "parentheses": "(" * 200_000,
    "closed parentheses": "(" * 10_000 + "a" + ")" * 10_000,
    "substitutions": "echo " + "$(" * 100_000,
    "arithmetic": "echo " + "$((" * 80_000,
    "braces": "echo " + "${a:-" * 50_000,
    "groups": "{ " * 100_000,
    "ifs": "if " * 80_000,
    "quotes": '"' * 200_001,
    "backquotes": "`" * 200_001,
    "quoted substitutions": '"$(' * 80_000,
    "one long word": "a" * 250_000,
    "one long line": "a b " * 60_000,
    "templates": "${{ " * 60_000 + "}}",
    "circle templates": "<< parameters.x " * 16_000,
    "quoted templates": "'" + "<<" * 100_000 + "'",
    "and": "a && " * 50_000 + "a",
    "or": "a || " * 50_000 + "a",
    "questions": "[ a ] && " * 25_000 + "a",
    "pipes without errexit": "set +e; " + "a | " * 30_000 + "a\n" + "b" * 100_000,
    "assignments": "".join(f"a{at}=1\n" for at in range(24_000)),
    "growing assignment": "a=$a$a$b\n" * 25_000,
    "here-documents": "a <<E\n" * 40_000,
    "here-documents of one line": "a " + "<<E " * 60_000 + "\n",
    "functions": "".join(f"f{at}() {{ f{at + 1}; f{at + 1}; }}\n" for at in range(5000)) + "f0",
    "function that doubles": "".join(f"f{at}() {{ f{at + 1}; f{at + 1}; }}\n" for at in range(200)) + "f0",
    "cases": "case x in " + "a) b;; " * 30_000 + "esac",
    "case that assigns": "case x in " + "a) b=$c;; " * 20_000 + "esac",
    "loops": "for a in b; do c=1; " * 10_000 + "done; " * 10_000,
    "loops in a row": "for a in b; do c=1; done; " * 9_000,
    "functions that ask": "f() { g; }; " + "f || " * 20_000 + "a",
    "continuations": "\\\n" * 120_000,
    "comments": "#" * 100_000 + "\n#" * 70_000,
    "globs": "a " + "!(" * 60_000,
    "regex": "[[ a =~ " + "(" * 100_000,
    "array": "a=(" + "b " * 100_000,
    "shells": "bash -c \"bash -c '" * 10_000,
    "too long": "a" * (1 << 20),
    "nested functions": "f() " * 50_000,
    "finds": "find . " + "-exec a " * 20_000,
    "words of wrappers": "sudo " * 50_000,
    "commands with many arguments": "f() { " + 'a "$@"; ' * 10_000 + "}\n" + "f x y z\n" * 2,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_takes_less_than_a_second(name: str) -> None:
    step = a_step(BOMBS[name])
    began = time.process_time()
    ran = Ran(follow(step, Tree.of(FILES)))
    took = time.process_time() - began

    assert took < HANG
    assert all(isinstance(item, Command) or item.reason for item in ran.trail)


@pytest.mark.parametrize("name", ["Makefile", "package.json"])
@pytest.mark.parametrize("text", ["t: " * 60_000, "t:\n" + "\ta\n" * 60_000, "$(" * 90_000, '"scripts": {' * 16_000])
def test_a_bomb_that_is_called_takes_less_than_a_second(name: str, text: str) -> None:
    step = a_step("make t; npm run t")
    began = time.process_time()
    follow(step, Tree.of({name: text[:200_000]}))

    assert time.process_time() - began < HANG


def test_the_guess_at_called_files_is_fast() -> None:
    tree = Tree.of(FILES, [f"a/b{at}/c.sh" for at in range(5000)])
    began = time.process_time()
    for text in ("./x.sh " * 50_000, "a/" * 200_000, " ".join(f"a/b{at}/c.sh" for at in range(20_000))):
        callees(text, tree)

    assert time.process_time() - began < HANG
