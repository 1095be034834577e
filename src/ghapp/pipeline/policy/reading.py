"""Reads a policy: a repository's own, laid over its organisation's."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ghapp.pipeline.policy.keys import NEVER, OFF, POLICY_KEYS
from ghapp.pipeline.policy.locks import locked
from ghapp.pipeline.policy.merging import merge
from ghapp.pipeline.policy.policy import Ignore, Overruled, Policy, RunBlock, Runner
from ghapp.pipeline.policy.shapes import BrokenPolicy, Reader
from ghapp.pipeline.rule import Severity
from ghapp.pipeline.source import BrokenFile, Place, Source
from ghapp.pipeline.yaml import Document, Node, parse


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """What one file says: the value of every key that it has, and where each stands."""

    said: Mapping[str, Any] = field(default_factory=dict[str, Any])
    places: Mapping[str, Place] = field(default_factory=dict[str, Place])


def read_policy(source: Source, rules: Collection[str]) -> Policy:
    """The policy that the file alone holds. `rules`: the ids there are. Raises BrokenPolicy with all that is wrong."""
    return _policy(read_file(source, rules))


def read_file(source: Source, rules: Collection[str]) -> PolicyFile:
    """What the file says. Raises BrokenPolicy with everything that is wrong."""
    try:
        document = parse(source)
    except BrokenFile as error:
        raise BrokenPolicy([error]) from None
    if document.root is None or document.root.text == "":
        return PolicyFile()
    reader = Reader(rules)
    _no_duplicates(document, reader)
    said: dict[str, Any] = POLICY_KEYS.read(document.root, reader, "")
    if reader.mistakes:
        raise BrokenPolicy(reader.mistakes)
    if "ignore" in said:
        said["ignore"] = _ignores(said["ignore"], document.root)
    return PolicyFile(said, reader.places)


def laid_over(organisation: PolicyFile, own: PolicyFile, severities: Mapping[str, Severity]) -> Policy:
    """The repository's own policy over the organisation's. `severities`: of every rule, by its id.

    What the organisation has locked stays at least as strict as there; the policy tells what is so overruled.
    """
    locks: tuple[str, ...] = organisation.said.get("locked", ())
    above, below = (
        {key: value for key, value in each.said.items() if key not in ("locked", "ignore")}
        for each in (organisation, own)
    )
    defaults = {f"severities.{rule}": level.value for rule, level in severities.items()}
    said, names = merge(POLICY_KEYS, above, below, locks, defaults)
    ignores: tuple[Ignore, ...] = own.said.get("ignore", ())
    said["ignore"] = (*(replace(each, organisation=True) for each in organisation.said.get("ignore", ())), *ignores)
    said["locked"] = locks
    kept = {name: place for name, place in own.places.items() if not locked(names, name)}
    policy = _policy(PolicyFile(said, {**organisation.places, **kept}))
    vain = {f"ignore[{each.rule}]": each.place for each in ignores if policy.locks(each.rule)}
    vain |= {name: own.places[name] for name in (*names, *(["locked"] if "locked" in own.said else []))}
    by = organisation.places.get("locked")
    return replace(
        policy, overruled=tuple(Overruled(name, place, by) for name, place in sorted(vain.items(), key=_order))
    )


def _order(named: tuple[str, Place]) -> Place:
    return named[1]


def _policy(file: PolicyFile) -> Policy:
    said = file.said
    return Policy(
        compliance=said.get("compliance", ()),
        oidc_only=said.get("oidc_only", False),
        run_block=RunBlock(**said["run_block"]) if "run_block" in said else None,
        retention=said.get("retention", {}),
        rollback=said.get("rollback", ""),
        integration_needs=said.get("integration", {}).get("needs", ()),
        docs_require=said.get("docs", {}).get("require", ()),
        workspaces=said.get("terraform", {}).get("workspaces", False),
        security_hub=said.get("security_hub", False),
        assume_installed=said.get("tools", {}).get("assume_installed", ()),
        runners={label: Runner(**runner) for label, runner in said.get("runners", {}).items()},
        severities={
            rule: None if level == OFF else Severity(level) for rule, level in said.get("severities", {}).items()
        },
        fails_on=_threshold(said.get("fails_on", Severity.FAILURE.value)),
        ignore=said.get("ignore", ()),
        locked=said.get("locked", ()),
        comments=said.get("comments", "all"),
        places=file.places,
    )


def _threshold(word: str) -> Severity | None:
    return None if word == NEVER else Severity(word)


def _ignores(said: tuple[dict[str, Any], ...], root: Node) -> tuple[Ignore, ...]:
    """The entries with their places."""
    node = root.get("ignore")
    return tuple(Ignore(place=at.place, **each) for each, at in zip(said, node.elements() if node else (), strict=True))


def _no_duplicates(document: Document, reader: Reader) -> None:
    for key in document.duplicates:
        reader.wrong(key, f"`{key.value}` is already said in this map.")
