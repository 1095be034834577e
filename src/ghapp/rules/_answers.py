"""What a script does with a server's answer: whether anything looks at it."""

from __future__ import annotations

import re

from ghapp.pipeline import Command

_INSPECTS = frozenset("[ [[ test jq yq grep egrep awk sed python python3 node case echo printf cat cut tr".split())  # noqa: SIM905
_MOST = 500
"""A step of more commands is not looked through: nobody writes one, but whoever wants to keep us busy."""


def verified(command: Command) -> bool:
    """Whether a later test of the step may ask a server what has become of it."""
    commands = command.step.commands
    later = (each for each in commands if each.start > command.start)
    return len(commands) > _MOST or any(each.name in ("[", "[[", "test") and "curl" in each.raw for each in later)


def taken_blindly(command: Command) -> bool:
    """Whether the answer goes into a variable that the script hands on without a look at it."""
    if command.piped_to is not None:
        return False
    following = [each for each in command.step.commands if each.start > command.end and each.script is command.script]
    target = next((each for each in command.step.commands if _holds(each, command)), None)
    if target is None or target.words:
        return False
    name = target.assignments[0].name
    uses = [each for each in following if re.search(rf"\$\{{?{name}\b", each.raw)]
    asked = any(name in guard.test for each in following for guard in each.guards)
    return bool(uses) and not asked and all(each.name not in _INSPECTS and not each.piped_to for each in uses)


def _holds(assignment: Command, command: Command) -> bool:
    """Whether it is `NAME=$(…)` with nothing but the command in it."""
    if assignment.script is not command.script or len(assignment.assignments) != 1:
        return False
    value = assignment.assignments[0].value
    return value is not None and value.start < command.start < value.end and len(value.parts) == 1
