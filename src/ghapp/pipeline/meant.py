"""For which of the jobs that come by it a command is meant, where several jobs call one script."""

from __future__ import annotations

import re

from ghapp.pipeline.command import Command

_VARIABLE = re.compile(r"\$\{?([A-Za-z_]\w*)")


def for_another_job(command: Command) -> bool:
    """Whether a test around the command asks for a variable that other jobs of the file set, and this one does not."""
    job, scope = command.job, command.step.scope
    for name in {name for guard in command.guards for name in _VARIABLE.findall(guard.test)}:
        own = name in command.variables or name in job.env or name in command.step.env or scope.variable(name)
        if not own and any(name in other.env for other in job.pipeline.jobs):
            return True
    return False
