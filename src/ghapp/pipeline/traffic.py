"""Switches of all traffic from one version to another, blue to green and back, and what guards them.

Canaries, which move the traffic in portions, are another matter. A switch moves everything at once: a load balancer's
listener (docs.aws.amazon.com/cli/latest/reference/elbv2/modify-listener.html), a DNS record, a Lambda alias, the
primary task set of an ECS service, the selector of a Kubernetes service.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ghapp.pipeline.command import Command, Gap, Mask
from ghapp.pipeline.conditions import may_follow_failure, only_after_failure
from ghapp.pipeline.graph import Graph
from ghapp.pipeline.kept import kept
from ghapp.pipeline.model import Job, Step
from ghapp.pipeline.roles import checks_health, deploys, items_of, normal, rolls_back, said
from ghapp.pipeline.rule import Platform

Item = Command | Gap | Step
WORDS = (
    "elbv2 modify-listener",
    "elbv2 modify-rule",
    "route53 change-resource-record-sets",
    "lambda update-alias",
    "update-service-primary-task-set",
    "kubectl selector",
    "set-traffic",
    "update-traffic",
)
"""What a file says that moves traffic (`Rule.words`)."""

UNREAD = ("reusable", "orb")
"""Kinds of jobs of which nothing is known but what they use."""
MOST_SWITCHES = 10

_LISTENER = (("elbv2", "modify-listener"), ("elbv2", "modify-rule"))
_COLOURED = {
    "aws": (
        ("route53", "change-resource-record-sets"),
        ("lambda", "update-alias"),
        ("ecs", "update-service-primary-task-set"),
    ),
    "kubectl": (("patch", "service"), ("patch", "svc"), ("set", "selector")),
    "gcloud": (("run", "services", "update-traffic"), ("app", "services", "set-traffic")),
}
"""What moves traffic only where blue and green are spoken of."""
_WORDS = re.compile(r"blue-?green|(?:^|-)(?:blue|green)(?:-|$)|(?:^|-)(?:switch|swap|cutover|flip)-?(?:traffic|to)?")
_NO_FORWARD = re.compile(r"fixed-response|redirect|maintenance", re.IGNORECASE)
_FORWARDS = re.compile(r"TargetGroup|forward|^[= ][\"']?\$")
_WEIGHT = re.compile(r"weight\W{1,4}(\d+|\$)", re.IGNORECASE)
_OLD = re.compile(
    r"blue|(?<![a-zA-Z])old|prev|original|stable|former|last|backup|current|rollback|revert", re.IGNORECASE
)
_NEW = re.compile(r"green|new|next|candidate|target_?group_?arn=\$?\{?(?:tg|target)", re.IGNORECASE)
_BACK = re.compile(r"roll-?back|revert|restore|undo|abort")
_MANAGED = re.compile(r"\baws deploy\b|code-?deploy|argo.?rollouts|flagger|appspec", re.IGNORECASE)
_REMOVES = re.compile(
    r"^aws ecs (?:update-service\b.*--desired-count[= ]0|delete-service|delete-task-set)\b"
    r"|^aws elbv2 (?:delete-target-group|deregister-targets)\b|^kubectl\b.*\b(?:delete|scale\b.*replicas[= ]0)"
)
_ASKS = frozenset(
    {"curl", "wget", "http", "k6", "newman", "artillery", "dockerize", "wait-on", "goss", "hurl", "grpcurl"}
)
_TESTS = re.compile(r"smoke|health|verif|e2e|playwright|cypress|acceptance|integration", re.IGNORECASE)
_DROPPED = frozenset({Mask.OR, Mask.TOLERATED, Mask.BACKGROUND})


@dataclass(frozen=True, slots=True)
class Switch:
    """One command that moves all traffic. `back`: to the version before."""

    command: Command
    back: bool

    @property
    def ignored(self) -> bool:
        """Whether its failure is thrown away."""
        return bool({Mask.OR, Mask.TOLERATED} & set(self.command.masks))


@kept
def switches(job: Job) -> tuple[Switch, ...]:
    """The job's switches in order; none where a service such as CodeDeploy does it, which takes itself back."""
    found: list[Switch] = []
    for item, text in items_of(job):
        if _MANAGED.search(text):
            return ()
        if isinstance(item, Command) and _moves_traffic(item, text) and len(found) < MOST_SWITCHES:
            found.append(Switch(item, _is_back(item, text)))
    return tuple(found)


def _moves_traffic(command: Command, text: str) -> bool:
    name = command.name or ""
    if any(command.is_a("aws", *verb) for verb in _LISTENER):
        actions = text.partition("-actions")[2]
        weights = set(_WEIGHT.findall(actions))
        forwards = _FORWARDS.search(actions) and not _NO_FORWARD.search(_around(command) + text)
        return bool(forwards) and weights <= {"0", "100"}
    if not any(command.is_a(name, *verb) for verb in _COLOURED.get(name, ())) or "--routing-config" in text:
        return False
    selects = name != "kubectl" or "selector" in text
    return selects and bool(_WORDS.search(f"{normal(text)}-{_around(command)}"))


def _around(command: Command) -> str:
    """The names of what the command stands in: step, job, script, function."""
    names = (command.step.name, command.job.id, command.job.name, command.path, command.function or "")
    return "-".join(map(normal, names))


def _is_back(command: Command, text: str) -> bool:
    if _BACK.search(_around(command)) or only_after_failure(command.step):
        return True
    if any(guard.kind in ("trap", "or") for guard in command.guards):
        return True
    target = text.partition("-actions")[2] or text
    return bool(_OLD.search(target)) and not _NEW.search(target)


def is_switch_back(item: Item) -> bool:
    """Whether the item moves traffic back, or may do so."""
    if isinstance(item, Gap):
        return True
    return rolls_back(item) or (
        isinstance(item, Command) and _moves_traffic(item, said(item)) and _is_back(item, said(item))
    )


def moves_traffic(item: Item) -> bool:
    """Whether the item moves traffic, to wherever."""
    return isinstance(item, Command) and _moves_traffic(item, said(item))


def verifies(item: Item) -> bool:
    """Whether the item looks at how the new version does, or may, so that a bad answer counts."""
    if isinstance(item, Gap):
        return True
    if isinstance(item, Command):
        if _DROPPED & set(item.masks) and not any(guard.kind == "loop" for guard in item.guards):
            return False
        return item.name in _ASKS or checks_health(item) or bool(_TESTS.search(said(item)))
    return not item.tolerated and (
        checks_health(item) or bool(item.uses and _TESTS.search(f"{item.uses.name} {item.name}"))
    )


def is_checked(switch: Switch, graph: Graph) -> bool:
    """Whether something before the switch looks at the new version, or may do so; jobs that its job waits for count.

    Who calls a loose script may have looked before; only one that also deploys the new version is known to be alone.
    """
    job = switch.command.job
    earlier = job.before(switch.command)
    if job.pipeline.platform is Platform.SHELL:
        deployed = next((item for item in deploys(job) if not moves_traffic(item)), None)
        if deployed is None or deployed not in earlier:
            return True
    return any(map(verifies, earlier)) or any(map(_verifies, graph.upstream(job)))


def is_restored(switch: Switch, graph: Graph) -> bool:
    """Whether something behind the switch moves traffic back, or may do so; jobs that wait for its job count."""
    job = switch.command.job
    return any(map(is_switch_back, job.after(switch.command))) or any(map(_restores, graph.downstream(job)))


@kept
def _verifies(job: Job) -> bool:
    return job.kind in UNREAD or any(map(verifies, job.trail))


@kept
def _restores(job: Job) -> bool:
    return job.kind in UNREAD or any(map(is_switch_back, job.trail))


def removes_old(item: Item) -> bool:
    """Whether the command stops or deletes the version before."""
    text = said(item) if isinstance(item, Command) else ""
    return bool(_REMOVES.search(text) and _OLD.search(text) and not _NEW.search(text))


def failure_paths(switch: Switch, graph: Graph) -> Iterator[Iterable[Item]]:
    """What runs by itself when something behind the switch fails: steps of its job, and later jobs."""
    job = switch.command.job
    rest = job.after(switch.command)
    steps = {item if isinstance(item, Step) else item.step for item in rest if not isinstance(item, Gap)}
    for step in job.steps:
        if step in steps and only_after_failure(step):
            yield step.trail
    for other in graph.downstream(job):
        if may_follow_failure(other, graph):
            yield other.trail
