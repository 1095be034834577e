"""Which tools a job calls by their bare names though nothing has put them onto PATH.

The job is walked in order, and no further than to what could have brought anything: after it, no tool can be said to be
missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ghapp.pipeline import Command, Mask
from ghapp.pipeline.meant import for_another_job
from ghapp.pipeline.model import Job
from ghapp.rules._ground import Ground
from ghapp.rules._off_path import lost_path
from ghapp.rules._tools import Base, Machine, Tool, called, machines

_MAKES_PATH = re.compile(r"^\s*(?:export\s+)?PATH\s*[:+?]?=", re.MULTILINE)
_QUERIES = frozenset({"--version", "-v", "-V", "version", "--help", "-h", "help"})
_MOST = 25
"""How many tools are looked for in one job; hostile files call them all, thousands of commands apart."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A call of a tool that is not on PATH. `machines`: those of the job's that lack it."""

    command: Command
    tool: Tool
    machines: tuple[Machine, ...]
    sure: bool
    contained: str = ""  # an action that ran it in a container before
    left_in: str = ""  # the directory, off PATH, where it was put
    lost: Command | None = None  # the `export PATH` of an earlier step that led there

    @property
    def job(self) -> Job:
        return self.command.job

    @property
    def where(self) -> str:
        """The machines in words."""
        return " and ".join(
            f"`{machine.name}`" + (f" ({machine.image})" if machine.name != machine.image else "")
            for machine in self.machines
        )

    @property
    def hidden(self) -> str:
        """What keeps the failure from failing the job; nothing usually does."""
        masks = self.command.masks
        return "`continue-on-error`" if Mask.TOLERATED in masks else "`||`" if Mask.OR in masks else ""


def missing(job: Job, *, only: str = "", every: bool = False) -> Iterator[Missing]:
    """The calls of tools that nothing has put on PATH; of each tool the first, or `every` one. `only`: one command."""
    places = machines(job)
    lacked = frozenset[str]().union(*(place.lacks for place in places))
    if only:
        lacked &= {only}
    if lacked.isdisjoint(job.programs):
        return
    ground = Ground()
    settled: dict[str, bool] = {}
    for item in job.trail:
        if ground.opaque or len(settled) > _MOST:
            return
        tool = called(item) if isinstance(item, Command) and item.name in lacked else None
        if isinstance(item, Command) and tool is not None:
            without = tuple(place for place in places if item.name in place.lacks)
            first = tool.name not in settled and not _has_own_path(item, ground)
            left_in = ground.left_in(tool) if first else ()
            if first:
                excused = _excused(item, tool, without, places)
                settled[tool.name] = not excused and (bool(left_in) or not ground.may_have(tool))
            if settled.get(tool.name) and (first or every):
                sure = not (ground.strange or item.guards) and all(
                    each.base in (Base.HOSTED, Base.CIRCLECI) for each in without
                )
                lost = lost_path(ground.exports, left_in)
                yield Missing(item, tool, without, sure, ground.contained(tool), "".join(left_in[:1]), lost)
        ground.note(item)


def calls_by_tool(job: Job) -> list[list[Missing]]:
    """Every such call, those of one tool together."""
    found: dict[str, list[Missing]] = {}
    for call in missing(job, every=True):
        found.setdefault(call.tool.name, []).append(call)
    return list(found.values())


def _has_own_path(command: Command, ground: Ground) -> bool:
    """Whether the command is looked for elsewhere than usual: its step, what it reads, or npm has set PATH."""
    if ground.sourced is command.step or "PATH" in command.variables:
        return True
    made = command.path.endswith(("akefile", ".mk")) and _MAKES_PATH.search(command.script.text.source.text)
    if made or command.step.scope.variable("PATH") is not None:
        return True
    return any(path.endswith("package.json") for path in (command.path, *(place.path for place in command.calls)))


def _excused(command: Command, tool: Tool, without: tuple[Machine, ...], places: tuple[Machine, ...]) -> bool:
    """Whether this call does not show that the tool is missing: its absence is thought of, or it runs elsewhere."""
    if any(tool.named_in(guard.test.lower()) for guard in command.guards) or for_another_job(command):
        return True
    asks = any(word.raw in _QUERIES for word in command.words[1:3]) and bool(command.masks)
    elsewhere = len(without) < len(places) and (command.step.condition is not None or bool(command.guards))
    return asks or elsewhere
