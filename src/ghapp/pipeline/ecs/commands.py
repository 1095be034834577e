"""`aws ecs …` as a job runs it: which subcommand, and whether all of its options can be seen."""

from __future__ import annotations

from ghapp.pipeline.command import Command
from ghapp.pipeline.word import PartKind, Word

NETWORK = "--network-configuration"
_SEALED = ("--cli-input-json", "--cli-input-yaml", "--generate-cli-skeleton")
_HOLDS = (PartKind.VARIABLE, PartKind.EXPRESSION, PartKind.SUBSTITUTION, PartKind.UNKNOWN)
_FLAGS = ("--force-new-deployment", "--no-", "--enable-", "--include-", "--disable-", "--debug", "--propagate-")


def verb(command: Command) -> str:
    """The subcommand of `aws ecs`: `update-service`, `run-task` …; empty for any other command."""
    if command.name != "aws" or len(command.operands) < 2 or command.operands[0].literal != "ecs":
        return ""
    return command.operands[1].literal or ""


def is_sealed(command: Command) -> bool:
    """Whether the command may have options that cannot be seen: in a file, in `$OPTIONS`, in `"${options[@]}"`."""
    if command.has_option(*_SEALED):
        return True
    before: Word | None = None
    for word in command.words[1:]:
        value = before is not None and before.raw.startswith("--") and "=" not in before.raw
        value = value and not (before is not None and before.raw.startswith(_FLAGS))
        if not value and len(word.parts) == 1 and word.parts[0].kind in _HOLDS and _several(word):
            return True
        before = word
    return False


def _several(word: Word) -> bool:
    """Whether the word may stand for several: unquoted, or an array."""
    return not word.raw.startswith('"') or "[@]" in word.raw or word.raw in ('"$@"', '"${@}"')


def text(command: Command, *names: str) -> str:
    """The value of an option as far as it is known; empty when it is not given."""
    value = command.option(*names)
    return command.expand(value) if value is not None else ""
