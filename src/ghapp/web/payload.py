"""Reads webhook payloads: the few fields that are needed, and nothing is taken for granted."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ghapp.inbox import Command, Delivery, Kind, PullRequest
from ghapp.web.comment import read_command
from ghapp.web.fields import Fields, Malformed

EVENTS = ("pull_request", "merge_group", "issue_comment", "pull_request_review_comment")
"""What the App subscribes to (`default_events` in app.yml)."""

UNASKED = ("check_run", "check_suite")
"""What GitHub sends to every App that may write checks. All else that it sends unasked is ignored."""

REVIEWED = ("opened", "synchronize", "reopened", "ready_for_review", "edited")
"""The actions of `pull_request` that can bring something new to read; `edited` only when the base changed."""

ANSWERED = frozenset(
    {
        *(f"pull_request.{action}" for action in REVIEWED),
        "merge_group.checks_requested",
        "check_run.rerequested",
        "check_run.requested_action",
        "check_suite.rerequested",
        "issue_comment.created",
        "pull_request_review_comment.created",
    }
)
"""The webhooks to which there may be something to answer; of all others it does not matter whether they arrive."""

BUTTON = "fix"
"""The identifier of the check run's button that pushes all fixes."""

_SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_NAME = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)


class Ignored(Exception):  # noqa: N818
    """There is nothing to do, on purpose."""


def delivery(guid: str, event: str, payload: Any, received: float) -> Delivery:
    """What to store of a webhook call. Raises Ignored with the reason, or Malformed."""
    if not isinstance(payload, dict):
        raise Malformed("The payload is not an object.")
    fields = Fields(payload)  # pyright: ignore[reportUnknownArgumentType]
    read = _READERS.get(event)
    if read is None:
        raise Ignored(f"{event} is nothing to answer")
    action = fields.get("action", str)
    asked = read(action, fields)
    if not fields.has("installation", "id"):
        raise Ignored("the webhook is not the App's: it names no installation")
    return _stored(guid, event, action, fields, received, asked)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked for, and of what. `at`: when, by GitHub's clock; empty where it does not matter."""

    kind: Kind
    pull: PullRequest
    at: str = ""
    run: int = 0
    by: str = ""
    command: Command | None = None


def _stored(guid: str, event: str, action: str, fields: Fields, received: float, asked: _Asked) -> Delivery:
    pull, repository = asked.pull, fields.get("repository", "id", int)
    return Delivery(
        guid=guid,
        event=event,
        action=action,
        installation=fields.get("installation", "id", int),
        repository=repository,
        name=fields.match(_NAME, "repository", "full_name"),
        subject=pull.subject(repository),
        version=f"{pull.head} {pull.base_ref}" if asked.kind == "review" else f"{asked.kind} {guid}",
        at=asked.at,
        received=received,
        kind=asked.kind,
        pull=pull,
        run=asked.run,
        by=asked.by,
        command=asked.command,
    )


def _pull_request(action: str, fields: Fields) -> _Asked:
    if action not in REVIEWED:
        raise Ignored(f"pull_request.{action} brings nothing new to read")
    if action == "edited" and not fields.has("changes", "base"):
        raise Ignored("the base did not change")
    pull = _pull(
        fields,
        changed_files=fields.get("pull_request", "changed_files", int),
        previous=fields.match(_SHA, "before") if action == "synchronize" else "",
    )
    return _Asked("review", pull, fields.get("pull_request", "updated_at", str))


def _merge_group(action: str, fields: Fields) -> _Asked:
    if action != "checks_requested":  # destroyed: the check on its head ends by itself
        raise Ignored(f"merge_group.{action} asks for nothing")
    group = PullRequest(
        number=0,
        head=fields.match(_SHA, "merge_group", "head_sha"),
        base=fields.match(_SHA, "merge_group", "base_sha"),
        base_ref=fields.get("merge_group", "base_ref", str).removeprefix("refs/heads/"),
        changed_files=0,
    )
    return _Asked("group", group)


def _check_run(action: str, fields: Fields) -> _Asked:
    """GitHub tells only the App whose run it is."""
    if action == "rerequested":
        kind = "rerun"
    elif action == "requested_action" and fields.get("requested_action", "identifier", str) == BUTTON:
        kind = "fix"
    else:
        raise Ignored(f"check_run.{action} asks for nothing")
    head = fields.match(_SHA, "check_run", "head_sha")
    pull = PullRequest.about(fields.get("check_run", "external_id", str), head)
    if pull is None and kind == "fix":
        raise Ignored("the check run is none of ours")
    by = fields.get("sender", "login", str) if kind == "fix" else ""
    return _Asked(kind, pull or _unnamed(head), run=fields.get("check_run", "id", int), by=by)


def _check_suite(action: str, fields: Fields) -> _Asked:
    if action != "rerequested":
        raise Ignored(f"check_suite.{action} asks for nothing that a pull request does not")
    return _Asked("rerun", _unnamed(fields.match(_SHA, "check_suite", "head_sha")))


def _review_comment(action: str, fields: Fields) -> _Asked:
    said = _command(action, fields)
    return _Asked("command", _pull(fields), fields.get("comment", "created_at", str), command=said)


def _issue_comment(action: str, fields: Fields) -> _Asked:
    said = _command(action, fields)
    if not fields.has("issue", "pull_request"):
        raise Ignored("the comment stands on an issue")
    pull = PullRequest(number=fields.get("issue", "number", int), head="", base="", base_ref="", changed_files=0)
    return _Asked("command", pull, fields.get("comment", "created_at", str), command=said)


def _command(action: str, fields: Fields) -> Command:
    """The command that the comment begins with. Only people's: an App that answers an App does so for ever."""
    if action != "created":
        raise Ignored("only a new comment can ask for something")
    if fields.get("comment", "user", "type", str) != "User":
        raise Ignored("the comment is none of a person's")
    said = read_command(
        fields.get("comment", "body", str),
        comment=fields.get("comment", "id", int),
        thread=fields.get("comment", "in_reply_to_id", int) if fields.has("comment", "in_reply_to_id") else 0,
        by=fields.get("comment", "user", "login", str),
    )
    if said is None:
        raise Ignored("the comment is not for ghapp")
    return said


def _pull(fields: Fields, *, changed_files: int = 0, previous: str = "") -> PullRequest:
    return PullRequest(
        number=fields.get("pull_request", "number", int),
        head=fields.match(_SHA, "pull_request", "head", "sha"),
        base=fields.match(_SHA, "pull_request", "base", "sha"),
        base_ref=fields.get("pull_request", "base", "ref", str),
        changed_files=changed_files,
        previous=previous,
    )


def _unnamed(head: str) -> PullRequest:
    return PullRequest(number=0, head=head, base="", base_ref="", changed_files=0)


_READERS: Mapping[str, Callable[[str, Fields], _Asked]] = {
    "pull_request": _pull_request,
    "merge_group": _merge_group,
    "check_run": _check_run,
    "check_suite": _check_suite,
    "issue_comment": _issue_comment,
    "pull_request_review_comment": _review_comment,
}
