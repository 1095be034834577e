"""What a reader of a CI file cannot tell from the file: logins, contexts, secrets, approvals, conditions.

The kinds are those of the policy (`docs.require`). A construct that stands in many places (a context, a secret) is one:
explained once, it is explained.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ghapp.pipeline import Pipeline, Platform
from ghapp.pipeline.conditions import STATUS_FUNCTIONS, status_functions, words_of
from ghapp.pipeline.yaml import Node

_ROLLBACK = re.compile(r"roll-?_?back", re.IGNORECASE)
_SECRET = re.compile(r"secrets\.(\w+)", re.IGNORECASE)
_OIDC = re.compile(r"role-to-assume|role[-_]arn|workload_identity_provider", re.IGNORECASE)
_EVENTS = ("workflow_run", "pull_request_target", "schedule")
_FEW = 2
"""Operators from which on a condition is no longer read at a glance."""


@dataclass(frozen=True, slots=True)
class Construct:
    """One of them. `places`: where it stands, and where else a comment would explain it; the first is the one to name.

    `subject`: the word by which a comment elsewhere in the file may speak of it.
    """

    kind: str
    what: str
    subject: str
    places: list[Node] = field(default_factory=list[Node])


def constructs(pipeline: Pipeline) -> list[Construct]:
    """Those of a workflow or a config, in file order of their first places."""
    found: dict[tuple[str, str], Construct] = {}
    if pipeline.root is None:
        return []
    read = _circleci if pipeline.platform is Platform.CIRCLECI else _actions
    for kind, what, subject, node in read(pipeline.root):
        found.setdefault((kind, what), Construct(kind, what, subject)).places.append(node)
    return sorted(found.values(), key=lambda each: each.places[0].start)


Found = Iterator[tuple[str, str, str, Node]]


def _actions(root: Node) -> Found:
    for event, _ in _map(root, "on"):
        if event.text in _EVENTS:
            yield "trigger", f"the trigger `{event.text}`", event.text, event
    yield from _shared(root, "the workflow")
    for job, body in _map(root, "jobs"):
        name = f"`{job.text}`"
        yield from _shared(body, name)
        if _ROLLBACK.search(job.text or ""):
            yield "rollback", f"the rollback {name}", "rollback", job
        for key, value in body.entries():
            if key.text == "environment":
                said = value.text or _said(value, "name")
                yield "environment", f"the environment `{said}`", said, key
            elif key.text == "secrets" and value.text == "inherit":
                yield "secrets", f"`secrets: inherit` of {name}", "secrets", key
            elif key.text == "if" and _tangled(value.text or ""):
                yield "condition", f"the condition of {name}", job.text or "", key
        for step in (body.get("steps") or body).elements():
            yield from _step(step, name)


def _shared(node: Node, name: str) -> Found:
    """What a workflow and a job may both have."""
    for key, value in node.entries():
        match key.text:
            case "permissions":
                for scope, level in value.entries():
                    if scope.text == "id-token" and level.text == "write":
                        yield "oidc", f"the login by OpenID Connect of {name}", "oidc", scope
            case "concurrency":
                yield "concurrency", f"`concurrency` of {name}", "concurrency", key
            case "env":
                yield from _secrets(value)
            case _:
                pass


def _step(step: Node, job: str) -> Found:
    for key, value in step.entries():
        match key.text:
            case "env":
                yield from _secrets(value)
            case "if" if _tangled(value.text or ""):
                yield "condition", f"the condition in line {key.place.line}", "", key
            case "uses" if "approval" in (value.text or ""):
                yield "approval", f"the approval in {job}", "approval", key
            case "with" if any(_OIDC.fullmatch(name.text or "") for name, _ in value.entries()):
                yield "oidc", f"the login by OpenID Connect of {job}", "oidc", step
            case _:
                pass


def _secrets(env: Node) -> Found:
    for key, value in env.entries():
        for name in _SECRET.findall(value.text or ""):
            if name != "GITHUB_TOKEN":
                yield "secrets", f"the secret `{name}`", name, key


def _tangled(condition: str) -> bool:
    """Whether a condition needs thought: it asks how other things ended, or joins several questions."""
    words = words_of(condition)
    joined = sum(word.kind == "operator" and word.text in ("&&", "||") for word in words)
    return joined >= _FEW or bool(status_functions(words) & (STATUS_FUNCTIONS - {"success"}))


def _circleci(root: Node) -> Found:
    for key, value in root.entries():
        if key.text == "setup" and value.flag:
            yield "trigger", "`setup: true`", "setup", key
    for part in ("commands", "jobs"):
        for name, body in _map(root, part):
            if part == "jobs" and _ROLLBACK.search(name.text or ""):
                yield "rollback", f"the rollback `{name.text}`", "rollback", name
            for step in (body.get("steps", merge=True) or body).elements():
                yield from _circleci_step(step, name)
    for name, body in _map(root, "workflows"):
        for key, value in body.entries(merge=True):
            if key.text in ("when", "unless"):
                yield "condition", f"the condition of the workflow `{name.text}`", name.text or "", key
            elif key.text == "triggers":
                yield "trigger", f"the schedule of the workflow `{name.text}`", "schedule", key
            elif key.text == "jobs":
                for item in value.elements():
                    yield from _invocation(item)


def _circleci_step(step: Node, owner: Node) -> Found:
    for key, value in step.entries():
        if key.text in ("when", "unless"):
            yield "condition", f"the condition in line {key.place.line}", "", key
        elif _logs_in(key.text or "", value):
            yield "oidc", f"the login by OpenID Connect in `{owner.text}`", "oidc", key
            yield "oidc", f"the login by OpenID Connect in `{owner.text}`", "oidc", owner


def _logs_in(step: str, value: Node) -> bool:
    if "/" in step:
        return any(_OIDC.fullmatch(name.text or "") for name, _ in value.entries())
    return "CIRCLE_OIDC_TOKEN" in (value.text or _said(value, "command"))


def _invocation(item: Node) -> Found:
    """A job as a workflow runs it."""
    for name, body in item.entries():
        for key, value in body.entries(merge=True):
            match key.text:
                case "context":
                    for each in [value, *value.elements()]:
                        if each.text:
                            yield "context", f"the context `{each.text}`", each.text, key
                case "type" if value.text == "approval":
                    yield "approval", f"the approval `{name.text}`", name.text or "", name
                case "serial-group":
                    yield "concurrency", f"`serial-group` of `{name.text}`", "serial", key
                case "requires" if any(each.kind == "map" for each in value.elements()):
                    yield "condition", f"the condition of `{name.text}`", name.text or "", key
                case _:
                    pass


def _map(node: Node, name: str) -> Iterator[tuple[Node, Node]]:
    """The entries of the map that stands under a key."""
    below = node.get(name, merge=True)
    return iter(()) if below is None else below.entries(merge=True)


def _said(node: Node, name: str) -> str:
    found = node.get(name, merge=True)
    return "" if found is None else found.text or ""
