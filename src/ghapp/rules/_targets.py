"""What a command deploys or takes back: an ECS service, a Kubernetes workload, a Helm release."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ghapp.pipeline import Command, Word


@dataclass(frozen=True, slots=True)
class Target:
    """`name`: None when it cannot be told. `undoes`: the command can take it back (an ECS service is only updated)."""

    command: Command
    kind: str
    name: str | None
    undoes: bool


def targets(commands: Iterable[Command]) -> list[Target]:
    """The targets of the commands; an update of an ECS service counts as both, deploy and way back."""
    return [target for command in commands for target in _targets(command)]


def _targets(command: Command) -> list[Target]:
    if command.is_a("aws", "ecs", "update-service"):
        service = command.option("--service")
        name = _name(command, service)
        return [Target(command, "the ECS service", name, undoes) for undoes in (False, True)]
    if command.is_a("kubectl", "set", "image"):
        return [Target(command, "the workload", _workload(command, 2), undoes=False)]
    if command.is_a("kubectl", "rollout", "undo"):
        return [Target(command, "the workload", _workload(command, 2), undoes=True)]
    if command.is_a("helm", "upgrade"):
        return [Target(command, "the Helm release", _operand(command, 1), undoes=False)]
    if command.is_a("helm", "rollback"):
        return [Target(command, "the Helm release", _operand(command, 1), undoes=True)]
    return []


def _workload(command: Command, at: int) -> str | None:
    """`deployment/x` and `deployment x` as `deployment/x`, short names spelled out."""
    name = _operand(command, at)
    if name is None or command.has_option("--all", "-l", "--selector"):
        return None
    kind, slash, rest = name.partition("/")
    if not slash:
        rest = _operand(command, at + 1) or ""
    kind = {"deploy": "deployment", "deployments": "deployment", "sts": "statefulset", "ds": "daemonset"}.get(
        kind, kind
    )
    return f"{kind}/{rest}" if rest else None


def _operand(command: Command, at: int) -> str | None:
    return _name(command, command.operands[at] if at < len(command.operands) else None)


def _name(command: Command, word: Word | None) -> str | None:
    return command.literal(word) if word is not None else None
