"""Which variables for subnets and security groups a step's script needs, and which ones the step is given."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline.command import Command, Gap, Mask
from ghapp.pipeline.ecs.network import is_network_variable, variables
from ghapp.pipeline.model import Pipeline, Step
from ghapp.pipeline.word import PartKind, Word

_DEMAND = re.compile(r"\$\{([A-Za-z_]\w*):?\?")
_ENVIRONMENT = re.compile(r"GITHUB_ENV|BASH_ENV")
_ECS = re.compile(r"(?<![a-z])ecs(?![a-z])|fargate|blue-?green", re.IGNORECASE)
_EXPORTS_NOTHING = re.compile(
    r"actions/|aws-actions/(?:configure-aws-credentials|amazon-ecr-login)$|docker/|hashicorp/setup-|circleci/aws-cli$"
)

MOST_STEPS = 100
ALIKE = 2
"""How many other jobs must be given the variables, and how many variables two steps must share to be alike."""


def demands(step: Step) -> dict[str, Command]:
    """The network variables that the step stops without, each with the command that asks for it.

    It asks by `${SUBNET_IDS:?}`, or under `set -u` by any use. Variables that the script sets itself are none of them.
    """
    found: dict[str, Command] = {}
    for command in step.commands:
        if command.guards or set(command.masks) - {Mask.NO_ERREXIT}:
            continue  # an unset variable ends the shell also without -e
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
    """Whether a step before may set variables: an action, an unreadable script, what writes to `$GITHUB_ENV`."""
    before = step.job.steps[: step.job.steps.index(step)]
    return any(_may_set(item) for each in before for item in each.trail)


def _may_set(item: Command | Gap | Step) -> bool:
    if isinstance(item, Command):
        targets = (each.target.raw for each in item.redirections if each.target is not None)
        return any(_ENVIRONMENT.search(text) for text in (item.raw, *targets))
    return isinstance(item, Gap) or (item.uses is not None and not _EXPORTS_NOTHING.match(item.uses.name))


def ecs_script(step: Step) -> str:
    """The script file that a step on ECS calls, as written; empty for any other step."""
    words = step.text.value.split() if step.text is not None else []
    script = next((word.strip("\"'") for word in words if word.rstrip("\"'").endswith((".sh", ".bash"))), "")
    return script.removeprefix("./") if _ECS.search(f"{step.name} {script}") else ""


def ecs_scripts(pipeline: Pipeline) -> list[Step]:
    """The steps that call a script on ECS; none where there are more than anybody would write."""
    found = [step for job in pipeline.jobs for step in job.steps if ecs_script(step)]
    return found if len(found) <= MOST_STEPS else []


def withheld(step: Step, others: list[Step]) -> tuple[list[str], list[Step]]:
    """The network variables that steps like it are given and this one is not, and those steps.

    Like it: of `others`, with variables in common, in at least two other jobs. Nothing when its script is at hand and
    does not speak of them.
    """
    alike = [each for each in others if given(each) and len({*each.env} & {*step.env}) >= ALIKE]
    if len({each.job for each in alike}) < ALIKE:
        return [], []
    names = sorted(name for name in given(alike[0]) if all(name in given(each) for each in alike))
    script = step.job.pipeline.tree.source(ecs_script(step))
    asks = script is None or any(name in script.text for name in names)
    return (names, alike) if asks else ([], [])
