"""Shell put before or after a command: as lines of its own in a script, joined by `&&` in a one-line `run`."""

from __future__ import annotations

import re

from ghapp.pipeline.edits.values import insert_lines_after, insert_lines_before, replace_in
from ghapp.pipeline.model import Command, Pipeline
from ghapp.pipeline.rule import Edit, Finding

_TEST = re.compile(r"(?:\A|[\s;&|(])(?:if|elif|while|until|!)\Z")
_OPENS = re.compile(r"(?:&&|;|(?:\A|[\s;])(?:then|else|do|\{))\Z")
_LONGEST_WORD = 8


def run_before(pipeline: Pipeline, at: Finding | Command, shell: str) -> Edit | None:
    """`shell` runs right before a command: in lines above it, or as `shell && command` within its line.

    `at`: the command, or a finding whose subject is one. None where the command neither begins a line nor follows `&&`,
    `;` or `then`: behind `||`, `!`, `|`, `if` or in `$(…)` it would change what the rest of the line means.
    """
    command = _command(at)
    if command is None:
        return None
    text, begin = command.script.text, command.start
    leading = text.value[:begin]
    code = leading.rstrip()
    if not code or "\n" in leading[len(code) :]:
        if code.endswith(("|", "\\")) or _TEST.search(code[-_LONGEST_WORD:]):
            return None
        if not code.endswith("&&") and (edit := insert_lines_before(text, begin, shell)) is not None:
            return edit
    elif not _OPENS.search(code[-_LONGEST_WORD:]):
        return None
    return None if "\n" in shell else replace_in(text, begin, begin, f"{shell} && ")


def run_after(pipeline: Pipeline, at: Finding | Command, shell: str) -> Edit | None:
    """`shell` runs right after a command's whole statement: in lines below it, or as `statement && shell`.

    None where something else follows on the line, or a here-document does.
    """
    command = _command(at)
    if command is None:
        return None
    text, (start, end) = command.script.text, command.statement
    value = text.value
    stop = value.find("\n", end)
    rest = value[end : stop if stop >= 0 else None].strip()
    if end <= start or (rest and not rest.startswith("#")) or "<<" in value[start:end]:
        return None
    edit = insert_lines_after(text, end - 1, shell, like=start)
    if edit is not None or rest or "\n" in shell or value[start:end].endswith("&"):
        return edit
    if text.place(end - 1, end).line != text.place(end, end).line:  # folded text goes on behind an empty line
        return None
    return replace_in(text, end, end, f" && {shell}")


def _command(at: Finding | Command) -> Command | None:
    """The command, where shell may be put around it."""
    command = at.subject if isinstance(at, Finding) else at
    if not isinstance(command, Command) or command.script.shell not in ("bash", "sh"):
        return None
    return None if command.substituted or not command.script.clean else command
