"""A list of steps as it runs: commands, `when`, `unless` and steps parameters replaced by the steps they stand for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ghapp.pipeline.circleci.conditions import holds
from ghapp.pipeline.circleci.library import Definition
from ghapp.pipeline.circleci.parameters import Frame, keys
from ghapp.pipeline.model import Uses
from ghapp.pipeline.source import Place
from ghapp.pipeline.yaml import Node

MAX_STEPS = 10_000
"""Most step items that the expansion of one config may look at."""
MAX_DEPTH = 30
"""Deepest nesting of commands and conditions."""
MAX_CONDITION = 500
BUILTINS = frozenset(
    (
        "add_ssh_keys",
        "attach_workspace",
        "checkout",
        "deploy",
        "persist_to_workspace",
        "restore_cache",
        "run",
        "save_cache",
        "setup_remote_docker",
        "store_artifacts",
        "store_test_results",
    )
)


@dataclass(slots=True)
class Budget:
    """How many step items may still be looked at: shared by all jobs of a config."""

    left: int = MAX_STEPS

    def spend(self) -> bool:
        self.left -= 1
        return self.left >= 0


@dataclass(slots=True)
class Occurrence:
    """One step of the expanded list: the item `node`, its name, what stands under the name, and how it came here."""

    node: Node
    name: str
    value: Node | None
    frame: Frame
    conditions: tuple[str, ...] = ()
    calls: tuple[Place, ...] = ()
    uses: Uses | None = None
    gap: str | None = None


@dataclass(frozen=True, slots=True)
class _Way:
    """How the expansion came to a list: under which conditions, through which commands."""

    conditions: tuple[str, ...] = ()
    calls: tuple[Place, ...] = ()
    bodies: tuple[Node, ...] = ()
    depth: int = 0


class Expansion:
    """Gathers what runs. `found` is the result, in order."""

    def __init__(self, budget: Budget) -> None:
        self.found: list[Occurrence] = []
        self._budget = budget

    def add(self, steps: Node | None, frame: Frame, way: _Way = _Way()) -> None:
        """Expands a list of steps, or the parameter that stands for one."""
        if steps is None:
            return
        listed = frame.follow(steps)
        if listed.node.kind != "seq":
            if listed.node.text != "":
                self._keep(Occurrence(steps, "", None, frame, gap="These steps are not a list."), way)
            return
        if way.depth > MAX_DEPTH:
            reason = f"Commands and conditions nest deeper than {MAX_DEPTH} levels."
            self._keep(Occurrence(steps, "", None, frame, gap=reason), way)
            return
        deeper = replace(way, depth=way.depth + 1)
        for item in listed.node.elements():
            if not self._budget.spend():
                reason = f"The config expands to more than {MAX_STEPS:,} steps."
                self._keep(Occurrence(item, "", None, frame, gap=reason), way)
                return
            self._item(item, listed.frame, deeper)

    def handed(self, arguments: Iterable[Node], frame: Frame, item: Node, way: _Way = _Way()) -> None:
        """Adds the steps that `item` hands to a registry orb, which run somewhere within it.

        No other parameter of an orb is a list.
        """
        inner = replace(way, calls=(*way.calls, item.place))
        for argument in arguments:
            if frame.follow(argument).node.kind == "seq":
                self.add(argument, frame, inner)

    def opaque(self, item: Node, value: Node | None, frame: Frame, reason: str) -> None:
        """Adds a step that stands for something unknown."""
        self._keep(Occurrence(item, "", value, frame, gap=reason), _Way())

    def _item(self, item: Node, frame: Frame, way: _Way) -> None:
        meant = frame.follow(item)
        if meant.node.kind == "seq":  # `- << parameters.steps >>`
            self.add(meant.node, meant.frame, way)
        elif meant.node.kind == "scalar":
            self._named(item, meant.value.text, None, meant.frame, way)
        else:
            key, value = next(meant.node.entries(merge=True), (None, None))
            name = (key.text if key is not None else None) or ""
            if name in ("when", "unless") and value is not None and value.kind == "map":
                self._conditional(name, value, frame, way)
            elif name == "steps":
                self.add(value, frame, way)
            else:
                self._named(item, name, value, meant.frame, way)

    def _conditional(self, name: str, body: Node, frame: Frame, way: _Way) -> None:
        """Keeps the steps unless the condition says for certain that they never run."""
        condition = body.get("condition", merge=True)
        verdict = holds(condition, frame)
        if verdict is (name == "unless"):
            return
        if verdict is None:
            way = replace(way, conditions=(*way.conditions, f"{name} {written(condition)}"))
        self.add(body.get("steps", merge=True), frame, way)

    def _named(self, item: Node, name: str, value: Node | None, frame: Frame, way: _Way) -> None:
        """A builtin step or a command. A command may take a builtin's name and call that in its own steps."""
        command = frame.library.find("commands", name)
        if isinstance(command, Definition) and not (name in BUILTINS and command.node in way.bodies):
            self._command(Occurrence(item, name, value, frame), command, way)
        elif isinstance(command, Uses):
            self._keep(Occurrence(item, name, value, frame, uses=command), way)
            self.handed((given for _, given in keys(value)), frame, item, way)
        elif name in BUILTINS:
            self._keep(Occurrence(item, name, value, frame), way)
        else:
            reason = f"`{name}` is neither a step of CircleCI nor a command of this file."
            self._keep(Occurrence(item, name, value, frame, gap=reason), way)

    def _command(self, call: Occurrence, command: Definition, way: _Way) -> None:
        steps = command.node.get("steps", merge=True)
        if steps is None:
            self._keep(replace(call, gap=f"The command `{call.name}` has no steps."), way)
        elif command.node in way.bodies:
            self._keep(replace(call, gap=f"The command `{call.name}` calls itself."), way)
        else:
            inner = Frame(command.library, command.node.get("parameters"), given=call.value, outer=call.frame)
            calls = (*way.calls, call.node.place)
            self.add(steps, inner, replace(way, calls=calls, bodies=(*way.bodies, command.node)))

    def _keep(self, occurrence: Occurrence, way: _Way) -> None:
        occurrence.conditions, occurrence.calls = way.conditions, way.calls
        self.found.append(occurrence)


def written(node: Node | None) -> str:
    """A node's text in the file on one line, shortened."""
    if node is None:
        return ""
    text = " ".join(node.source.text[node.start : min(node.end, node.start + MAX_CONDITION)].split())
    return text if node.end - node.start <= MAX_CONDITION else f"{text}…"
