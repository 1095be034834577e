"""A scanner's command, whether it is run directly, by `npx`, or in its image."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from ghapp.pipeline.command import Command, Mask
from ghapp.pipeline.scans.scan import SOMEWHERE
from ghapp.pipeline.source import Source
from ghapp.pipeline.word import Part, PartKind, Word

_TOOLS = ("trivy", "grype", "snyk", "semgrep", "npm")
_IMAGES = re.compile(
    r"(?:[\w.$\{\}-]+(?::\d+)?/)*(?:aquasec(?:urity)?/(?P<trivy>trivy)|anchore/(?P<grype>grype)|snyk/(?P<snyk>snyk)(?:-cli)?"
    r"|(?:returntocorp|semgrep)/(?P<semgrep>semgrep))(?:[:@][\w.$\{\}:-]+)?"
)
_HELP = frozenset({"--version", "--help", "-h"})
_OPTIONS = re.compile(r"arg|opt|flag|param", re.IGNORECASE)
_RUNNERS = ("docker", "podman", "nerdctl")
UNKNOWN = "?"
"""Stands for a value that something gives, but that cannot be told."""


_VARIABLES = re.compile(r"\b(?:TRIVY|GRYPE|npm_config)_\w+")


@lru_cache(maxsize=4)
def _mentioned(source: Source) -> frozenset[str]:
    return frozenset(_VARIABLES.findall(source.text))


def mentions(source: Source, name: str) -> bool:
    """Whether the file says the name of a scanner's variable: another step may set it, or something not known."""
    return name in _mentioned(source)


@dataclass(frozen=True, slots=True)
class Call:
    """`command` as it stands in the script; `view` as if the scanner had been run directly.

    `passed`: the variables that a container gets, None without a container.
    """

    command: Command
    view: Command
    tool: str
    passed: Mapping[str, Word | None] | None = None

    @property
    def asks_for_help(self) -> bool:
        return any(word.raw in _HELP for word in self.view.words[1:])

    @property
    def verb(self) -> str:
        """The subcommand, as far as it is known."""
        return (self.view.operands[0].literal or "") if self.view.operands else ""

    def value(self, *names: str, variable: str = "") -> str | None:
        """An option's value, or its environment variable's; None when it is not given, UNKNOWN when it is not known."""
        word = self.view.option(*names)
        if word is not None:
            return self.view.expand(word)
        return self._variable(variable) if variable else None

    def _variable(self, name: str) -> str | None:
        command = self.command
        if self.passed is not None:
            if name not in self.passed:
                return UNKNOWN if "--env-file" in self.passed else None
            word = self.passed[name]
            if word is not None:
                return command.expand(word)
        for assignment in command.assignments:
            if assignment.name == name:
                return command.expand(assignment.value) if assignment.value is not None else UNKNOWN
        if name in command.variables:
            word = command.variables[name]
            return command.expand(word) if word is not None else UNKNOWN
        outside = command.step.scope.variable(name)
        return UNKNOWN if outside is None and mentions(command.job.pipeline.source, name) else outside

    def opaque(self, targets: int) -> bool:
        """Whether some word may hold further options: an unquoted variable besides the `targets` operands."""
        operands = self.view.operands
        return any(
            "[@]" in word.raw
            or word.raw.strip('"') in ("$@", "$*")
            or (
                len(word.parts) == 1
                and word.parts[0].kind is not PartKind.LITERAL
                and not word.parts[0].quote
                and self.view.literal(word) is None
                and word in operands
                and (len(operands) > targets or _OPTIONS.search(word.raw) is not None)
            )
            for word in self.view.words[1:]
        )

    def has_file(self, *names: str) -> bool:
        """Whether one of the files lies where the command runs; in a container also when it does in the root."""
        tree, directory = self.command.job.pipeline.tree, self.command.directory
        places = [""] if self.passed is not None else [directory] if directory is not None else tree.directories
        return any(tree.has(f"{place}/{name}".lstrip("/")) for place in places for name in names)

    def report(self, *options: str, variable: str = "") -> str | None:
        """The file that the result goes to."""
        command = self.command
        if command.substituted or Mask.CONDITION in command.masks:
            return SOMEWHERE
        target = self.value(*options, variable=variable)
        if target:
            return target
        for redirection in command.redirections:
            if redirection.operator in (">", ">>", "1>", "1>>", "&>", "&>>", ">|") and redirection.target is not None:
                path = command.expand(redirection.target)
                if path not in ("/dev/null", "/dev/stdout", "/dev/stderr"):
                    return path
        piped = command.piped_to
        return None if piped is None or piped.name in ("cat", "less", "more") else SOMEWHERE


def call_of(command: Command) -> Call | None:
    """The scanner that the command runs, or None."""
    name, words = command.name, command.words
    if name in _TOOLS:
        return Call(command, command, name)
    if name in _RUNNERS and command.is_a(name, "run"):
        return _contained(command)
    if name == "npx":
        at = next((n for n, word in enumerate(words[1:], 1) if not word.raw.startswith("-")), 0)
        tool = (words[at].literal or "").partition("@")[0]
        return Call(command, _as(command, tool, words[at], words[at + 1 :]), tool) if tool in _TOOLS else None
    return None


def _contained(command: Command) -> Call | None:
    """The scanner in the image that `docker run` runs."""
    for at, word in enumerate(command.words):
        image = _IMAGES.fullmatch(word.raw.strip("\"'"))
        if image is not None:
            tool, rest = image.lastgroup or "", command.words[at + 1 :]
            rest = rest[1:] if rest and rest[0].literal == tool else rest
            return Call(command, _as(command, tool, word, rest), tool, _passed(command.words[:at]))
    return None


def _as(command: Command, tool: str, word: Word, rest: tuple[Word, ...]) -> Command:
    return replace(command, words=(word._replace(parts=(Part(PartKind.LITERAL, tool),)), *rest))


def _passed(words: tuple[Word, ...]) -> dict[str, Word | None]:
    """What `-e NAME=value` and `-e NAME` give to a container; `--env-file` may give anything."""
    found: dict[str, Word | None] = {}
    for word, following in zip(words, (*words[1:], None), strict=True):
        option, equals, _ = word.raw.partition("=")
        if option == "--env-file":
            found[option] = None
        elif option in ("-e", "--env"):
            given = word.after(len(option) + 1) if equals else following
            if given is not None:
                name, sign, _ = given.raw.strip("\"'").partition("=")
                found[name] = _behind(given, len(name) + 1) if sign else None
    return found


def _behind(word: Word, count: int) -> Word:
    """The word without the first characters of its first piece of text."""
    first = word.parts[0]
    return word._replace(parts=(Part(first.kind, first.text[count:], first.quote), *word.parts[1:]))
