"""Commands that run a shell: `./x.sh`, `bash x.sh`, `bash -c '…'`, `bash <<EOF`, `source x.sh`, `eval '…'`."""

from __future__ import annotations

import re

from ghapp.pipeline.command import Command
from ghapp.pipeline.shell.builtins import options_of
from ghapp.pipeline.shell.embedded import part_of, quoted
from ghapp.pipeline.shell.evaluate import Shell
from ghapp.pipeline.shell.paths import locate
from ghapp.pipeline.shell.process import Caller
from ghapp.pipeline.shell.state import Frame
from ghapp.pipeline.source import Text
from ghapp.pipeline.word import PartKind, Word

SHELLS = frozenset({"bash", "sh", "dash", "ash", "zsh", "ksh"})

_SHEBANG = re.compile(r"#!\s*(?:\S*/)?(?:env\s+(?:-S\s+)?)?(?:\S*/)?([\w.-]+)([^\n]*)")
_ENVIRONMENT = re.compile(
    r"(?:/|^)(?:activate|env|[\w.-]*\.env|nvm\.sh|\.\w*rc|\.?\w*profile|sdkman-init\.sh|os-release)$|BASH_ENV"
)
"""Files outside of the repository that only set variables."""


def first_line(text: str) -> tuple[str, dict[str, bool]]:
    """The interpreter that a script names (`bash` when none), and the options it gives it: `#!/bin/bash -eu`."""
    shebang = _SHEBANG.match(text)
    if shebang is None:
        return "bash", {}
    letters = "".join(re.findall(r"(?<=-)[a-z]+", shebang[2]))
    return shebang[1], {**dict.fromkeys(letters, True), "pipefail": "pipefail" in shebang[2]}


def run_file(
    caller: Caller,
    shell: Shell,
    command: Command,
    frame: Frame,
    path: str | None,
    arguments: tuple[Word, ...],
    options: dict[str, bool] | None = None,
) -> None:
    """Runs a script file. `options`: those of the shell that is named; None: the file's first line decides."""
    source = caller.read(shell, command, path)
    if source is None:
        return
    if options is None:
        interpreter, options = first_line(source.text)
        if interpreter not in SHELLS:
            caller.unknown(shell, command, f"`{source.path}` is a {interpreter} program: what it does is not read.")
            return
    state = caller.child(shell, command, options)
    state.positional(caller.arguments(shell, arguments))
    caller.start(shell, command, frame, Text.of_file(source), state)


def run_shell(caller: Caller, shell: Shell, command: Command, frame: Frame) -> None:
    """`bash [options] file …`, `bash -c '…'`, `bash <<EOF`, `… | bash`."""
    options, at = options_of(command.words[1:])
    operands = command.words[at + 1 :]
    if "c" in options and operands:
        text = quoted(shell.script.text, operands[0])
        if text is None:
            caller.unknown(shell, command, "The script behind `-c` cannot be read.")
            return
        state = caller.child(shell, command, options, every=True)
        state.positional(caller.arguments(shell, operands[2:]))
        caller.start(shell, command, frame, text, state, embedded=True)
    elif "n" in options or "--version" in options:
        return
    elif operands and "s" not in options:
        run_file(caller, shell, command, frame, locate(command, operands[0]), operands[1:], options)
    else:
        _run_input(caller, shell, command, frame, options)


def _run_input(caller: Caller, shell: Shell, command: Command, frame: Frame, options: dict[str, bool]) -> None:
    """A shell that reads its script from its input."""
    for item in command.redirections:
        if item.body is not None:
            text = part_of(shell.script.text, item.start, item.start + len(item.body))
            state = caller.child(shell, command, options, every=True)
            caller.start(shell, command, frame, text, state, embedded=True)
            return
        if item.operator == "<" and item.target is not None:
            run_file(caller, shell, command, frame, locate(command, item.target), (), options)
            return
    caller.unknown(shell, command, "This runs a script that is only known while the job runs.")


def run_source(caller: Caller, shell: Shell, command: Command, frame: Frame) -> None:
    """`source x.sh` and `. x.sh`: in this very shell."""
    if len(command.words) < 2:
        return
    word = command.words[1]
    path = locate(command, word)
    here = path is not None and (caller.tree.paths is None or path in caller.tree.paths)
    if not here and _ENVIRONMENT.search(word.raw.strip("\"'")):
        return
    source = caller.read(shell, command, path)
    if source is None:
        return
    if len(command.words) > 2:
        shell.state.positional(caller.arguments(shell, command.words[2:]))
    caller.within(shell, command, frame, Text.of_file(source), embedded=False)
    if shell.state.ended == "return":
        shell.state.ended = ""


def run_eval(caller: Caller, shell: Shell, command: Command, frame: Frame) -> None:
    """`eval '…'` and `eval "$X"` with a known X; `eval "$(ssh-agent -s)"` only sets variables."""
    words = command.words[1:]
    text = None
    if len(words) == 1:
        if words[0].raw.startswith(('"$(ssh-agent', "$(ssh-agent", '"$(brew shellenv', "$(brew shellenv")):
            return
        if logs_in(shell, words[0]):
            command.followed = True
            return
        value = shell.outright(words[0])
        if value is not None:
            text = quoted(shell.script.text, words[0]) if words[0].literal is not None else None
            text = text or assumed(shell.script.text, words[0], value)
    if text is None:
        caller.unknown(shell, command, "What `eval` runs here cannot be told.")
    else:
        caller.within(shell, command, frame, text)


def logs_in(shell: Shell, word: Word) -> bool:
    """Whether the word is what `aws ecr get-login` prints: `docker login …`, which changes no file."""
    parts = word.parts
    if len(parts) == 1 and parts[0].kind is PartKind.VARIABLE:
        value = shell.state.variables.get(parts[0].text)
        parts = value.parts if value is not None else ()
    text = parts[0].text if len(parts) == 1 and parts[0].kind is PartKind.SUBSTITUTION else ""
    return text.startswith(("$(aws ", "`aws ")) and " ecr get-login " in text and "|" not in text


def assumed(text: Text, word: Word, value: str) -> Text:
    """A script that stands elsewhere (in a variable, a parameter); its places are those of the word that names it."""
    begin = text.offset(word.start)
    length = min(len(value), text.offset(word.end) - begin)
    return Text(value, text.source, [(0, begin, length)], exact=False)
