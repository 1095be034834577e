"""Task definitions on their way through a job: described, changed, written to files, registered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ghapp.pipeline.command import Command, Gap
from ghapp.pipeline.ecs.commands import verb
from ghapp.pipeline.ecs.jq import READ_ONLY, described, filtered
from ghapp.pipeline.model import Job, Step
from ghapp.pipeline.sample import UNKNOWN, printed, value_of
from ghapp.pipeline.source import BrokenFile
from ghapp.pipeline.tree import Tree
from ghapp.pipeline.word import Word
from ghapp.pipeline.yaml import Node, parse

_STATE = re.compile(r"\w+(?: \w+)*")
_PLAIN = re.compile(r"[\w./-]+")
_MOST_TRIED = 300


@dataclass(frozen=True, slots=True)
class Registration:
    """A `register-task-definition` that gets what `describe-task-definition` said. `state`: as `jq` explains it.

    `path`: the repository's file that says so, when it is one.
    """

    command: Command
    word: Word
    state: str
    path: str = ""


class Definitions:
    """One job, walked in order."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.step: Step | None = None
        self.values: dict[str, str | None] = {}
        self.files: dict[str, str | None] = {}
        self.committed = True  # the repository's files are as they were
        self.left = _MOST_TRIED

    def registrations(self) -> Iterator[Registration]:
        for item in self.job.trail:
            if isinstance(item, Gap):
                self.files.clear()
                self.committed = False
            elif isinstance(item, Command) and self.left > 0:
                yield from self._command(item)

    def _command(self, command: Command) -> Iterator[Registration]:
        if command.step is not self.step:
            self.step, self.values = command.step, {}
        word = command.option("--cli-input-json") if verb(command) == "register-task-definition" else None
        if word is not None:
            yield from self._registered(command, word)
        for assignment in command.assignments:
            self.values[assignment.name] = self._value(assignment.value)
        self._write(command)

    def _registered(self, command: Command, word: Word) -> Iterator[Registration]:
        state = self._value(word)
        if state is not None and state.startswith("file://"):
            path = state.removeprefix("file://").removeprefix("./")
            if path in self.files or not self.committed or not _PLAIN.fullmatch(path):
                state = self.files.get(path)
            else:
                yield from self._committed(command, word, path)
                return
        if state:
            yield Registration(command, word, state)

    def _committed(self, command: Command, word: Word, path: str) -> Iterator[Registration]:
        """A file of the repository, as it was once described."""
        root = definition_file(self.job.pipeline.tree, path)
        fields = [name for name in READ_ONLY if root is not None and root.get(name) is not None]
        if fields:
            yield Registration(command, word, " ".join(fields), path)

    def _value(self, word: Word | None) -> str | None:
        if word is None:
            return None
        self.left -= word.literal is None
        text = value_of(word, self.values.get, self._program)
        return None if UNKNOWN in text else text

    def _write(self, command: Command) -> None:
        """What the command leaves in files."""
        target = next((each.target for each in command.redirections if each.operator == ">" and each.target), None)
        if target is not None and target.literal is not None:
            self.left -= 1
            state = printed(command, self.values.get, self._program)
            self.files[target.literal.removeprefix("./")] = state if state and _STATE.fullmatch(state.strip()) else None
        elif command.name in ("mv", "cp") and len(command.operands) == 2:
            source, goal = (word.raw.removeprefix("./") for word in command.operands)
            self.files[goal] = self.files.get(source)
        elif command.name not in ("jq", "cat", "echo", "aws"):
            self.files.update((path, None) for path in _paths(command))

    def _program(self, words: list[str], text: str | None) -> str | None:
        """`aws ecs describe-task-definition`, `jq` and `cat` of a file."""
        if words[:1] == ["aws"] and "describe-task-definition" in words:
            query = next((words[at + 1] for at, word in enumerate(words[:-1]) if word == "--query"), "")
            return None if "text" in words or "yaml" in words else described(query)
        if words[:1] not in (["jq"], ["cat"]):
            return None
        read = next((self.files[word] for word in words[1:] if word in self.files), text)
        return read if words[0] == "cat" else filtered(words, read.strip() if read else None)


def _paths(command: Command) -> Iterator[str]:
    for word in command.words[1:]:
        if word.literal is not None:
            yield word.literal.removeprefix("./")


def definition_file(tree: Tree, path: str) -> Node | None:
    """A task definition of the repository as a tree (JSON is YAML); None when it is not at hand or no map."""
    source = tree.source(path)
    try:
        root = parse(source).root if source is not None else None
    except BrokenFile:
        return None
    return root if root is not None and root.kind == "map" else None
