"""What values are made of: words of shell, outputs and variables, followed back to the steps and jobs that set them.

A value is spelled out as far as it can be seen: `$TAG` becomes `$(git rev-parse HEAD)` when TAG was set to that, and
`${{ steps.meta.outputs.tag }}` becomes what the step printed. Nothing is computed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline.command import Command
from ghapp.pipeline.model import Job, Step
from ghapp.pipeline.word import Part, PartKind, Word

MAX_DEPTH = 6
MAX_TEXT = 2_000
MAX_STEPS = 200
"""How many names are followed for one value."""

_PRINTED = re.compile(r"(?:export )?([\w-]+)=")
_KEPT = re.compile(r"\$([A-Za-z_]\w*)")
_EXPRESSION = re.compile(r"\$\{\{\s*([\w.-]+)\s*\}\}")


class Handed:
    """The values of one job. Build one for each job that is asked about."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._jobs: dict[str, Handed] = {}
        self._printed: dict[str, tuple[Command, Word]] | None = None
        self._left = MAX_STEPS

    def spelled(self, command: Command, word: Word, depth: int = 0) -> str:
        """The word with everything filled in that is known."""
        self._left = self._left if depth else MAX_STEPS
        return "".join(self._part(command, part, depth) for part in word.parts)[:MAX_TEXT]

    def filled(self, step: Step, text: str, depth: int = 0) -> str:
        """A text of YAML with its expressions filled in."""
        self._left = self._left if depth else MAX_STEPS
        value = step.scope.expression
        return _EXPRESSION.sub(lambda match: self._expression(step, value(match[0]), match, depth), text)[:MAX_TEXT]

    def _part(self, command: Command, part: Part, depth: int) -> str:
        name = _name(part)
        if depth > MAX_DEPTH or self._left <= 0 or (name is None and part.kind is not PartKind.EXPRESSION):
            return part.text if name is None else f"${{{name}}}"
        self._left -= 1
        if name is None:
            return self.filled(command.step, part.text, depth + 1)
        return self._variable(command.step, name, command, depth + 1)

    def _variable(self, step: Step, name: str, command: Command | None, depth: int) -> str:
        assigned = command.variables.get(name) if command is not None else None
        if command is not None and assigned is not None and assigned.parts:
            return self.spelled(command, assigned, depth)
        outside = _environment(step, name) if command is None or name not in command.variables else None
        if outside is not None:
            return self.filled(step, outside, depth)
        return self._said(name, f"${{{name}}}", depth)

    def _expression(self, step: Step, value: str | None, match: re.Match[str], depth: int) -> str:
        if depth > MAX_DEPTH or self._left <= 0:
            return match[0]
        self._left -= 1
        if value is not None:
            return self.filled(step, value, depth + 1)
        first, _, rest = match[1].partition(".")
        if first == "env":
            return self._variable(step, rest, None, depth + 1)
        if first == "needs" and rest.count(".") == 2:
            name, _, output = rest.split(".")
            return self._output(name, output, match[0], depth)
        return self._said(match[1], match[0], depth)

    def _output(self, name: str, output: str, written: str, depth: int) -> str:
        """What an earlier job says under `outputs:`."""
        job = self.job.pipeline.job(name)
        node = job.node.at("outputs", output) if job is not None else None
        if job is None or node is None or not job.steps:
            return written
        other = self._jobs.setdefault(name, Handed(job))
        return other.filled(job.steps[-1], node.text or written, depth + 1)

    def _said(self, name: str, written: str, depth: int) -> str:
        found = self.printed.get(name)
        return self.spelled(*found, depth + 1) if found is not None else written

    @property
    def printed(self) -> dict[str, tuple[Command, Word]]:
        """What the steps print into `$GITHUB_ENV`, `$GITHUB_OUTPUT` or a file, by variable or `steps.ID.outputs.X`."""
        if self._printed is None:
            self._printed = {name: (command, word) for name, command, word in _printed(self.job)}
        return self._printed


def _name(part: Part) -> str | None:
    """The variable that the part stands for; `$X` in a value that was kept before X could be told is UNKNOWN."""
    if part.kind is PartKind.VARIABLE:
        return part.text
    kept = _KEPT.fullmatch(part.text) if part.kind is PartKind.UNKNOWN else None
    return kept[1] if kept is not None else None


def _environment(step: Step, name: str) -> str | None:
    """What `env` of the step, job or workflow says of the variable, with its expressions as written."""
    known = step.scope.variable(name)
    if known is not None:
        return known
    root = step.job.pipeline.root
    node = step.env.get(name) or step.job.env.get(name) or (root.at("env", name) if root is not None else None)
    return node.text if node is not None else None


def _printed(job: Job) -> Iterator[tuple[str, Command, Word]]:
    for command in job.commands:
        if command.name not in ("echo", "printf") or len(command.words) < 2:
            continue
        word = next((each for each in command.words[1:] if not each.raw.startswith("-")), command.words[-1])
        first = word.parts[0]
        match = _PRINTED.match(first.text) if first.kind is PartKind.LITERAL else None
        target = "".join(each.target.raw for each in command.redirections if each.target is not None)
        if match is not None and target:
            name = f"steps.{command.step.id}.outputs.{match[1]}" if "GITHUB_OUTPUT" in target else match[1]
            rest = first._replace(text=first.text[match.end() :])
            yield name, command, word._replace(parts=(rest, *word.parts[1:]))
