"""A job's matrix: every value that each of its entries can take.

Rules of `include` from docs.github.com/actions/how-tos/write-workflows/choose-what-workflows-do/run-job-variations:
an entry that contradicts no combination is added to those it fits, any other makes a combination of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import product

from ghapp.pipeline.actions.expressions import Path, pieces, reference, tokens
from ghapp.pipeline.yaml import Node

MAX_NESTING = 4
MAX_VALUES = 256
"""GitHub makes at most 256 jobs of a matrix; a text that could take more values is not followed."""

Resolve = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Matrix:
    """`values`: by path within the matrix in lower case, in file order; what is not listed is unknown.

    `always`: the paths that have a value in every combination. `names`: the paths as written.
    """

    values: Mapping[Path, tuple[str, ...]] = field(default_factory=dict[Path, tuple[str, ...]])
    always: frozenset[Path] = frozenset()
    names: Mapping[Path, str] = field(default_factory=dict[Path, str])

    @property
    def certain(self) -> dict[Path, str]:
        """The entries that have one and the same value in every combination, as paths of the `matrix` context."""
        return {
            ("matrix", *path): values[0]
            for path, values in self.values.items()
            if len(values) == 1 and path in self.always
        }

    @property
    def named(self) -> dict[str, tuple[str, ...]]:
        """The values by name; an entry of a nested map is named `platform.os`."""
        return {self.names[path]: values for path, values in self.values.items()}


@dataclass(slots=True)
class _Reader:
    resolve: Resolve
    values: dict[Path, dict[str, None]] = field(default_factory=dict[Path, dict[str, None]])
    counts: dict[Path, int] = field(default_factory=dict[Path, int])
    names: dict[Path, str] = field(default_factory=dict[Path, str])
    unknown: set[Path] = field(default_factory=set[Path])

    def note(self, path: Path, name: str, node: Node) -> None:
        """Takes down one value that the entry at `path` can have; a map's entries one by one."""
        if node.kind == "map" and len(path) < MAX_NESTING:
            for key, value in node.entries():
                word = key.deref().value
                self.note((*path, word.lower()), f"{name}.{word}", value)
            return
        value = self.resolve(node.text) if node.text is not None else None
        if value is None:
            self.unknown.add(path)
            return
        self.names.setdefault(path, name)
        self.values.setdefault(path, {})[value] = None
        self.counts[path] = self.counts.get(path, 0) + 1

    def known(self, path: Path) -> bool:
        return not any(path[:length] in self.unknown for length in range(1, len(path) + 1))


def read(node: Node | None, resolve: Resolve) -> Matrix | None:
    """The matrix of a job's `strategy.matrix`; None without one or when an expression makes it."""
    if node is None or node.kind != "map":
        return None
    reader = _Reader(resolve)
    axes = [(key.deref().value, value) for key, value in node.entries()]
    axes = [(name, value) for name, value in axes if name.lower() not in ("include", "exclude")]
    for name, value in axes:
        path = (name.lower(),)
        if value.kind != "seq":
            reader.unknown.add(path)
        for item in value.elements():
            reader.note(path, name, item)
    lengths = {name.lower(): len(value.items) for name, value in axes}
    always = {path for path, count in reader.counts.items() if count == lengths[path[0]]}
    include = node.get("include", ignore_case=True)
    if include is not None and include.kind != "seq":
        return Matrix()
    if include is not None:
        entries = [item for item in include.elements() if item.kind == "map"]
        always = _include(reader, entries, frozenset(name.lower() for name, _ in axes), always)
    values = {path: tuple(found) for path, found in reader.values.items() if reader.known(path)}
    return Matrix(values, frozenset(always), reader.names)


def _include(reader: _Reader, entries: list[Node], axes: frozenset[str], always: set[Path]) -> set[Path]:
    """Adds what `include` brings, and says which paths still have a value in every combination."""
    before = {path: frozenset(found) for path, found in reader.values.items()}
    for entry in entries:
        given = {key.deref().value.lower(): value for key, value in entry.entries()}
        for key, value in entry.entries():
            reader.note((key.deref().value.lower(),), key.deref().value, value)
        shared = axes & given.keys()
        if any(given[name].text not in before.get((name,), ()) for name in shared):
            always = {path for path in always if path[0] in given}
        elif axes and not shared:
            always = always | {(name,) for name in given}
    if not axes:
        always = {path for path, count in reader.counts.items() if count == len(entries)}
    return always


def enumerate_values(text: str, resolve: Resolve, matrix: Matrix | None) -> tuple[str, ...] | None:
    """Every value that a text can take over the matrix; None when one of its expressions is not known."""
    if "${{" not in text:
        return (text,)
    choices: list[tuple[str, ...]] = []
    size = 1
    for piece in pieces(text):
        values = _choices(piece.text, resolve, matrix) if piece.expression else (piece.text,)
        size *= len(values)
        if not 0 < size <= MAX_VALUES:
            return None
        choices.append(values)
    return tuple("".join(parts) for parts in product(*choices))


def _choices(expression: str, resolve: Resolve, matrix: Matrix | None) -> tuple[str, ...]:
    certain = resolve("${{" + expression + "}}")
    if certain is not None:
        return (certain,)
    path = reference(tokens(expression) or ())
    if matrix is None or path is None or path[0].lower() != "matrix":
        return ()
    return matrix.values.get(tuple(name.lower() for name in path[1:]), ())
