"""Commands that run what a makefile or a package.json says: `make target`, `npm run x` and their kin."""

from __future__ import annotations

from dataclasses import replace

from ghapp.pipeline.command import Command, Mask
from ghapp.pipeline.shell import make, npm
from ghapp.pipeline.shell.evaluate import Shell
from ghapp.pipeline.shell.paths import joined
from ghapp.pipeline.shell.process import Caller
from ghapp.pipeline.shell.state import Frame


def run_make(caller: Caller, shell: Shell, command: Command, frame: Frame) -> None:
    call = make.Call.of(command)
    if call is None:
        caller.unknown(shell, command, "What this `make` runs cannot be told.")
        return
    if call.dry:
        return
    directory, path = _find(caller, shell, call.directory, call.files)
    source = caller.read(shell, command, path)
    if source is None:
        return
    command.followed = True
    outside = frozenset({*shell.step.job.env, *shell.step.env, *caller.child(shell, command, {}).variables})
    for item in make.recipes(source, call, outside):
        if isinstance(item, str):
            caller.unknown(shell, command, item)
            continue
        state = caller.child(shell, command, {"e": item.errexit, "pipefail": item.pipefail})
        state.directory = directory
        state.forget({name for name, value in call.variables.items() if value is None})
        tolerated = replace(command, masks=(*command.masks, Mask.TOLERATED)) if item.tolerated else command
        caller.start(shell, tolerated, frame, item.text, state)


def run_npm(caller: Caller, shell: Shell, command: Command, frame: Frame) -> None:
    call = npm.Call.of(command)
    if call is None:
        return
    if call.reason:
        caller.unknown(shell, command, call.reason)
        return
    directory, path = _find(caller, shell, call.directory, ("package.json",))
    if call.bare and caller.tree.paths is not None and path not in caller.tree.paths:
        return
    source = caller.read(shell, command, path)
    if source is None:
        return
    found = npm.scripts(source, call)
    if isinstance(found, str):
        caller.unknown(shell, command, found)
        return
    for text in found:
        state = caller.child(shell, command, {})
        state.directory = directory
        caller.start(shell, command, frame, text, state)


def _find(caller: Caller, shell: Shell, below: str, names: tuple[str, ...]) -> tuple[str | None, str | None]:
    """The directory that is meant, and the first of the files that it has; the last one when none is known."""
    directory = joined(shell.state.directory, below) if shell.state.directory is not None else None
    if directory is None:
        return None, None
    paths = [joined(directory, name) for name in names]
    there = [path for path in paths if path is not None and path in (caller.tree.paths or ())]
    return directory, there[0] if there else paths[-1]
