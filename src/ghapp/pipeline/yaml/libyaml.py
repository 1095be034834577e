"""libyaml's event stream out of ruamel.yaml's C parser: the one module that touches the untyped extension."""

from __future__ import annotations

from typing import Protocol

import _ruamel_yaml  # pyright: ignore[reportMissingImports]


class Mark(Protocol):
    """A place. `index` counts code points."""

    @property
    def index(self) -> int: ...


class Event(Protocol):
    """What every event has; scalars also have `value` and `style`, collections `flow_style`."""

    start_mark: Mark
    end_mark: Mark
    anchor: str | None
    ctag: object  # what `tag` gives as text
    tag: str | None
    value: str
    style: str
    flow_style: bool


class Parser(Protocol):
    """Gives one event after the other, then None. Raises YAMLError."""

    def __call__(self, text: str) -> Parser: ...

    def get_event(self) -> Event: ...


CParser: Parser = _ruamel_yaml.CParser  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
YAMLError: type[Exception] = _ruamel_yaml.YAMLError  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
ScalarEvent: type = _ruamel_yaml.ScalarEvent  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
MappingStartEvent: type = _ruamel_yaml.MappingStartEvent  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
MappingEndEvent: type = _ruamel_yaml.MappingEndEvent  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
SequenceStartEvent: type = _ruamel_yaml.SequenceStartEvent  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
SequenceEndEvent: type = _ruamel_yaml.SequenceEndEvent  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
AliasEvent: type = _ruamel_yaml.AliasEvent  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
DocumentStartEvent: type = _ruamel_yaml.DocumentStartEvent  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
StreamEndEvent: type = _ruamel_yaml.StreamEndEvent  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
