"""What lies in a job's workspace before a step, as far as lockfiles go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ghapp.pipeline import Command, Gap, Job, Step
from ghapp.pipeline.made import Made
from ghapp.pipeline.model import RunnerKind

_MAKERS = frozenset({"poetry", "uv", "pipenv", "pdm", "bundle", "terraform", "tofu", "terragrunt", "cargo", "mix"})
_GO_MAKES = frozenset({"mod", "get", "work"})
_GRAFTS = ("submodules", "path", "repository")


@dataclass(slots=True)
class Workspace:
    """What a job has put into its workspace by the time that a step runs.

    `grafted`: checkouts put more there than the repository. `later`: a checkout is still to come. `kept`: the run
    before may have left something. `locked`: a tool has written a lockfile.
    """

    made: Made
    grafted: bool
    later: bool
    kept: bool
    locked: bool = False

    @classmethod
    def walk(cls, job: Job) -> Iterator[tuple[Step, Workspace]]:
        """Each step of the job that runs no script, with the workspace that it finds; valid until the next is asked."""
        checkouts = [each for each in job.steps if is_checkout(each)]
        grafted = any(name in each.inputs for each in checkouts for name in _GRAFTS)
        workspace = cls(Made(), grafted, bool(checkouts), job.runner.kind is RunnerKind.UNKNOWN)
        for item in job.trail:
            if isinstance(item, Gap):
                workspace.made.gap(None)
            elif isinstance(item, Step):
                yield item, workspace
                if not (workspace.made.ready and item.builtin == "restore_cache"):  # no one caches a lockfile
                    workspace.made.step(item)
            else:
                workspace.made.command(item)
                workspace.locked = workspace.locked or _locks(item)

    def lacks(self, patterns: tuple[str, ...], *, tracked: bool) -> str:
        """Why no file is there that one of the globs matches; empty when one is, or may be.

        `tracked`: the repository has one.
        """
        made = self.made
        kept = self.kept and not made.ready  # a runner of one's own has what the run before left
        if made.anything or made.somewhere or made.unread or self.locked or self.grafted or kept:
            return ""
        paths = (each.removeprefix("!").removeprefix("./") for each in patterns)
        if (made.ready and tracked) or any(made.holds(each, glob=True) for each in paths):
            return ""
        if made.ready:
            return "the repository has no such file"
        return "the repository is checked out only later" if self.later else "nothing is checked out here"


def is_checkout(step: Step) -> bool:
    return step.builtin == "checkout" or (step.uses is not None and step.uses.name == "actions/checkout")


def _locks(command: Command) -> bool:
    """Whether a tool writes its lockfile."""
    operands = command.operands
    return command.name in _MAKERS or (command.name == "go" and bool(operands) and operands[0].raw in _GO_MAKES)
