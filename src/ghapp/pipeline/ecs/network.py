"""In which network the tasks of a job run: subnets and security groups, and the variables that hold them.

Facts: docs.aws.amazon.com, Amazon ECS API Reference, AwsVpcConfiguration and RunTask; the shorthand syntax was tried
with awscli 1.46.3; amazon-ecs-deploy-task-definition v2.6.3 (index.js); CircleCI's orb circleci/aws-ecs 8.0.0
(run_task.sh).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ghapp.pipeline.command import Command
from ghapp.pipeline.ecs.commands import NETWORK, is_sealed, text, verb
from ghapp.pipeline.kept import kept
from ghapp.pipeline.model import Job, Pipeline, Step, Uses
from ghapp.pipeline.source import Place

STARTS = frozenset({"run-task", "create-service", "create-task-set"})
ACTION = "aws-actions/amazon-ecs-deploy-task-definition"
ORB = "circleci/aws-ecs"

_VARIABLE = re.compile(r"(?:^|_)(?:SECURITY_?GROUPS?|SGS?|SUBNETS?)(?:_?IDS?)?(?:_JSON|_LIST|_ARRAY)?$", re.IGNORECASE)
_SUBNETS = re.compile(r"SUBNETS?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Launch:
    """What starts tasks: a command, a step, or the job of an orb.

    `fargate`: None when it cannot be told. `network`: whether it names one.
    """

    item: Command | Step | Job
    words: str  # what to call it in a message
    fargate: bool | None
    network: bool

    @property
    def place(self) -> Place:
        return self.item.key.place if isinstance(self.item, Job) else self.item.place


def launches(job: Job) -> Iterator[Launch]:
    """What starts tasks in the job, in order, as far as all of its options can be seen."""
    if _is_run_task(job.uses):
        yield _orb(job)
    for item in job.trail:
        if isinstance(item, Command):
            if (called := verb(item)) in STARTS and not is_sealed(item) and "EXTERNAL" not in item.raw:
                yield Launch(item, f"aws ecs {called}", _fargate(item), item.has_option(NETWORK))
        elif isinstance(item, Step) and _is_run_task(item.uses):
            yield _orb(item)
        elif isinstance(item, Step) and _runs_task(item):
            yield _action(item)


def _is_run_task(uses: Uses | None) -> bool:
    return uses is not None and uses.name == ORB and uses.element.replace("-", "_") == "run_task"


def _runs_task(step: Step) -> bool:
    """Whether it is the deploying action told to run a task of its own."""
    return step.uses is not None and step.uses.name == ACTION and (step.input("run-task") or "").lower() == "true"


def _fargate(command: Command) -> bool | None:
    given = text(command, "--launch-type") or text(command, "--capacity-provider-strategy")
    if "FARGATE" in given.upper():
        return True
    return None if not given or "$" in given or "<<" in given else False


def _action(step: Step) -> Launch:
    given = step.input("run-task-capacity-provider-strategy") or step.input("run-task-launch-type") or "FARGATE"
    fargate = True if "FARGATE" in given else None if "${{" in given else False
    return Launch(step, ACTION, fargate, "run-task-subnets" in step.inputs)


def _orb(item: Step | Job) -> Launch:
    """The orb's script refuses to run without subnets unless `awsvpc` is false."""
    known = {name.replace("-", "_"): node.text or "" for name, node in item.inputs.items()}
    fargate = {"true": True, "false": False}.get(known.get("awsvpc", "true"))
    return Launch(item, f"{ORB}/run_task", fargate, bool(known.get("subnet_ids")))


def variables(item: Command | Step) -> dict[str, str | None]:
    """The variables for subnets and security groups where the item runs, each with its value if that is known."""
    step = item.step if isinstance(item, Command) else item
    names = [name for level in (step.env, step.job.env) for name in level if is_network_variable(name)]
    return {name: step.scope.variable(name) for name in (*names, *_of_workflow(step.job.pipeline))}


@kept
def _of_workflow(pipeline: Pipeline) -> tuple[str, ...]:
    env = pipeline.root.get("env") if pipeline.root is not None else None
    names = (key.value for key, _ in env.entries()) if env is not None else ()
    return tuple(name for name in names if is_network_variable(name))


def is_network_variable(name: str) -> bool:
    return bool(_VARIABLE.search(name)) and not name.startswith("TF_VAR_")


def holds_subnets(name: str) -> bool:
    return bool(_SUBNETS.search(name))
