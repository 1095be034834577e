"""A job invocation with a `matrix`: the combinations that it runs in.

Rules: circleci.com/docs/reference/configuration-reference/#matrix.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, product

from ghapp.pipeline.circleci.parameters import Argument, Frame, keys
from ghapp.pipeline.yaml import Node

MAX_COMBINATIONS = 20
"""More are one job whose matrix parameters are unknown: nobody reads twenty findings about one line."""

Chosen = Mapping[str, "Argument | None"]
Values = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Combination:
    """What the matrix gives each parameter (None: not known), the values by name, and what that adds to the name."""

    chosen: Chosen = field(default_factory=dict[str, "Argument | None"])
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, "tuple[str, ...]"])
    suffix: str = ""


def combinations(matrix: Node | None, frame: Frame) -> list[Combination]:
    """Every combination that is not excluded; a single one without a matrix, or when it cannot be told."""
    parameters = matrix.get("parameters") if matrix is not None else None
    if matrix is None or parameters is None or parameters.kind != "map":
        return [Combination()]
    axes = {
        name: [frame.follow(each) for each in frame.follow(value).node.elements()] for name, value in keys(parameters)
    }
    names = sorted(axes)
    excluded = _excluded(matrix.get("exclude"), names, frame)
    kept = _kept([axes[name] for name in names], excluded) if excluded is not None else []
    if not 0 < len(kept) <= MAX_COMBINATIONS:
        values = {name: tuple(each.value.text for each in axes[name]) for name in axes}
        return [Combination(dict.fromkeys(axes), values)]
    return [
        Combination(
            chosen=dict(zip(names, each, strict=True)),
            values={name: (argument.value.text,) for name, argument in zip(names, each, strict=True)},
            suffix="".join(f"-{argument.value.text}" for argument in each),
        )
        for each in kept
    ]


def _kept(axes: Sequence[Sequence[Argument]], excluded: set[Values]) -> list[tuple[Argument, ...]]:
    """The combinations, at most one more than we expand; none when a value is not known."""
    if not all(each.value.known for values in axes for each in values):
        return []
    kept = (each for each in product(*axes) if tuple(argument.value.text for argument in each) not in excluded)
    return list(islice(kept, MAX_COMBINATIONS + 1))


def _excluded(node: Node | None, names: list[str], frame: Frame) -> set[Values] | None:
    """The combinations that do not run; None when one of them does not say a value for every name."""
    excluded: set[Values] = set()
    for each in node.elements() if node is not None else ():
        given = {name: frame.follow(value).value.text for name, value in keys(each)}
        if sorted(given) != names:
            return None
        excluded.add(tuple(given[name] for name in names))
    return excluded
