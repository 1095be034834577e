"""The AWS CLI's shorthand for a network, `awsvpcConfiguration={subnets=[a,b],securityGroups=[c]}`, as bash passes it.

Tried with awscli 1.46.3: a list needs brackets; `[a b]` is one id with a blank in it; JSON arrays may stand in place of
`[…]`, but not within it. bash takes an unquoted `{a,b}` apart before the CLI sees it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from ghapp.pipeline.command import Command
from ghapp.pipeline.ecs.commands import NETWORK, verb
from ghapp.pipeline.word import PartKind, Word

_LIST = re.compile(r"\b(subnets|securityGroups)\s*=\s*")
_BRACES = re.compile(r"\{[^{}]*,[^{}]*\}")
_BLANK = re.compile(r"[^\s,\"']\s+[^\s,\"']")
_ITEM = r"(?:[\w-]|\$\{\w+\}|\$\w+)+"
_BARE = re.compile(rf"\b(subnets|securityGroups)=({_ITEM}(?:,{_ITEM})+)(?=,\w+=|\}}|$)")
_UNKNOWN = "\0"


class Flaw(Enum):
    """What is wrong, as a message says it."""

    EXPANDED = (
        "the braces are not quoted: bash takes them apart at each comma, and the AWS CLI gets several broken words"
    )
    TORN = "the value is not quoted and has a blank in it: the AWS CLI gets only the part before it"
    NO_BRACKETS = (
        "the list of `{}` has no brackets: the AWS CLI expects `name=` behind the comma and stops with a syntax error"
    )
    BLANKS = (
        "blanks instead of commas separate the ids of `{}`: the AWS CLI takes them for one id, which does not exist"
    )
    NESTED = "`{}` is already a JSON array and stands within brackets once more: the AWS CLI gets a list in a list"


@dataclass(frozen=True, slots=True)
class Malformed:
    """A network configuration that cannot be read. `name`: the list that is wrong."""

    command: Command
    word: Word
    flaw: Flaw
    name: str = ""

    @property
    def message(self) -> str:
        return f"`{NETWORK}`: {self.flaw.value.format(self.name)}."

    @property
    def mended(self) -> str | None:
        """The word as it should be; None where that cannot be told."""
        raw = self.word.raw
        if self.flaw is Flaw.EXPANDED:
            return None if set(raw) & set("\"'\\`") else f'"{raw}"'
        bracketed = _BARE.sub(r"\1=[\2]", raw) if self.flaw is Flaw.NO_BRACKETS else raw
        return bracketed if bracketed != raw else None


def malformed(command: Command) -> Malformed | None:
    """What is wrong with the network configuration of an ECS command; None when nothing is, or it is unknown."""
    word = command.option(NETWORK) if verb(command) else None
    if word is None:
        return None
    bare = "".join(part.text if part.kind is PartKind.LITERAL and not part.quote else "x" for part in word.parts)
    if command.script.shell == "bash" and _BRACES.search(bare):
        return Malformed(command, word, Flaw.EXPANDED)
    if "{" in bare and word.raw.count("{") > word.raw.count("}"):
        return Malformed(command, word, Flaw.TORN)
    text = "".join(_known(command, word, at) for at in range(len(word.parts)))
    for name in _LIST.finditer(text) if "awsvpcConfiguration=" in text else ():
        found = _list_flaw(text[name.end() :])
        if found is not None:
            return Malformed(command, word, found, name[1])
    return None


def _known(command: Command, word: Word, at: int) -> str:
    part = word.parts[at]
    value = command.literal(word._replace(parts=(part,)))
    return _UNKNOWN if value is None else value


def _list_flaw(text: str) -> Flaw | None:
    """What is wrong with the list at the beginning of `text`."""
    if text.startswith("["):
        inner = text[1:].partition("]")[0]
        if "[" in inner:
            return Flaw.NESTED
        return Flaw.BLANKS if _BLANK.search(inner) else None
    segments = re.split(r"[,}]", text[:500])
    following = segments[1] if "," in text[: len(segments[0]) + 1] else ""
    return Flaw.NO_BRACKETS if following.strip() and "=" not in following else None
