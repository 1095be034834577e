"""Builtins that change the shell itself: its directory, options, variables, whether it goes on."""

from __future__ import annotations

import re
from collections.abc import Callable

from ghapp.pipeline.command import Command
from ghapp.pipeline.shell.evaluate import Shell
from ghapp.pipeline.shell.paths import locate
from ghapp.pipeline.word import Word

_NAME = re.compile(r"[A-Za-z_]\w*")


def change_directory(shell: Shell, command: Command) -> None:
    """`cd x`; `cd` alone and `cd -` lead to where we do not know."""
    operands = [word for word in command.words[1:] if word.raw not in ("-L", "-P", "--")]
    known = len(operands) == 1 and operands[0].raw != "-"
    shell.state.move(locate(command, operands[0]) if known else None)


def push_directory(shell: Shell, command: Command) -> None:
    here = shell.state.directory
    change_directory(shell, command)
    shell.state.stack = (*shell.state.stack, here)


def pop_directory(shell: Shell, command: Command) -> None:
    *rest, back = shell.state.stack or (None,)
    shell.state.move(back)
    shell.state.stack = tuple(rest)


def options_of(words: tuple[Word, ...]) -> tuple[dict[str, bool], int]:
    """The options that `set` or a shell's words turn on and off, by letter or name, and where the operands begin."""
    found: dict[str, bool] = {}
    at = 0
    while at < len(words) and (raw := words[at].raw)[:1] in ("-", "+") and len(raw) > 1:
        at += 1
        if raw == "--":
            found[raw] = True
            break
        if raw.startswith("--"):
            found[raw] = True
            at += raw in ("--rcfile", "--init-file")
            continue
        for letter in raw[1:]:
            name = letter
            if letter in "oO":
                name = words[at].raw if at < len(words) else ""
                at += 1
            found[{"errexit": "e"}.get(name, name)] = raw[0] == "-"
    return found, at


def set_options(shell: Shell, command: Command) -> None:
    options, at = options_of(command.words[1:])
    state = shell.state
    state.errexit = options.get("e", state.errexit)
    state.pipefail = options.get("pipefail", state.pipefail)
    if "--" in options or at + 1 < len(command.words):
        state.positional(command.words[at + 1 :])


def export(shell: Shell, command: Command) -> None:
    """`export X`, `declare -x X`: what called programs see. The assignments have been made."""
    names = [assignment.name for assignment in command.assignments]
    names += [word.raw for word in command.words[1:] if _NAME.fullmatch(word.raw)]
    if command.name == "export" or command.has_option("-x", cluster=True):
        shell.state.exported |= set(names)


def forget(shell: Shell, command: Command) -> None:
    """`read X`, `unset X`, `mapfile X`, `printf -v X`: from here on the value is not known."""
    names = {word.raw for word in command.words[1:] if _NAME.fullmatch(word.raw)}
    if command.name != "printf" or command.has_option("-v"):
        shell.state.forget(names)


def shift(shell: Shell, command: Command) -> None:
    """After `shift` the parameters move on by one; any other way of shifting leaves them unknown."""
    state = shell.state
    if len(command.words) > 1 or state.arguments is None:
        state.forget({*map(str, range(1, 10)), "@", "*"})
        state.arguments = None
    else:
        state.positional(state.arguments[1:])


def leave(shell: Shell, command: Command) -> None:
    shell.state.ended = command.name or "exit"


def trap(shell: Shell, command: Command) -> None:
    """`trap 'code' SIGNALS` is kept for the end; `trap - EXIT` takes nothing back: a failure before may have run it."""
    words = [word for word in command.words[1:] if word.raw != "--"]
    if len(words) > 1 and not words[0].raw.startswith("-") and words[0].literal != "":
        shell.traps.append((command, words[0], " ".join(word.raw for word in words[1:])))


BUILTINS: dict[str, Callable[[Shell, Command], None]] = {
    "cd": change_directory,
    "pushd": push_directory,
    "popd": pop_directory,
    "set": set_options,
    "export": export,
    "declare": export,
    "typeset": export,
    "read": forget,
    "unset": forget,
    "mapfile": forget,
    "readarray": forget,
    "getopts": forget,
    "printf": forget,
    "shift": shift,
    "exit": leave,
    "return": leave,
    "trap": trap,
}
