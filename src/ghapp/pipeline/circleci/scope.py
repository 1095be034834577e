"""What names mean where a step of CircleCI runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ghapp.pipeline.circleci.parameters import TEMPLATE, Argument, Frame, Value


@dataclass(frozen=True, slots=True)
class StepScope:
    """`frame`: the parameters of the body that the step stands in. `levels`: the variables by level, nearest first.

    `exports`: the words of the job's scripts that write to `$BASH_ENV`, each with the number of the first such step.
    Bash reads that file before every later step, so behind it the name has no certain value. `index`: this step's.
    """

    frame: Frame
    levels: Sequence[Mapping[str, Argument]]
    exports: Mapping[str, int]
    index: int

    def variable(self, name: str) -> str | None:
        """The variable's value; None when it is not set here (a context or the project may), or not certain."""
        found = next((level[name] for level in self.levels if name in level), None)
        if found is None or self.exports.get(name, self.index) < self.index:
            return None
        value = found.value
        return value.text if value.known else None

    def expression(self, raw: str) -> str | None:
        """What `<< x >>` stands for; a pipeline parameter for its default, which is what every push gets."""
        value = self._value(raw)
        return value.text if value is not None and value.known else None

    def constant(self, raw: str) -> str | None:
        value = self._value(raw)
        return value.text if value is not None and value.known and value.fixed else None

    def _value(self, raw: str) -> Value | None:
        match = TEMPLATE.fullmatch(raw.strip())
        return self.frame.fill(match[0]) if match is not None else None
