"""Follows the ARN of a task definition through a job's shell, to where the family of the definition is wanted.

Such an ARN ends in `task-definition/FAMILY:REVISION`; a family has neither `/` nor `:` (docs.aws.amazon.com, Amazon ECS
API Reference, TaskDefinition). What a script makes of the ARN is tried out on a sample.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ghapp.pipeline.command import Command
from ghapp.pipeline.model import Job, Step
from ghapp.pipeline.sample import UNKNOWN, value_of
from ghapp.pipeline.source import Place
from ghapp.pipeline.word import PartKind, Word

SAMPLE = "arn:aws:ecs:eu-west-1:111122223333:task-definition/app:42"
FAMILY = "app"

_NAMED = re.compile(r"(^|_)(TASK_?DEF(INITION)?|TD)_?ARN$", re.IGNORECASE)
_ARN = re.compile(
    r"((services|deployments)(\[[^\]]*\])+\.taskDefinition|taskDefinitionArns?(\[[^\]]*\])?)(\s*\|\s*\[0\])?$"
)
_JSON_FAMILY = re.compile(r"\"family\"\s*:\s*\"\$\{?(\w+)\}?\"")
_FAMILY = re.compile(r"[\w-]+")
_REVISED = re.compile(r"(?:arn:\S*task-definition/)?[\w-]+:\d+:")
_HANDED = re.compile(r"(?:export )?(\w+)=")
_PRINTS = frozenset({"echo", "printf", "cat"})
_MOST_TRIED = 300
"""How many assignments of a job are tried out."""


@dataclass(frozen=True, slots=True)
class Value:
    """What a variable holds when the task definition is SAMPLE, and the word that gave it."""

    text: str
    command: Command
    word: Word
    name: str


@dataclass(frozen=True, slots=True)
class Mistake:
    """A use that wants a family, or `family:revision`, and gets `made`.

    `value`: what made the wrong text; None when the use itself does. `option`: what wants it.
    """

    command: Command
    word: Word
    option: str
    made: str
    value: Value | None

    @property
    def maker(self) -> Command:
        return self.value.command if self.value is not None else self.command

    @property
    def made_by(self) -> Word:
        return self.value.word if self.value is not None else self.word

    @property
    def place(self) -> Place:
        return self.maker.word_place(self.made_by)

    @property
    def family_alone(self) -> bool:
        """Whether every use in the job of the variable that holds the text wants the family alone, or prints it."""
        name = self.value.name if self.value is not None else ""
        return all(_takes_family(command, name) for command in self.command.job.commands)


class Families:
    """One job, walked in order."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.step: Step | None = None
        self.values: dict[str, Value | None] = {}
        self.handed: dict[str, Value | None] = {}
        self.left = _MOST_TRIED

    def mistakes(self) -> Iterator[Mistake]:
        for command in self.job.commands:
            if command.step is not self.step:
                self.step, self.values = command.step, dict(self.handed)
            yield from self._wanted(command)
            for assignment in command.assignments:
                self.values[assignment.name] = self._value(command, assignment.name, assignment.value)
            if command.name in ("echo", "printf") and command.redirections and len(command.words) > 1:
                self._hand(command, command.words[1])

    def _hand(self, command: Command, word: Word) -> None:
        """`echo "NAME=value" >> file`: set for the steps behind, or for whoever sources the file."""
        first = word.parts[0].text if word.parts[0].kind is PartKind.LITERAL else ""
        match = _HANDED.match(first)
        if match is not None:
            name = match[1]
            if "GITHUB_OUTPUT" in "".join(each.target.raw for each in command.redirections if each.target):
                name = f"steps.{command.step.id}.outputs.{name}"
            rest = first[match.end() :]
            parts = (word.parts[0]._replace(text=rest), *word.parts[1:])
            self.values[name] = self.handed[name] = self._value(command, name, word._replace(parts=parts))

    def _value(self, command: Command, name: str, word: Word | None) -> Value | None:
        if word is None or self.left <= 0:
            return None
        same = self._handed_on(word)
        if same is not None:
            return same
        self.left -= word.literal is None
        text = value_of(word, lambda each: self._lookup(command, each), _asked)
        return None if UNKNOWN in text else Value(text, command, word, name)

    def _handed_on(self, word: Word) -> Value | None:
        """The value that a word hands on as it is."""
        parts = [part for part in word.parts if part.text]
        alone = len(parts) == 1 and parts[0].kind in (PartKind.VARIABLE, PartKind.EXPRESSION)
        return self.values.get(_bare(parts[0].text)) if alone else None

    def _lookup(self, command: Command, name: str) -> str | None:
        """The value that a variable or an expression has now."""
        if name.isdigit():
            given = command.variables.get(name)
            return value_of(given, self._named) if given is not None else None
        return self._named(name)

    def _named(self, name: str) -> str | None:
        name = _bare(name)
        known = self.values.get(name)
        if known is not None:
            return known.text
        outside = self.step.scope.variable(name) if self.step is not None else None
        if outside is not None and "${{" not in outside and "<<" not in outside:
            return outside
        return SAMPLE if _NAMED.search(name) else None

    def _wanted(self, command: Command) -> Iterator[Mistake]:
        """What the command is given for a family or for `family:revision`, where that is wrong."""
        if command.is_a("aws", "ecs"):
            for option in ("--family", "--family-prefix", "--task-definition"):
                word = command.option(option)
                if word is not None and word.literal is None and self.left > 0:
                    self.left -= 1
                    text = value_of(word, lambda name: self._lookup(command, name), _asked)
                    if _REVISED.match(text) if option == "--task-definition" else _is_wrong(text):
                        yield Mistake(command, word, option, text.replace(UNKNOWN, "…"), self._maker(word))
        for each in command.redirections:
            for match in _JSON_FAMILY.finditer(each.body or ""):
                value = self.values.get(match[1])
                if value is not None and _is_wrong(value.text):
                    yield Mistake(command, value.word, '"family"', value.text, value)

    def _maker(self, word: Word) -> Value | None:
        """What made the text that the word holds, when the word itself only hands it on."""
        names = [_bare(part.text) for part in word.parts if part.kind in (PartKind.VARIABLE, PartKind.EXPRESSION)]
        return next((value for name in names if (value := self.values.get(name)) is not None), None)


def _takes_family(command: Command, name: str) -> bool:
    values = [each.value for each in command.assignments if each.value is not None]
    users = [word for word in (*command.words, *values) if _holds(word, name)]
    prints = command.name in _PRINTS and not command.redirections
    return prints or all(word in (command.option("--family"), command.option("--family-prefix")) for word in users)


def _holds(word: Word, name: str) -> bool:
    """Whether the word itself uses the variable; what stands in its `$(…)` are commands of their own."""
    return any(part.kind is not PartKind.SUBSTITUTION and name in part.text for part in word.parts)


def _bare(name: str) -> str:
    """`${{ steps.x.outputs.y }}` and `${{ env.X }}` without what stands around the name."""
    return name.strip("${} ").removeprefix("env.")


def _is_wrong(text: str) -> bool:
    return UNKNOWN not in text and (":" in text or "/" in text)


def _asked(words: list[str], text: str | None) -> str | None:
    """What `aws ecs` and `jq` print when they are asked for a task definition's ARN or family."""
    if words[0] == "jq":
        raw = any(word == "--raw-output" or re.fullmatch(r"-[a-z]*r[a-z]*", word) for word in words)
        query = next((word for word in words[1:] if not word.startswith("-")), "")
    else:
        raw = words[:1] == ["aws"] and "ecs" in words and "text" in words
        query = next((words[at + 1] for at, word in enumerate(words[:-1]) if word == "--query"), "")
    if not raw:
        return None
    return FAMILY if query.endswith(".family") else SAMPLE if _ARN.search(query) else None
