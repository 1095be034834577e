"""The steps of a job or of a composite action, local actions expanded where they are called."""

from __future__ import annotations

import re
from collections import ChainMap
from dataclasses import dataclass, field

from ghapp.pipeline.actions.expressions import Path
from ghapp.pipeline.actions.items import Item, items_of
from ghapp.pipeline.actions.local import Budget, called_action
from ghapp.pipeline.actions.reading import both, child, inputs_of
from ghapp.pipeline.actions.scope import Bindings, Exports
from ghapp.pipeline.actions.shells import UNKNOWN, Shell, default_shell, shell_named
from ghapp.pipeline.actions.workspace import Workspace, own_path
from ghapp.pipeline.model import Command, Gap, Job, Step, StepKind, Uses
from ghapp.pipeline.shell import follow
from ghapp.pipeline.source import Place, Text
from ghapp.pipeline.tree import WORKSPACE
from ghapp.pipeline.yaml import Document, Node

_AT_THE_ROOT: dict[Path, str] = {("github", "workspace"): WORKSPACE}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Frame:
    """One file on the way to a step: the workflow of the job, or a local action that one of its steps calls.

    `level`: env around the steps. `inputs`, `machine`: what is certain of the file's inputs, and of matrix and runner.
    `shell`, `directory`: the defaults of job and workflow as written; they do not reach into actions. `env`,
    `condition`, `tolerated`: the calling step's. `calls`: the call sites that led here, outermost first.
    """

    document: Document
    level: Bindings
    inputs: dict[Path, str] = field(default_factory=dict[Path, str])
    machine: dict[Path, str] = field(default_factory=dict[Path, str])
    shell: str | None = None
    directory: str | None = None
    env: ChainMap[str, Node] = field(default_factory=ChainMap[str, Node])
    condition: str | None = None
    tolerated: bool = False
    calls: tuple[Place, ...] = ()
    action: bool = False


@dataclass(slots=True)
class Steps:
    """Builds the steps of one job in their order."""

    job: Job
    budget: Budget
    workspace: Workspace = field(default_factory=Workspace)
    exports: Exports = field(default_factory=Exports)
    built: list[Step] = field(default_factory=list[Step])

    def parse(self, step: Step) -> tuple[Command | Gap, ...]:
        return follow(step, self.job.pipeline.tree)

    def add(self, steps: Node | None, frame: Frame) -> None:
        """Adds the steps of a `steps:` list."""
        moved = {**frame.machine, **frame.inputs}
        plain = {**moved, **_AT_THE_ROOT}
        for item in items_of(steps, frame.document) if steps is not None else ():
            here = self.workspace.locate("")
            known = plain if here == "" else moved
            bindings = Bindings(item.env, known, frame.level, self.exports, len(self.built))
            step = self._step(item, bindings, frame, here)
            if isinstance(item.does, Uses):
                self._use(step, item.does, bindings, frame)
            else:
                self._run(step, item, item.does, bindings, frame)

    def _stop(self, step: Step, reason: str) -> None:
        step.gap = reason
        self.built.append(step)

    def _step(self, item: Item, bindings: Bindings, frame: Frame, here: str | None) -> Step:
        """What a step of every kind has. `here`: the directory in which it runs."""
        return Step(
            self.job,
            len(self.built),
            StepKind.USES,
            item.node,
            bindings,
            item.name,
            item.id,
            both(frame.condition, item.condition),
            frame.env.new_child(item.env) if item.env else frame.env,
            item.inputs,
            item.does if isinstance(item.does, Uses) else None,
            tolerated=frame.tolerated or (item.tolerated is not None and bindings.resolve(item.tolerated) == "true"),
            directory=here,
            calls=frame.calls,
        )

    def _run(self, step: Step, item: Item, text: Text, bindings: Bindings, frame: Frame) -> None:
        step.kind = StepKind.RUN
        step.text = text
        shell = self._shell(step, item, bindings, frame)
        step.shell, step.errexit, step.pipefail = shell.name, shell.errexit, shell.pipefail
        written = item.directory or frame.directory
        if written:
            step.directory = self.workspace.directory(written, bindings)
        step.parse = self.parse
        self._note_exports(text.value, step.index)
        self.built.append(step)

    def _note_exports(self, script: str, index: int) -> None:
        if "GITHUB_ENV" in script or "exportVariable" in script:
            for name in _NAME.findall(script):
                self.exports.first.setdefault(name, index)

    def _shell(self, step: Step, item: Item, bindings: Bindings, frame: Frame) -> Shell:
        line = item.shell or frame.shell
        if line:
            named = bindings.resolve(line)
            return shell_named(named) if named is not None else UNKNOWN
        return UNKNOWN if frame.action else default_shell(self.job.runner, step.condition)

    def _use(self, step: Step, uses: Uses, bindings: Bindings, frame: Frame) -> None:
        if not uses.local:
            self.workspace.note(step, bindings)
            self._note_exports(step.input("script") or "", step.index)
            self.built.append(step)
            return
        callee = self._callee(uses, len(frame.calls) - len(self.job.calls) + 1)
        if isinstance(callee, str):
            self._stop(step, callee)
        else:
            self._call(step, uses.node, callee, bindings, frame)

    def _callee(self, uses: Uses, depth: int) -> Document | str:
        path = own_path(uses)
        directory = path if path is None or uses.at_commit else self.workspace.locate(path)
        if directory is None:
            return f"`{uses.name}` is not known to stand in this repository."
        return called_action(self.job.pipeline.tree, directory, self.budget, depth)

    def _call(self, step: Step, node: Node, callee: Document, bindings: Bindings, frame: Frame) -> None:
        """Adds the steps of a composite action in place of the step that calls it."""
        inputs = inputs_of(child(callee.root, "inputs"), step.inputs, bindings)
        inner = Frame(
            callee,
            bindings,
            inputs | action_path(callee.source.path),
            frame.machine,
            env=frame.env.new_child(bindings.env),
            condition=step.condition,
            tolerated=step.tolerated,
            calls=(*frame.calls, node.place),
            action=True,
        )
        self.add(child(callee.root, "runs", "steps"), inner)


def action_path(path: str) -> dict[Path, str]:
    """`github.action_path` within the action whose file stands at `path`."""
    return {("github", "action_path"): f"{WORKSPACE}/{path.rpartition('/')[0]}".rstrip("/")}
