"""One scan, and what becomes of its result."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from ghapp.pipeline.command import Command, Mask
from ghapp.pipeline.model import Step, StepKind
from ghapp.pipeline.rule import Platform
from ghapp.pipeline.source import Place
from ghapp.pipeline.word import Word

SOMEWHERE = ""
"""A report that goes to a place which cannot be named: through a pipe, into a variable."""

_NO_OP = re.compile(r"\s*\|\|\s*(?:true|:|exit 0)\s*")
_CARRIERS = frozenset({"tee", "cat", "head", "tail", "less", "more"})
_IDLE = frozenset({"echo", "printf", "true", ":", "exit", "set", "cd", "sleep", "date"})
_ADVISORY = re.compile(r"advisory|inform|non-?blocking|report|optional|soft", re.IGNORECASE)
_EXCUSE = re.compile(
    r"soft.?fail|advisory|informational|non.?blocking|not? block|(?:not|n't|never|without) fail|allow\w*.?fail"
    r"|best.effort|report only|for now|until",
    re.IGNORECASE,
)
"""What a comment says that gives a reason for a scan which stops nothing."""
_GATE = re.compile(r"gate|block|enforce", re.IGNORECASE)


class Loss(StrEnum):
    """What throws a failure away without looking at it, in words for a message."""

    OR = "what stands behind `||`"
    PIPE = "the pipe, whose status without `pipefail` is that of its last program,"
    NO_ERREXIT = "the shell, which goes on after an error (`set -e` is off),"
    TOLERATED = "`continue-on-error`"


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan. `fails`: whether a finding fails it; None when that cannot be told.

    `told`: whether the file itself says so. `severity`: the severities that count, as written; empty when all do.
    `report`: the file its result goes to, None when only the log has it. `sure`: no configuration can say otherwise.
    `behind`: the word of a command that further options go behind; None where they cannot be put.
    `fixed_only`: only what has a fix counts, or the scanner does not ask. `secrets`: it looks for secrets alone.
    `own`: it looks at nothing but what the repository itself says, and can mend.
    """

    item: Command | Step
    tool: str
    words: str
    fails: bool | None
    told: bool = False
    severity: str = ""
    report: str | None = None
    sure: bool = True
    behind: Word | None = None
    fixed_only: bool = True
    secrets: bool = False
    own: bool = False

    @property
    def step(self) -> Step:
        return self.item if isinstance(self.item, Step) else self.item.step

    @property
    def place(self) -> Place:
        step = self.item
        if isinstance(step, Command) or step.uses is None:
            return step.place
        if step.kind is StepKind.USES:
            return step.uses.node.place
        return step.node.pairs[0][0].place if step.node.pairs else step.place  # the orb is named at the top of the file

    @property
    def blocks(self) -> bool:
        """Whether a failure of the scan fails the job, and is meant to: who takes the output looks at it."""
        command = self.item if isinstance(self.item, Command) else None
        return not self.step.tolerated and (command is None or not (command.masks or command.substituted))

    @property
    def swallowed(self) -> Loss | None:
        """What throws a failure of the scan away; None when nothing does, or when something asks how it ended."""
        if self.step.id and f"steps.{self.step.id}." in self.step.node.source.text:
            return None
        command = self.item
        if isinstance(command, Command):
            script = command.script.text.value
            if Mask.OR in command.masks and _NO_OP.fullmatch(script[command.end : command.statement[1]]):
                return Loss.OR
            if Mask.PIPE in command.masks and _carried(command) and "PIPESTATUS" not in script:
                return Loss.PIPE
            called = command.job.pipeline.platform is not Platform.SHELL  # a script alone may be sourced under `set -e`
            if Mask.NO_ERREXIT in command.masks and (called or "set +e" in script):
                return Loss.NO_ERREXIT
        return Loss.TOLERATED if self.step.tolerated else None

    @property
    def read(self) -> bool:
        """Whether anything looks at the result but who reads the log of a green job."""
        if self.report is None:
            return False
        after = self.step.job.after(self.item)
        return self.report == SOMEWHERE or any(not (isinstance(each, Command) and each.name in _IDLE) for each in after)

    @property
    def gates(self) -> bool:
        """Whether the job or step says of itself that it stops something."""
        return _GATE.search(self._names) is not None

    @property
    def advises(self) -> bool:
        """Whether the job or step says of itself that it only reports."""
        return self.swallowed in (Loss.OR, Loss.TOLERATED) or self.excused or _ADVISORY.search(self._names) is not None

    @property
    def excused(self) -> bool:
        """Whether a comment in or above the step says that it stops nothing."""
        source, node = self.step.node.source, self.step.node
        first, last = source.line_of(node.start), source.line_of(node.end)
        while source.line_text(first - 1).lstrip().startswith("#"):
            first -= 1
        lines = source.lines[first - 1 : last]
        return any(_EXCUSE.search(line.partition("#")[2]) for line in lines)

    @property
    def _names(self) -> str:
        step = self.step
        return f"{step.job.id} {step.job.name} {step.name}"


def _carried(command: Command) -> bool:
    """Whether the output only passes through what is behind the pipe."""
    at: Command | None = command.piped_to
    while at is not None and at.name in _CARRIERS:
        at = at.piped_to
    return at is None
