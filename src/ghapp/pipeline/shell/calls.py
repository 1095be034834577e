"""What a command does beyond running a program: builtins, calls of what can be read, and gaps where it cannot.

What is followed, what is unknown (a Gap stands behind the command: it may have done anything to the job's machine), and
what is an ordinary command, known by its name:

- followed: a function, `./x.sh`, `bash x.sh`, `source x.sh`, `bash -c '…'`, `bash <<EOF`, `eval '…'`, `trap '…' ERR`;
  `make target`; `npm run x`, `npm test`, `yarn x`, `pnpm x`, `bun run x`; `$(aws ecr get-login)`, a `docker login`.
- unknown: a script that is not in the repository or not at hand; `curl … | bash`, `bash <(…)`; a program in a variable
  whose value is not known; `eval "$X"`, `eval "$(…)"` except of ssh-agent and brew; the repository's own programs in
  other languages (`python x.py`, `node x.js`, `go run ./x`, `cargo run`); other runners (just, task, rake, tox, nox,
  invoke, gulp, grunt, nx, turbo, lerna, mage, earthly, npm workspaces).
- ordinary: build and test tools by their own configuration (gradle, mvn, pytest, go test, docker build, terraform,
  pre-commit); what runs elsewhere (`docker run`, `ssh`, `kubectl exec`); `python -c '…'`, `python -m x`, `node -e '…'`,
  `npx x`; programs of /usr/bin, node_modules/.bin, a virtualenv.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from ghapp.pipeline.command import Command, Mask
from ghapp.pipeline.shell.builtins import BUILTINS
from ghapp.pipeline.shell.evaluate import Shell
from ghapp.pipeline.shell.paths import INSTALLED, locate
from ghapp.pipeline.shell.process import Caller
from ghapp.pipeline.shell.shells import SHELLS, assumed, logs_in, run_eval, run_file, run_shell, run_source
from ghapp.pipeline.shell.state import Frame
from ghapp.pipeline.shell.targets import run_make, run_npm
from ghapp.pipeline.word import PartKind, Word

_RUNNERS = "just task rake tox nox invoke inv gulp grunt nx turbo lerna mage earthly doit dagger wireit moon"
_INTERPRETERS = "python ruby perl php pypy node deno tsx ts-node Rscript pwsh powershell groovy lua"
_THROUGH = "poetry pipenv pdm uv rye hatch"
_SUBCOMMANDS = {"go": ("run",), "cargo": ("run", "xtask", "make"), "dotnet": ("run",), "deno": ("task", "run")}
_HARMLESS = frozenset({"-c", "-m", "-e", "-p", "-r", "-V", "-v", "--eval", "--print", "--version", "-Command"})

Answer = Callable[[Caller, Shell, Command, Frame], None]


class Calls(Caller):
    """Answers each command of a step: changes the shell, runs what the command calls, or leaves a gap."""

    def __call__(self, shell: Shell, command: Command, frame: Frame) -> None:
        first = command.words[0].literal
        if first is None:
            _unnamed(self, shell, command, frame)
        elif first in shell.state.functions:
            if first not in shell.running:
                command.followed = True
                shell.call(first, self.arguments(shell, command.words[1:]), frame)
        elif (builtin := BUILTINS.get(first)) is not None:
            builtin(shell, command)
        else:
            name = first.rpartition("/")[2]
            answer = _ANSWERS.get(name) or _ANSWERS.get(name.rstrip("0123456789."))
            if answer is not None:
                answer(self, shell, command, frame)
            elif "/" in first:
                _by_path(self, shell, command, frame)


def _by_path(caller: Caller, shell: Shell, command: Command, frame: Frame) -> None:
    """`./x.sh`, `/usr/bin/docker`, `"$DIR/deploy"`."""
    word = command.words[0]
    if not INSTALLED.search(word.literal or word.raw.strip('"')):
        run_file(caller, shell, command, frame, locate(command, word), command.words[1:])


def _unnamed(caller: Caller, shell: Shell, command: Command, frame: Frame) -> None:
    """A program that does not stand there as text: a path with variables, an expression that holds commands."""
    word = command.words[0]
    if command.name is not None:
        _by_path(caller, shell, command, frame)
        return
    value = shell.outright(word) if word.parts[0].kind is PartKind.EXPRESSION else None
    if logs_in(shell, word):
        command.followed = True
    elif value is None:
        caller.unknown(shell, command, "Which program this runs stands in a variable whose value is not known.")
    elif value.strip():
        rest = shell.script.text.value[word.end : command.end]
        caller.within(shell, command, frame, assumed(shell.script.text, word, value + rest))


def _runner(caller: Caller, shell: Shell, command: Command, frame: Frame) -> None:
    caller.unknown(shell, command, f"What `{command.name}` runs is not read.")


def _program_of_repository(caller: Caller, shell: Shell, command: Command, frame: Frame) -> None:
    name = command.name or ""
    if any(command.is_a(name, each) for each in _SUBCOMMANDS[name.rstrip("0123456789.")]):
        caller.unknown(shell, command, f"`{name}` runs a program of the repository: what it does is not read.")


def _through(caller: Caller, shell: Shell, command: Command, frame: Frame) -> None:
    """`poetry run python x.py`."""
    words = command.words
    if len(words) > 2 and words[1].raw == "run":
        program = re.sub(r"[\d.]+$", "", words[2].raw)
        if _ANSWERS.get(program) is _interpreter:
            _read_by(caller, shell, command, words[2:])
        elif program.endswith(".py"):
            caller.unknown(shell, command, f"What `{words[2].raw}` does is not read.")


def _interpreter(caller: Caller, shell: Shell, command: Command, frame: Frame) -> None:
    _read_by(caller, shell, command, command.words)


def _read_by(caller: Caller, shell: Shell, command: Command, words: tuple[Word, ...]) -> None:
    """`python x.py` and `python <<EOF` do what we cannot read; `python -m x` and `-c x` are taken for harmless."""
    flags = {word.raw for word in words[1:]}
    script = any(not flag.startswith("-") or flag == "-" for flag in flags)
    if not flags & _HARMLESS and (script or any(item.body is not None for item in command.redirections)):
        caller.unknown(shell, command, f"What this {words[0].raw} program does is not read.")


def _find(caller: Caller, shell: Shell, command: Command, frame: Frame) -> None:
    """`find . -exec shellcheck {} +` runs a shellcheck; with `;` its failure only ends that file's turn (find(1))."""
    begin = 0
    for at, word in enumerate(command.words):
        if not begin and word.raw in ("-exec", "-execdir", "-ok"):
            begin = at + 1
        elif begin and word.literal in (";", "+"):
            if at > begin:
                masks = command.masks if word.literal == "+" else (*command.masks, Mask.CONDITION)
                run = replace(command, words=command.words[begin:at], wrappers=(*command.wrappers, "find"), masks=masks)
                shell.trail.append(run)
                caller(shell, run, frame)
            begin = 0


_ANSWERS: dict[str, Answer] = {
    **dict.fromkeys(SHELLS, run_shell),
    **dict.fromkeys(("make", "gmake"), run_make),
    **dict.fromkeys(("npm", "yarn", "pnpm", "bun"), run_npm),
    **dict.fromkeys(("source", "."), run_source),
    **dict.fromkeys(_RUNNERS.split(), _runner),
    **dict.fromkeys(_INTERPRETERS.split(), _interpreter),
    **dict.fromkeys(_THROUGH.split(), _through),
    **dict.fromkeys(_SUBCOMMANDS, _program_of_repository),
    "eval": run_eval,
    "find": _find,
}
