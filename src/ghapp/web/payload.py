"""Reads webhook payloads: the few fields that are needed, and nothing is taken for granted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

from ghapp.inbox import Delivery, PullRequest

EVENTS = ("pull_request",)
"""What the App subscribes to (`default_events` in app.yml). Others that GitHub sends unasked are ignored."""

REVIEWED = ("opened", "synchronize", "reopened", "ready_for_review", "edited")
"""The actions of `pull_request` that can bring something new to read; `edited` only when the base changed."""

_SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_NAME = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)


class Malformed(Exception):  # noqa: N818 - what the payload is
    """GitHub never sends that."""


class Ignored(Exception):  # noqa: N818
    """There is nothing to do, on purpose."""


def delivery(guid: str, event: str, payload: Any, received: float) -> Delivery:
    """What to store of a webhook call. Raises Ignored with the reason, or Malformed."""
    if not isinstance(payload, dict):
        raise Malformed("The payload is not an object.")
    fields = _Fields(payload)  # pyright: ignore[reportUnknownArgumentType]
    if event not in EVENTS:
        raise Ignored(f"{event} is nothing to review")
    action = fields.get("action", str)
    if action not in REVIEWED:
        raise Ignored(f"{event}.{action} brings nothing new to read")
    if action == "edited" and not fields.has("changes", "base"):
        raise Ignored("the base did not change")
    if not fields.has("installation", "id"):
        raise Ignored("the webhook is not the App's: it names no installation")
    return _pull_request(guid, event, action, fields, received)


def _pull_request(guid: str, event: str, action: str, fields: _Fields, received: float) -> Delivery:
    pull = PullRequest(
        number=fields.get("pull_request", "number", int),
        head=fields.match(_SHA, "pull_request", "head", "sha"),
        base=fields.match(_SHA, "pull_request", "base", "sha"),
        base_ref=fields.get("pull_request", "base", "ref", str),
        changed_files=fields.get("pull_request", "changed_files", int),
        previous=fields.match(_SHA, "before") if action == "synchronize" else "",
    )
    repository = fields.get("repository", "id", int)
    return Delivery(
        guid=guid,
        event=event,
        action=action,
        installation=fields.get("installation", "id", int),
        repository=repository,
        name=fields.match(_NAME, "repository", "full_name"),
        subject=f"{repository}#{pull.number}",
        version=f"{pull.head} {pull.base_ref}",
        at=fields.get("pull_request", "updated_at", str),
        received=received,
        pull=pull,
    )


class _Fields:
    def __init__(self, payload: Mapping[str, Any]) -> None:
        self._payload = payload

    def has(self, *path: str) -> bool:
        return self._find(path) is not None

    def get(self, *path_and_type: Any) -> Any:
        """The value at a path, of the type that stands last."""
        *path, kind = path_and_type
        value = self._find(path)
        if not isinstance(value, kind) or isinstance(value, bool):
            raise Malformed(f"{'.'.join(path)} is not there, or not what it should be.")
        return value

    def match(self, pattern: re.Pattern[str], *path: str) -> str:
        value = self.get(*path, str)
        if not pattern.fullmatch(value):
            raise Malformed(f"{'.'.join(path)} is not what it should be.")
        return value

    def _find(self, path: Any) -> Any:
        value: Any = self._payload
        for key in path:
            value = cast("dict[str, Any]", value).get(key) if isinstance(value, dict) else None
        return value
