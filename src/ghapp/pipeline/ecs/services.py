"""Deployments of ECS services: what a job and the jobs before it push, register and update.

Facts: docs.aws.amazon.com/cli/latest/reference/ecs/update-service.html (a forced deployment starts tasks of the same
task definition; only a tag that was pushed anew brings a new image); CircleCI's orb circleci/aws-ecs 8.0.0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ghapp.pipeline.command import Command, Gap
from ghapp.pipeline.ecs.commands import is_sealed, text, verb
from ghapp.pipeline.graph import Graph
from ghapp.pipeline.images import Push, Tag, pushes
from ghapp.pipeline.kept import kept
from ghapp.pipeline.model import Job, Step
from ghapp.pipeline.roles import action_of, normal

_DEFINES = re.compile(
    r"\b(?:terraform|tofu|terragrunt|pulumi|cdk|sam|serverless|sls|copilot|ecspresso|ecs-deploy|ecs-cli)\b"
    r"|cloudformation|\bdeploy create-deployment|ssm put-parameter.*(?:image|tag|version)",
    re.IGNORECASE,
)
_DEFINES_VERBS = frozenset({"register-task-definition", "create-service", "create-task-set", "deploy"})
_ACTION = re.compile(r"ecs|terraform|tofu|cloudformation|cdk|pulumi|copilot|deploy|release", re.IGNORECASE)
_SETS_UP = re.compile(r"(?:^|/)setup-|^actions/|^aws-actions/(?:configure|amazon-ecr)")
_USES = re.compile(r"\b(?:events|scheduler|stepfunctions)\b")
_WORD = re.compile(r"[a-z]+")
_COMMON = frozenset({"service", "app", "prod", "production", "staging", "dev", "ecs", "cluster", "task", "the", "main"})
USERS = frozenset({"run-task", "create-service", "create-task-set", "start-task", "deploy"})
"""Subcommands that use a task definition, besides `update-service`."""


@dataclass(frozen=True, slots=True)
class Update:
    """An `update-service` whose options can all be seen. `service`: as far as it is known."""

    command: Command
    service: str
    forced: bool
    definition: bool


@dataclass(slots=True)
class Unit:
    """A job with the jobs that run before it: what one deployment is made of."""

    job: Job
    updates: list[Update] = field(default_factory=list[Update])
    registrations: list[Command] = field(default_factory=list[Command])
    pushes: list[Push] = field(default_factory=list[Push])
    defines: bool = False  # something else may say which image a task definition has
    used: bool = False  # something is told which task definition to run
    gaps: bool = False  # something before the last update cannot be seen


def units(graph: Graph, jobs: tuple[Job, ...]) -> Iterator[Unit]:
    """The deployments that force a service to start anew."""
    for job in jobs:
        updates = list(_updates(job))
        if any(update.forced for update in updates):
            yield _unit(graph, job, updates)


def _updates(job: Job) -> Iterator[Update]:
    for command in job.commands:
        if verb(command) == "update-service" and not is_sealed(command):
            forced = command.has_option("--force-new-deployment") and not command.has_option(
                "--no-force-new-deployment"
            )
            yield Update(command, text(command, "--service"), forced, command.has_option("--task-definition"))


def _unit(graph: Graph, job: Job, updates: list[Update]) -> Unit:
    before = graph.upstream(job)
    facts = [_facts(each) for each in (job, *before)]
    return Unit(
        job,
        updates,
        registrations=[command for each in facts for command in each.registrations],
        pushes=[push for each in (job, *before) for push in pushes(each)],
        defines=any(each.defines for each in facts),
        used=any(each.used for each in facts),
        gaps=any(_facts(each).gaps for each in before)
        or any(isinstance(item, Gap) for item in job.before(updates[-1].command)),
    )


@kept
def _facts(job: Job) -> Unit:
    """What one job adds to a deployment."""
    unit = Unit(job, gaps=job.kind in ("reusable", "orb"))
    for item in job.trail:
        _note(unit, item)
    return unit


def _note(unit: Unit, item: Command | Gap | Step) -> None:
    if isinstance(item, Gap):
        unit.gaps = True
    elif isinstance(item, Command):
        called = verb(item)
        if called == "register-task-definition":
            unit.registrations.append(item)
        unit.defines = unit.defines or called in _DEFINES_VERBS or bool(_DEFINES.search(item.raw[:2_000]))
        given = called == "update-service" and item.has_option("--task-definition")
        unit.used = unit.used or given or called in USERS or bool(_USES.search(item.raw[:2_000]))
    else:
        name = action_of(item)
        unit.defines = unit.defines or bool(_ACTION.search(name) and not _SETS_UP.search(name))


def related(unit: Unit, update: Update) -> list[Push]:
    """The pushes that the service may be made of, by its name; all of them when no name tells."""
    own = _words(update.service)
    named = [push for push in unit.pushes if own & _words(push.repository)]
    return [push for push in unit.pushes if push in named or not push.repository] if named else unit.pushes


def _words(name: str) -> frozenset[str]:
    return frozenset(_WORD.findall(normal(name))) - _COMMON


def stale(unit: Unit, update: Update) -> bool:
    """Whether everything that was pushed for the service has a new tag, which its task definition cannot name."""
    found = related(unit, update)
    return bool(found) and all(push.tag is Tag.UNIQUE for push in found)
