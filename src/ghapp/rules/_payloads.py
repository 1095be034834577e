"""JSON that commands send: behind an option, in a variable, in a here-document, or piped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ghapp.pipeline import Command, Pipeline, Word
from ghapp.pipeline.model import Part, PartKind
from ghapp.pipeline.source import Place
from ghapp.rules._curl import calls
from ghapp.rules._json import Template, parts_of

_DATA = ("json", "data", "data-raw", "data-binary", "data-ascii")
_AWS = ("--message", "--payload", "--cli-input-json", "--event-data", "--metric-data", "--details", "--entries")
WORDS = ("curl", "gh api --input", *(f"aws {option}" for option in _AWS))
"""What a file must say before payloads are looked for in it."""

_CONTENT = re.compile(r"content-type:\s*(\S+)", re.IGNORECASE)
_HERE = re.compile(r"<<-?\s*(['\"\\]?)")


@dataclass(frozen=True, slots=True)
class Payload:
    """`command` sends it; `word` is where it is written, None for a here-document, whose text begins at `start`.

    `inline`: the word stands in the command itself, not in an assignment before it.
    """

    command: Command
    parts: tuple[Part, ...]
    template: Template
    word: Word | None
    raw: str
    start: int
    inline: bool = False
    verbatim: bool = False  # a here-document in which nothing is filled in

    def place(self, written: str) -> Place:
        """Where a piece of it stands in the file; all of it when the piece cannot be found."""
        at = self.raw.find(written)
        begin, end = (self.start + at, self.start + at + len(written)) if at >= 0 else (self.start, self.start + 1)
        return self.command.script.text.place(begin, end)

    def written(self, part: Part) -> str:
        """A gap as it is written."""
        if part.kind is not PartKind.VARIABLE:
            return part.text
        return f"${part.text}" if f"${part.text}" in self.raw else f"${{{part.text}}}"

    @property
    def whole(self) -> Place:
        """The command, or the assignment that made it."""
        return self.command.place if self.inline else self.command.script.text.place(self.start, self.start + 1)


def payloads(pipeline: Pipeline) -> Iterator[Payload]:
    """The JSON texts that the pipeline's own commands send. Those within `bash -c "…"` are another shell's first."""
    for command, word in _sent(pipeline):
        if _own(command):
            found = _payload(command, word)
            if found is not None and found.template.like_json:
                yield found


def _sent(pipeline: Pipeline) -> Iterator[tuple[Command, Word]]:
    for call in calls(pipeline):
        header = _CONTENT.search(call.command.raw)
        if header is None or "json" in header[1] or "$" in header[1]:
            word = next((call.given[name] for name in _DATA if call.given.get(name)), None)
            if word is not None:
                yield call.command, word
    for command in (command for job in pipeline.jobs for command in job.running("aws", "gh")):
        names = _AWS if command.name == "aws" else ("--input",) if command.is_a("gh", "api") else ()
        word = command.option(*names) if names else None
        if word is not None and command.script.clean:
            yield command, word


def _own(command: Command) -> bool:
    text = command.script.text
    return text.value == (command.step.text.value if command.step.text else "") or text.value is text.source.text


def _payload(command: Command, word: Word) -> Payload | None:
    if word.raw.strip("\"'") in ("@-", "-", "@/dev/stdin", "file:///dev/stdin"):
        return _from_input(command)
    if len(word.parts) == 1 and word.parts[0].kind is PartKind.VARIABLE:
        value = command.variables.get(word.parts[0].text)
        if value is None or command.script.text.value[value.start : value.end] != value.raw:
            return None  # made elsewhere
        return Payload(command, value.parts, Template(value.parts), value, value.raw, value.start)
    return Payload(command, word.parts, Template(word.parts), word, word.raw, word.start, inline=True)


def _from_input(command: Command) -> Payload | None:
    for each in command.redirections:
        if each.body is not None:
            quoted = _HERE.search(command.raw)
            verbatim = quoted is not None and bool(quoted[1])
            parts = (Part(PartKind.LITERAL, each.body),) if verbatim else parts_of(each.body)
            return Payload(command, parts, Template(parts), None, each.body, each.start, verbatim=verbatim)
        if each.operator == "<<<" and each.target is not None:
            return _payload(command, each.target)
    source = command.piped_from
    if source is None or source.name != "echo" or source.script is not command.script or len(source.operands) != 1:
        return None
    word = source.operands[0]
    return Payload(source, word.parts, Template(word.parts), word, word.raw, word.start, inline=True)
