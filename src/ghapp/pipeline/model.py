"""The model that rules read: Pipeline → Job → Step → Command, one form for GitHub Actions, CircleCI and shell.

Everything has exact places, also inside block scalars and in called scripts. Built lazily: a pipeline whose rules are
not asked parses no shell.

Paths of directories are relative to the repository's root, without leading or trailing slash; the root is the empty
string; None means that it could not be told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from ghapp.pipeline.command import Budget
from ghapp.pipeline.command import Command as Command
from ghapp.pipeline.command import Gap as Gap
from ghapp.pipeline.command import Guard as Guard
from ghapp.pipeline.command import Mask as Mask
from ghapp.pipeline.command import Scope as Scope
from ghapp.pipeline.command import Script as Script
from ghapp.pipeline.policy.policy import Policy
from ghapp.pipeline.rule import Platform
from ghapp.pipeline.source import Place, Source, Text
from ghapp.pipeline.tree import Tree
from ghapp.pipeline.word import Assignment as Assignment
from ghapp.pipeline.word import Part as Part
from ghapp.pipeline.word import PartKind as PartKind
from ghapp.pipeline.word import Redirection as Redirection
from ghapp.pipeline.word import Word as Word

if TYPE_CHECKING:
    from ghapp.pipeline.yaml import Document, Node


class StepKind(StrEnum):
    RUN = "run"
    USES = "uses"  # an action
    ORB = "orb"  # a command of a registry orb
    BUILTIN = "builtin"  # CircleCI's checkout, save_cache, setup_remote_docker …


@dataclass(frozen=True, slots=True)
class Uses:
    """What a step or job uses: an action, a reusable workflow, or a command or job of a registry orb.

    For `actions/setup-go@v6`: name `actions/setup-go`, ref `v6`. For orb `aws-ecr: circleci/aws-ecr@9.8.1` and step
    `aws-ecr/ecr_login`: name `circleci/aws-ecr`, ref `9.8.1`, element `ecr_login`. `comment`: what stands behind it.
    """

    name: str
    ref: str
    node: Node
    element: str = ""
    comment: str = ""

    @property
    def local(self) -> bool:
        """Whether it stands in this repository: `./path` in the workspace, `$/path` at the running commit."""
        return self.name.startswith("./") or self.at_commit

    @property
    def at_commit(self) -> bool:
        """Whether it is taken from the commit of the file that says so, so that no checkout matters (2026-07-30,
        https://github.blog/changelog/2026-07-30-reference-same-repository-actions-with-self-repository-syntax/)."""
        return self.name.startswith("$/")


@dataclass(eq=False)
class Step:
    """One step. Steps of local composite actions and CircleCI commands stand in place of the step that calls them."""

    job: Job
    index: int
    kind: StepKind
    node: Node
    scope: Scope
    name: str = ""
    id: str = ""
    condition: str | None = None  # GitHub Actions `if`; CircleCI `when: on_fail`, or an enclosing when/unless
    env: Mapping[str, Node] = field(default_factory=dict[str, "Node"])
    inputs: Mapping[str, Node] = field(default_factory=dict[str, "Node"])  # `with`, orb parameters, builtin keys
    uses: Uses | None = None
    builtin: str = ""
    text: Text | None = None  # the script of a run step
    shell: str = "bash"  # bash | sh | pwsh | python | … | unknown
    errexit: bool = True
    pipefail: bool = False
    directory: str | None = ""
    tolerated: bool = False  # continue-on-error: true, here or at the job
    calls: tuple[Place, ...] = ()  # the call sites of the actions and commands that led here
    gap: str | None = None  # why the step could not be looked into (an unreadable local action …)
    parse: Callable[[Step], tuple[Command | Gap, ...]] = field(default=lambda step: (), repr=False)

    @property
    def place(self) -> Place:
        return self.node.place

    @property
    def path(self) -> str:
        return self.node.source.path

    @cached_property
    def trail(self) -> tuple[Command | Gap | Step, ...]:
        """The step's commands in order of running, called scripts included; for any other step, the step itself."""
        if self.kind is StepKind.RUN:
            return self.parse(self)
        return (self,) if self.gap is None else (self, Gap(self.place, self.gap))

    @cached_property
    def commands(self) -> tuple[Command, ...]:
        return tuple(item for item in self.trail if isinstance(item, Command))

    def input(self, name: str) -> str | None:
        """An input's text as written, or None when it is not given or not a scalar."""
        node = self.inputs.get(name)
        return node.text if node is not None else None


class RunnerKind(StrEnum):
    HOSTED = "hosted"  # GitHub-hosted, by label
    DOCKER = "docker"  # steps run in an image: CircleCI docker executor, GitHub Actions container:
    MACHINE = "machine"  # CircleCI machine, macOS, Windows
    UNKNOWN = "unknown"  # self-hosted, groups, expressions


@dataclass(frozen=True, slots=True)
class Runner:
    """Where a job runs. `image`: the image the steps run in.

    `labels`: runs-on, every value of a matrix; on CircleCI the resource class, behind `macos` or `windows` on those.
    """

    kind: RunnerKind
    labels: tuple[str, ...] = ()
    image: str | None = None
    node: Node | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """A service container (GitHub Actions) or a secondary docker image (CircleCI)."""

    name: str  # CircleCI: empty when it is reached as localhost only
    image: str | None
    node: Node


@dataclass(frozen=True, slots=True)
class Need:
    """A job that must end before this one. `statuses`: with which ends it may go on (CircleCI; empty: success)."""

    job: str
    node: Node
    statuses: tuple[str, ...] = ()


@dataclass(eq=False)
class Job:
    """One job as it runs: a GitHub Actions job, or one invocation of a CircleCI job in a workflow."""

    pipeline: Pipeline
    id: str
    key: Node  # where its name stands
    node: Node
    name: str = ""
    workflow: str = ""  # CircleCI: the workflow that invokes it
    kind: str = "build"  # build | reusable (a workflow that could not be followed) | orb | approval | release | no-op
    runner: Runner = field(default_factory=lambda: Runner(RunnerKind.UNKNOWN))
    services: tuple[Service, ...] = ()
    env: Mapping[str, Node] = field(default_factory=dict[str, "Node"])
    needs: tuple[Need, ...] = ()
    condition: str | None = None
    environment: str | None = None
    contexts: tuple[str, ...] = ()
    permissions: Mapping[str, str] | None = None  # None: not given here
    matrix: Mapping[str, tuple[str, ...]] | None = None
    parallelism: str | None = None
    concurrency: Node | None = None
    uses: Uses | None = None
    inputs: Mapping[str, Node] = field(default_factory=dict[str, "Node"])
    calls: tuple[Place, ...] = ()
    gap: str | None = None  # why (part of) the job could not be looked into
    invocation: Node | None = None  # CircleCI: the item of the workflow's `jobs` that runs it
    build: Callable[[Job], tuple[Step, ...]] = field(default=lambda job: (), repr=False)
    notes: dict[object, object] = field(default_factory=dict[object, object], repr=False)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        return self.build(self)

    @cached_property
    def trail(self) -> tuple[Command | Gap | Step, ...]:
        """Everything that happens in the job, in order: commands of run steps, other steps, gaps."""
        gap = (Gap(self.key.place, self.gap),) if self.gap is not None else ()
        return (*gap, *(item for step in self.steps for item in step.trail))

    @cached_property
    def commands(self) -> tuple[Command, ...]:
        return tuple(item for item in self.trail if isinstance(item, Command))

    @cached_property
    def programs(self) -> Mapping[str, list[Command]]:
        """The commands by the programs that they run."""
        found: dict[str, list[Command]] = {}
        for command in self.commands:
            if command.name is not None:
                found.setdefault(command.name, []).append(command)
        return found

    def running(self, *programs: str) -> list[Command]:
        """The commands that run one of the programs, in order: cheaper than to look through all of them."""
        found = [self.programs[name] for name in programs if name in self.programs]
        if len(found) > 1:
            wanted = frozenset(programs)
            return [command for command in self.commands if command.name in wanted]
        return found[0] if found else []

    def before(self, item: Command | Step) -> tuple[Command | Gap | Step, ...]:
        """What happens in the job before `item`. A command's own step does not count as one of them."""
        return self.trail[: self._places[id(item)]]

    def after(self, item: Command | Step) -> tuple[Command | Gap | Step, ...]:
        return self.trail[self._places[id(item)] + 1 :]

    @cached_property
    def _places(self) -> dict[int, int]:
        """Where each item stands in the trail."""
        return {id(item): at for at, item in enumerate(self.trail)}


@dataclass(eq=False)
class Pipeline:
    """One file: a workflow, a composite action, a CircleCI config, or a script that no other file calls."""

    platform: Platform
    source: Source
    tree: Tree
    document: Document | None = None  # None for shell
    build: Callable[[Pipeline], tuple[Job, ...]] = field(default=lambda pipeline: (), repr=False)
    budget: Budget = field(default_factory=Budget, repr=False)
    policy: Policy = field(default_factory=Policy, repr=False)
    notes: dict[object, object] = field(default_factory=dict[object, object], repr=False)

    @property
    def path(self) -> str:
        return self.source.path

    @property
    def root(self) -> Node | None:
        return self.document.root if self.document is not None else None

    @cached_property
    def jobs(self) -> tuple[Job, ...]:
        return self.build(self)

    @cached_property
    def called(self) -> frozenset[str]:
        """The paths of the files (scripts, actions, reusable workflows) that were followed from this one."""
        return frozenset(place_path for job in self.jobs for place_path in _paths(job))

    def commands(self) -> Iterator[Command]:
        for job in self.jobs:
            yield from job.commands

    def job(self, id: str) -> Job | None:  # noqa: A002 - the field's own name
        return next((job for job in self.jobs if job.id == id), None)


def _paths(job: Job) -> Iterator[str]:
    for step in job.steps:
        yield step.path
        for item in step.trail:
            if isinstance(item, Command):
                yield item.path
