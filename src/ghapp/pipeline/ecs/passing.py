"""Which variables for subnets and security groups a step's script needs, and which ones the step is given."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline.command import Command, Gap
from ghapp.pipeline.ecs.network import is_network_variable, variables
from ghapp.pipeline.model import Job, Step
from ghapp.pipeline.word import PartKind, Word

_DEMAND = re.compile(r"\$\{([A-Za-z_]\w*):?\?")
_ECS = re.compile(r"(?<![a-z])ecs(?![a-z])|fargate|blue-?green", re.IGNORECASE)
_EXPORTS_NOTHING = re.compile(
    r"actions/|aws-actions/(?:configure-aws-credentials|amazon-ecr-login)$|docker/|hashicorp/setup-|circleci/aws-cli$"
)


def demands(step: Step) -> dict[str, Command]:
    """The network variables that the step stops without: `${SUBNET_IDS:?}`, or plain under `set -u`, each with who asks.

    Those that the script sets itself are none.
    """
    found: dict[str, Command] = {}
    for command in step.commands:
        if command.guards or command.masks:
            continue
        for word in (*command.words, *(each.value for each in command.assignments if each.value is not None)):
            for name in _demanded(command, word):
                if is_network_variable(name) and name not in command.variables:
                    found.setdefault(name, command)
    return found


def _demanded(command: Command, word: Word) -> Iterator[str]:
    for part in word.parts:
        if part.kind is PartKind.UNKNOWN and (match := _DEMAND.match(part.text)) is not None:
            yield match[1]
        elif part.kind is PartKind.VARIABLE and _nounset(command):
            yield part.text


def _nounset(command: Command) -> bool:
    """Whether the script has said `set -u` before."""
    before = [each for each in command.script.commands if each.start < command.start and each.name == "set"]
    return any(each.has_option("-u", cluster=True) or "nounset" in each.raw for each in before)


def given(step: Step) -> frozenset[str]:
    """The network variables that the step, its job or its workflow set."""
    return frozenset(variables(step))


def may_be_given(step: Step) -> bool:
    """Whether something before may set variables for the step: an action, a script that cannot be read, `$GITHUB_ENV`."""
    for item in step.job.trail:
        if (item if isinstance(item, Step) else getattr(item, "step", None)) is step:
            return False
        if isinstance(item, Gap):
            return True
        if isinstance(item, Step) and item.uses is not None and not _EXPORTS_NOTHING.match(item.uses.name):
            return True
        if isinstance(item, Command) and re.search(r"GITHUB_ENV|BASH_ENV", item.raw):
            return True
    return False


def ecs_script(step: Step) -> str:
    """The script file that a step on ECS calls, as written; empty for any other step."""
    words = step.text.value.split() if step.text is not None else []
    script = next((word.strip("\"'") for word in words if word.rstrip("\"'").endswith((".sh", ".bash"))), "")
    return script.removeprefix("./") if _ECS.search(f"{step.name} {script}") else ""


def siblings(job: Job) -> list[Step]:
    """The steps of the other jobs that call a script on ECS."""
    return [step for other in job.pipeline.jobs if other is not job for step in other.steps if ecs_script(step)]
