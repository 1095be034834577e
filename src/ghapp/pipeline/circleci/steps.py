"""What a job does: its expanded steps, each with its script, shell, directory and names."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from ghapp.pipeline import shell
from ghapp.pipeline.circleci.directories import Workspace
from ghapp.pipeline.circleci.executors import Surroundings, environment
from ghapp.pipeline.circleci.expansion import Occurrence
from ghapp.pipeline.circleci.parameters import Argument, Value, keys, unescaped
from ghapp.pipeline.circleci.scope import StepScope
from ghapp.pipeline.circleci.shells import read_shell
from ghapp.pipeline.model import Job, Step, StepKind
from ghapp.pipeline.source import Text
from ghapp.pipeline.yaml import Node

WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
SCRIPTS = ("run", "deploy")
"""`deploy` is what `run` was called in jobs that deploy."""
MAX_SCRIPTS = 2 << 20
"""Most characters of script that the steps of one config may hold together: one text may run in many jobs."""
TOO_LONG = f"The config's scripts expand to more than {MAX_SCRIPTS >> 20} million characters."


class Steps:
    """Makes the steps of a config's jobs.

    `persisted`: from which directories they take files for later jobs, as written.
    """

    def __init__(self, persisted: Collection[str]) -> None:
        self._persisted = persisted
        self._texts: dict[Node, Text] = {}
        self._left = MAX_SCRIPTS

    def of(self, job: Job, around: Surroundings, found: Sequence[Occurrence]) -> tuple[Step, ...]:
        """The steps of a job, in order."""
        workspace = self._workspace(around, found)
        scripts = [_script(each) for each in found]
        exports: dict[str, int] = {}
        made: list[Step] = []
        for index, (each, script) in enumerate(zip(found, scripts, strict=True)):
            own = environment(Argument(each.value or each.node, each.frame)) if script is not None else {}
            frame = script.frame if script is not None else each.frame  # a parameter may have brought the script
            step = _step(job, each, StepScope(frame, (own, around.env), exports, index))
            place = "working_directory" if script is not None else "at" if each.name == "attach_workspace" else None
            step.directory = workspace.locate(_filled(each, place) if place is not None else None)
            step.env = {name: value.node for name, value in own.items()}
            if script is not None:
                self._run(step, script.node, _filled(each, "shell"), around)
            if step.text is not None and "BASH_ENV" in step.text.value:
                exports.update((word, index) for word in WORD.findall(step.text.value) if word not in exports)
            made.append(step)
        return tuple(made)

    def _workspace(self, around: Surroundings, found: Sequence[Occurrence]) -> Workspace:
        workspace = Workspace.of(around.working_directory)
        for each in found:
            if each.name == "checkout" or (each.uses is not None and "checkout" in each.uses.element):
                workspace.checkout(_filled(each, "path"))
            elif each.name == "attach_workspace":
                workspace.attach(_filled(each, "at"), self._persisted)
        return workspace

    def _run(self, step: Step, script: Node, named: Value | None, around: Surroundings) -> None:
        """Makes it a run step, unless too much was run already."""
        self._left -= len(script.value)
        if self._left < 0:
            step.gap = TOO_LONG
            return
        if script not in self._texts:
            self._texts[script] = unescaped(script.as_text())
        how = read_shell(named.text) if named is not None and named.text else around.shell
        tree = step.job.pipeline.tree
        step.kind = StepKind.RUN
        step.builtin = ""
        step.text = self._texts[script]
        step.shell, step.errexit, step.pipefail = how.kind, how.errexit, how.pipefail
        step.parse = lambda step: shell.follow(step, tree)


def _script(occurrence: Occurrence) -> Argument | None:
    """The text that a run step runs."""
    if occurrence.name not in SCRIPTS or occurrence.gap is not None or occurrence.value is None:
        return None
    value = occurrence.value
    command = value.get("command", merge=True) if value.kind == "map" else value
    script = occurrence.frame.follow(command) if command is not None else None
    return script if script is not None and script.node.kind == "scalar" else None


def _step(job: Job, occurrence: Occurrence, scope: StepScope) -> Step:
    """The step with all that does not depend on what kind it is."""
    orb = occurrence.uses is not None or "/" in occurrence.name
    name, when = _filled(occurrence, "name"), _filled(occurrence, "when")
    status = (when.text,) if when is not None and when.text != "on_success" else ()
    return Step(
        job=job,
        index=scope.index,
        kind=StepKind.ORB if orb else StepKind.BUILTIN,
        node=occurrence.node,
        scope=scope,
        name=name.text if name is not None else "",
        condition="; ".join((*occurrence.conditions, *status)) or None,
        inputs=_inputs(occurrence),
        uses=occurrence.uses,
        builtin="" if orb else occurrence.name,
        calls=occurrence.calls,
        gap=occurrence.gap,
    )


def _inputs(occurrence: Occurrence) -> dict[str, Node]:
    """What is given to a step, by name; a parameter that makes up a whole value is replaced by its argument."""
    return {name: occurrence.frame.follow(value).node for name, value in keys(occurrence.value)}


def _filled(occurrence: Occurrence, key: str) -> Value | None:
    if occurrence.value is None or occurrence.value.kind != "map":
        return None
    node = occurrence.value.get(key, merge=True)
    return occurrence.frame.follow(node).value if node is not None else None
