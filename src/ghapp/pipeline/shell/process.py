"""Starts what a command calls: a shell for a text, with the right state. Reads the files for it, within a budget."""

from __future__ import annotations

from abc import ABC, abstractmethod

from ghapp.pipeline.command import Command, Guard, Script
from ghapp.pipeline.expansion import bind
from ghapp.pipeline.shell.embedded import quoted
from ghapp.pipeline.shell.evaluate import Shell
from ghapp.pipeline.shell.grammar import parse
from ghapp.pipeline.shell.state import Frame, State
from ghapp.pipeline.source import Source, Text
from ghapp.pipeline.tree import Tree
from ghapp.pipeline.word import Word

MAX_DEPTH = 4
"""How many files deep calls are followed."""

MAX_FILES = 40
"""How many files are followed from one pipeline."""

MAX_FILE = 200_000
"""Longer files, in characters, are not followed."""


class Caller(ABC):
    """Answers the commands of a step; this half knows how to start what they call.

    `files`: what was read, by path; None where it is not at hand. `refused`: the budget did not allow another one.
    """

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.files: dict[str, Source | None] = {}
        self.refused = False

    @abstractmethod
    def __call__(self, shell: Shell, command: Command, frame: Frame) -> None:
        """Does what the command does beyond running an ordinary program."""

    def unknown(self, shell: Shell, command: Command, reason: str) -> None:
        """Leaves a gap: behind this command nothing can be said to be missing."""
        shell.gap(command.start, command.end, reason)

    def start(
        self, shell: Shell, command: Command, frame: Frame, text: Text, state: State, *, embedded: bool = False
    ) -> None:
        """Runs a text in a process that `command` starts; a failure in it is the command's failure.

        `embedded`: the text stands in the very script that calls it, as that of `bash -c` does.
        """
        inside = Frame(command.masks, command.guards, command.redirections, substituted=frame.substituted)
        inner = self.inner(shell, command, text, state, embedded=embedded)
        inner.perform(parse(text.value), inside)
        self.finish(inner, inside)

    def inner(self, shell: Shell, command: Command, text: Text, state: State, *, embedded: bool = False) -> Shell:
        """A shell for a text that `command` calls."""
        command.followed = True
        calls = shell.calls if embedded else (*shell.calls, command.place)
        return Shell(shell.step, Script(text, "bash"), state, shell.trail, self, calls=calls)

    def within(self, shell: Shell, command: Command, frame: Frame, text: Text, *, embedded: bool = True) -> None:
        """Runs a text in this very shell, as `source` and `eval` do."""
        inner = self.inner(shell, command, text, shell.state, embedded=embedded)
        inner.running, inner.called, inner.function = shell.running, shell.called, shell.function
        inner.next, inner.traps = shell.next, shell.traps
        inner.perform(parse(text.value), frame)

    def finish(self, shell: Shell, frame: Frame) -> None:
        """Runs what `trap` has kept for the end of a process, each behind its guard."""
        for command, word, signals in shell.traps:
            text = quoted(command.script.text, word)
            if text is not None:
                shell.state.ended = ""
                self.inner(shell, command, text, shell.state, embedded=True).perform(
                    parse(text.value), frame.guarded(Guard("trap", signals, word.start, word.end))
                )

    def child(self, shell: Shell, command: Command, options: dict[str, bool], *, every: bool = False) -> State:
        """The state in which a called program begins: what is exported, and what stands before its name.

        `options`: its shell's. `every`: it sees all variables and functions, as a text in double quotes does.
        """
        state, scope = shell.state, shell.step.scope
        seen = {
            name: value
            for name, value in state.variables.items()
            if every or name in state.exported or scope.variable(name) is not None
        }
        child = State(state.directory, options.get("e", False), options.get("pipefail", False), seen, frozenset(seen))
        if every:
            child.functions = state.functions
        for assignment in command.assignments:
            child.assign(assignment.name, assignment.value)
        return child

    def arguments(self, shell: Shell, words: tuple[Word, ...]) -> tuple[Word, ...]:
        """Words as what is called gets them: with the caller's variables filled in."""
        return tuple(bind(word, shell.state.variables) or word for word in words)

    def read(self, shell: Shell, command: Command, path: str | None) -> Source | None:
        """The text of a file that is called; None, and a gap, when it cannot be had."""
        budget = shell.step.job.pipeline.budget
        if not path:
            reason = "Which file this runs cannot be told."
        elif self.tree.paths is not None and path not in self.tree.paths:
            reason = f"`{path}` is not in the repository: it is made or downloaded while the job runs."
        elif len(shell.calls) >= MAX_DEPTH:
            reason = f"Calls are followed {MAX_DEPTH} files deep; this is one more."
        elif not budget.open(path, MAX_FILES):
            reason = f"{MAX_FILES} files have been followed from here already."
            self.refused = True
        elif (source := self._source(path)) is None:
            reason = f"The text of `{path}` is not at hand."
        elif len(source.text) > MAX_FILE:
            reason = f"`{path}` is too long to be followed."
        else:
            return source
        self.unknown(shell, command, reason)
        return None

    def _source(self, path: str) -> Source | None:
        self.files[path] = source = self.tree.source(path)
        return source
