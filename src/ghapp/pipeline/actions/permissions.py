"""What the token of a job may do.

Scopes from docs.github.com/actions/reference/workflows-and-actions/workflow-syntax, `permissions`.
"""

from __future__ import annotations

from collections.abc import Mapping

from ghapp.pipeline.yaml import Node

SCOPES = (
    "actions",
    "artifact-metadata",
    "attestations",
    "checks",
    "contents",
    "deployments",
    "discussions",
    "id-token",
    "issues",
    "models",
    "packages",
    "pages",
    "pull-requests",
    "security-events",
    "statuses",
)
LEVELS = ("none", "read", "write")
_WRITE_ONLY = "id-token"
_READ_ONLY = "models"


def permissions_of(node: Node | None) -> dict[str, str] | None:
    """Level by scope; a scope that is not in it is `none`. None: not given, or not readable."""
    if node is None:
        return None
    if node.kind == "map":
        return {key.deref().value.lower(): (value.text or "").lower() for key, value in node.entries()}
    if node.text == "read-all":
        return {scope: "read" for scope in SCOPES if scope != _WRITE_ONLY}
    if node.text == "write-all":
        return {scope: "read" if scope == _READ_ONLY else "write" for scope in SCOPES}
    return None


def limited(own: Mapping[str, str] | None, granted: Mapping[str, str] | None) -> Mapping[str, str] | None:
    """What a called workflow's job has: it may take less than its caller was granted, never more."""
    if own is None or granted is None:
        return granted if own is None else own
    return {scope: min(level, granted.get(scope, "none"), key=_rank) for scope, level in own.items()}


def _rank(level: str) -> int:
    return LEVELS.index(level) if level in LEVELS else 0
