"""What lies in a job's workspace before a step, as far as lockfiles go."""

from __future__ import annotations

from dataclasses import dataclass

from ghapp.pipeline import Command, Gap, Step
from ghapp.pipeline.made import Made
from ghapp.pipeline.model import RunnerKind

_MAKERS = frozenset({"poetry", "uv", "pipenv", "pdm", "bundle", "terraform", "tofu", "terragrunt", "cargo", "mix"})
_GO_MAKES = frozenset({"mod", "get", "work"})
_GRAFTS = ("submodules", "path", "repository")


@dataclass(frozen=True, slots=True)
class Workspace:
    """`made`: what ran before has put there. `open`: it may hold any file. `later`: a checkout is still to come."""

    made: Made
    open: bool
    later: bool

    @classmethod
    def before(cls, step: Step) -> Workspace:
        made = Made()
        locks = False
        for item in step.job.before(step):
            if isinstance(item, Gap):
                made.gap(None)
            elif isinstance(item, Step):
                if not (made.ready and item.builtin == "restore_cache"):  # no one caches a lockfile
                    made.step(item)
            else:
                made.command(item)
                locks = locks or _locks(item)
        checkouts = [each for each in step.job.steps if is_checkout(each)]
        grafted = any(name in each.inputs for each in checkouts for name in _GRAFTS)
        kept = step.job.runner.kind is RunnerKind.UNKNOWN and not made.ready  # from the run before, on one's own runner
        wide = made.anything or made.somewhere or made.unread or locks or grafted or kept
        return cls(made, wide, bool(checkouts))

    def lacks(self, patterns: list[str], *, tracked: bool) -> str:
        """Why no file is there that one of the globs matches; empty when one is, or may be.

        `tracked`: the repository has one.
        """
        paths = (each.removeprefix("!").removeprefix("./") for each in patterns)
        if self.open or (self.made.ready and tracked) or any(self.made.holds(each, glob=True) for each in paths):
            return ""
        if self.made.ready:
            return "the repository has no such file"
        return "the repository is checked out only later" if self.later else "nothing is checked out here"


def is_checkout(step: Step) -> bool:
    return step.builtin == "checkout" or (step.uses is not None and step.uses.name == "actions/checkout")


def _locks(command: Command) -> bool:
    """Whether a tool writes its lockfile."""
    operands = command.operands
    return command.name in _MAKERS or (command.name == "go" and bool(operands) and operands[0].raw in _GO_MAKES)
