"""Canary deploys as a timeline: which commands move how much of the traffic, in which order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ghapp.pipeline import Command, Job
from ghapp.pipeline.command import Guard
from ghapp.pipeline.roles import said
from ghapp.pipeline.source import Place

_TRAFFIC = re.compile(
    r"\belbv2 modify-(?:listener|rule)\b.*weight|\blambda update-alias\b.*weights|canary-weight|\brollouts set weight\b"
    r"|\bupdate-traffic\b|\btraffic-routing set\b|\bvirtualservice\b.*weight"
    r"|--(?:canary|traffic|weight|percent)[\w-]*[= ]",
    re.IGNORECASE,
)
_SCRIPT = re.compile(
    r"^(?:(?:bash|sh|source|\.|python3?|node|make|just|task|npm run|yarn) )?\S*(?:canary|traffic|weight|split)",
    re.IGNORECASE,
)
_NO_SHIFT = re.compile(
    r"^\S*(?:\s\S*)?(?:verif|check|health|audit|smoke|validat|monitor|wait|test|analy|describe|get-|probe|status)",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:weights?|percent(?:age)?|traffic|canary)[\"']?\s*[=: ]\s*[\"']?(\d{1,3})(?![\w.])", re.IGNORECASE
)
_LAMBDA = re.compile(r"AdditionalVersionWeights\W+\w+\W*[=:]\s*(0?\.\d+|1(?:\.0)?)\b")
_REVISION = re.compile(r"--to-(?:tags|revisions)[= ]\S*=(\d{1,3})\b")
_BARE = re.compile(r"(?<![\w.$-])(\d{1,3})%?(?![\w.%-])")
_FOR = re.compile(r"for\s+(\w+)\s+in\s+(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Shift:
    """One command that moves traffic. `weights`: the percentages that it sets one after the other, more in a loop."""

    command: Command
    weights: tuple[int, ...]
    loop: Guard | None = None


def shifts(job: Job) -> list[Shift]:
    """The job's shifts of traffic, in order. What a script or function does inside counts as its call."""
    found: list[Shift] = []
    called: dict[Place | str, Command] = {}
    for command in job.commands:
        if command.followed:
            called[command.place] = called[command.name or ""] = command
        callers = [called[name] for name in (command.function or "", *command.calls[:1]) if name in called]
        if any(found and found[-1].command is caller for caller in callers):
            continue
        shift = _shift(command)
        if shift is not None:
            found.append(replace(shift, command=next(iter(callers), command)))
    return found


def _shift(command: Command) -> Shift | None:
    text = said(command)
    if not text or _NO_SHIFT.match(text) or not (_TRAFFIC.search(text) or _SCRIPT.match(text)):
        return None
    loop, values = _loop(command)
    weights = values or _weights(text)
    return Shift(command, weights, loop) if weights else None


def _weights(text: str) -> tuple[int, ...]:
    """The percentage that the command gives to the new version: the last one that it names."""
    if "update-traffic" in text and "--to-latest" in text:
        return (100,)
    if match := _LAMBDA.search(text):
        return (round(float(match[1]) * 100),)
    numbers = _NAMED.findall(text) or _REVISION.findall(text)
    if not numbers and _SCRIPT.match(text):
        numbers = _BARE.findall(text)
    percentages = [int(number) for number in numbers if int(number) <= 100]
    return tuple(percentages[-1:])


def _loop(command: Command) -> tuple[Guard | None, tuple[int, ...]]:
    """The loop over percentages that the command stands in, with them."""
    used = {name for word in command.words for name in word.variables}
    for guard in command.guards:
        match = _FOR.match(guard.test) if guard.kind == "loop" else None
        if match is not None and match[1] in used:
            numbers = list(_numbers(command, match[2]))
            if len(numbers) > 1 and None not in numbers:
                return guard, tuple(number for number in numbers if number is not None)
    return None, ()


def _numbers(command: Command, written: str) -> Iterator[int | None]:
    for token in written.split()[:50]:
        value = command.variables.get(token.strip('"${}')) if "$" in token else None
        for word in (command.expand(value) if value is not None else token).split()[:50]:
            yield int(word.rstrip("%")) if word.rstrip("%").isdigit() and len(word) < 5 else None
