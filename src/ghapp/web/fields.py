"""A payload's fields by their path, of the type that they must have."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast


class Malformed(Exception):  # noqa: N818 - what the payload is
    """GitHub never sends that."""


class Fields:
    def __init__(self, payload: Mapping[str, Any]) -> None:
        self._payload = payload

    def has(self, *path: str) -> bool:
        return self._find(path) is not None

    def get(self, *path_and_type: Any) -> Any:
        """The value at a path, of the type that stands last. Raises Malformed."""
        *path, kind = path_and_type
        value = self._find(path)
        if not isinstance(value, kind) or isinstance(value, bool):
            raise Malformed(f"{'.'.join(path)} is not there, or not what it should be.")
        return value

    def match(self, pattern: re.Pattern[str], *path: str) -> str:
        """The text at a path, if it has that form. Raises Malformed."""
        value = self.get(*path, str)
        if not pattern.fullmatch(value):
            raise Malformed(f"{'.'.join(path)} is not what it should be.")
        return value

    def _find(self, path: Any) -> Any:
        value: Any = self._payload
        for key in path:
            value = cast("dict[str, Any]", value).get(key) if isinstance(value, dict) else None
        return value
