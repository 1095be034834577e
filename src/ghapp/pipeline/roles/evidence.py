"""What single commands and steps are evidence of: a deploy, a health check, a way back."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ghapp.pipeline.command import Command
from ghapp.pipeline.kept import kept
from ghapp.pipeline.model import Job, Step
from ghapp.pipeline.roles.vocabulary import LONGEST, Vocabulary, reverts, vocabulary

_PRINTS = frozenset(
    {"echo", "printf", "cat", "grep", "sed", "awk", "test", "[", "[[", ":", "true", "false", "export", "ls"}
)
_STANDARD = re.compile(r"^(?:\./|/usr/(?:local/)?bin/|/bin/)")
_HARMLESS = re.compile(r"\s(--dry-run(?!=none)|--help|--version|--no-execute-changeset|--check-only)\b")
_LOCAL_CLUSTER = re.compile(r"\b(kind create cluster|minikube start|k3d cluster create|microk8s|k3s|ctlptl create)\b")
_LOCAL_CLUSTER_ACTION = re.compile(r"kind|minikube|k3d|k3s", re.IGNORECASE)
_KUBERNETES = re.compile(r"\b(kubectl|helm|helmfile|argocd|kustomize)\b")
MAX_COMMAND = 2_000
"""Longest command that is looked at, in characters."""


def said(command: Command) -> str:
    """The command as one line: its words without quotes, known variables filled in, `/usr/bin/` and `./` left off.

    Empty for one that only prints or tests (`echo`, `cat`, `[`).
    """
    if command.name in _PRINTS or not command.words:
        return ""
    words = [command.expand(word) for word in command.words[:60]]
    words[0] = _STANDARD.sub("", words[0])
    return " ".join(words)[:MAX_COMMAND]


@kept
def items_of(job: Job) -> tuple[tuple[Command | Step, str], ...]:
    """Everything the job does, each with what `said` makes of it; steps that run no shell have their action's name."""
    found: list[tuple[Command | Step, str]] = []
    for item in job.trail:
        if isinstance(item, Command):
            found.append((item, said(item)))
        elif isinstance(item, Step):
            found.append((item, action_of(item)))
    return tuple(found)


def action_of(step: Step) -> str:
    """What a step uses, without its version: `actions/checkout`, `circleci/aws-ecs/update_service`; else empty."""
    if step.uses is None:
        return ""
    return f"{step.uses.name}/{step.uses.element}".rstrip("/").lower()


def serves(words: Vocabulary, item: Command | Step, text: str) -> bool:
    """Whether a command or a step's action is evidence of the purpose. `text`: as `items_of` gives it."""
    if isinstance(item, Command):
        return words.runs_it(text)
    return words.uses_it(text)


@kept
def deploys(job: Job) -> tuple[Command | Step, ...]:
    """The commands and steps that change a running target, in order; those against a cluster in the job itself not."""
    words = vocabulary("deploy")
    items = items_of(job)
    found = [(item, text) for item, text in items if serves(words, item, text) and not _HARMLESS.search(text)]
    if any(_KUBERNETES.search(text) for _, text in found) and _has_own_cluster(items):
        found = [(item, text) for item, text in found if not _KUBERNETES.search(text)]
    return tuple(item for item, _ in found)


def _has_own_cluster(items: Iterable[tuple[Command | Step, str]]) -> bool:
    return any(
        _LOCAL_CLUSTER.search(text) if isinstance(item, Command) else _LOCAL_CLUSTER_ACTION.search(text)
        for item, text in items
    )


def checks_health(item: Command | Step) -> bool:
    """Whether it asks a running target how it does. Says nothing about whether a bad answer fails the job."""
    words = vocabulary("health")
    if isinstance(item, Command):
        return words.runs_it(said(item))
    return bool(words.actions.match(action_of(item)))


def rolls_back(item: Command | Step) -> bool:
    """Whether it puts the version before back, by what it runs or by how it is named."""
    words = vocabulary("way-back")
    if isinstance(item, Command):
        text = said(item)
        return bool(reverts().search(text)) or words.runs_it(text)
    return bool(reverts().search(f"{item.name[:LONGEST]} {action_of(item)}"))
