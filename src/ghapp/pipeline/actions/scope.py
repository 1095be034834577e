"""What names mean where a step of GitHub Actions runs: env on its levels, and the contexts that are certain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ghapp.pipeline.actions.expressions import Path, evaluate, expand, substitute
from ghapp.pipeline.yaml import Node

DEFAULT_VARIABLES = {
    "GITHUB_WORKSPACE": ("github", "workspace"),
    "GITHUB_ACTION_PATH": ("github", "action_path"),
    "RUNNER_OS": ("runner", "os"),
}
"""Variables that the runner sets from a context (docs.github.com/actions/reference/workflows-and-actions/variables)."""


@dataclass(slots=True)
class Exports:
    """The words of a job's scripts that write to `$GITHUB_ENV`, each with the first step that has it.

    `core.exportVariable` in a script of actions/github-script does the same. A step may set any variable it names for
    the steps behind it; env declared at the job or above is then not certain.
    """

    first: dict[str, int] = field(default_factory=dict[str, int])

    def before(self, name: str, index: int) -> bool:
        """Whether a step before step `index` may have set the variable."""
        return self.first.get(name, index) < index


@dataclass(slots=True)
class Bindings:
    """One level of env (workflow, job, step, a call of an action) and the contexts that hold there.

    `known`: certain values by path in lower case, `("inputs", "x")`; what is not in it is unknown. `outer`: the level
    around it. `index` and `exports`: the step's number and what earlier steps may have set, where the level is a step.
    """

    env: dict[str, Node] = field(default_factory=dict[str, Node])
    known: Mapping[Path, str] = field(default_factory=dict[Path, str])
    outer: Bindings | None = None
    exports: Exports = field(default_factory=Exports)
    index: int = 0
    _values: dict[str, str | None] = field(default_factory=dict[str, "str | None"])

    def variable(self, name: str) -> str | None:
        """The value that env gives the variable; None when it is not set, not certain, or may be set by a step."""
        if name not in self._values:
            self._values[name] = self._variable(name)
        return self._values[name]

    def _variable(self, name: str) -> str | None:
        node = self.env.get(name)
        if node is not None:
            text = node.text
            return None if text is None else substitute(text, self._outside)
        if name in DEFAULT_VARIABLES:
            return self.known.get(DEFAULT_VARIABLES[name])
        if self.outer is None or self.exports.before(name, self.index):
            return None
        return self.outer.variable(name)

    def expression(self, raw: str) -> str | None:
        """What `${{ x }}` says when it is certain: a literal, or a reference to a known value. Else None."""
        return evaluate(raw, self.lookup)

    constant = expression

    def lookup(self, path: Path) -> str | None:
        """The value of a reference. Names are case-insensitive, those of variables are not."""
        if len(path) == 2 and path[0].lower() == "env":
            return self.variable(path[1])
        return self.known.get(tuple(map(str.lower, path)))

    def _outside(self, path: Path) -> str | None:
        """As `lookup`, for the values of this level's own env, which see only the levels around it."""
        if len(path) == 2 and path[0].lower() == "env":
            return self.outer.variable(path[1]) if self.outer is not None else None
        return self.lookup(path)

    def resolve(self, text: str) -> str | None:
        """The text with its expressions replaced; None when one of them is not certain."""
        return substitute(text, self.lookup)

    def expand(self, text: str) -> str:
        """The text with the certain expressions replaced, the others as written."""
        return expand(text, self.lookup)
