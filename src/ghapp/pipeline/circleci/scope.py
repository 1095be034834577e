"""What names mean where a step of CircleCI runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ghapp.pipeline.circleci.parameters import TEMPLATE, Argument, Frame


@dataclass(frozen=True, slots=True)
class StepScope:
    """`frame`: the parameters of the body that the step stands in. `levels`: the variables by level, nearest first.

    `exports`: the job's scripts that write to `$BASH_ENV`, with the numbers of their steps. Bash reads that file before
    every later step, so a name that occurs in one of them has no certain value behind it. `index`: this step's number.
    """

    frame: Frame
    levels: Sequence[Mapping[str, Argument]]
    exports: Sequence[tuple[int, str]] = ()
    index: int = 0

    def variable(self, name: str) -> str | None:
        """The variable's value; None when it is not set here (a context or the project may), or not certain."""
        found = next((level[name] for level in self.levels if name in level), None)
        if found is None or any(index < self.index and name in script for index, script in self.exports):
            return None
        value = found.value
        return value.text if value.known else None

    def expression(self, raw: str) -> str | None:
        """What `<< x >>` stands for; a pipeline parameter for its default, which is what every push gets."""
        match = TEMPLATE.fullmatch(raw.strip())
        value = self.frame.fill(match[0]) if match is not None else None
        return value.text if value is not None and value.known else None
