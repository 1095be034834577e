"""The keys of a policy: one table for the reader, the JSON Schema, and the test of docs/configure.md."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from ghapp.pipeline.policy.policy import Ignore, Policy, RunBlock, Runner
from ghapp.pipeline.policy.shapes import (
    BrokenPolicy,
    Choice,
    Day,
    Flag,
    Key,
    ListOf,
    MapOf,
    Number,
    Reader,
    Record,
    RuleId,
    Words,
)
from ghapp.pipeline.rule import Severity
from ghapp.pipeline.source import BrokenFile, Source
from ghapp.pipeline.yaml import Document, Node, parse

MOST_DAYS = 400
"""GitHub keeps artifacts of private repositories up to 400 days, of public ones up to 90."""
BACKENDS = ("postgres", "mysql", "mongodb", "redis", "memcached", "cognito")
DOCUMENTED = (
    "oidc",
    "context",
    "secrets",
    "environment",
    "approval",
    "rollback",
    "concurrency",
    "condition",
    "trigger",
)
OFF = "off"
NEVER = "never"

_TOOLS = ListOf(Words("the name of a command"))
_DAYS = Number(1, MOST_DAYS)
_RUN_BLOCK = Record(
    {
        "max_lines": Key(Number(1, 1000), "How many lines a script in a CI file may have; 5 if not given."),
        "script_dir": Key(Words("a folder"), "Where longer scripts belong; lib/scripts if not given."),
        "count_comments": Key(Flag(), "Whether comment lines count; they do not if not given."),
        "languages": Key(
            ListOf(Words("a shell")), "The shells whose scripts count (bash, pwsh, python); all if not given."
        ),
    }
)
_RETENTION = Record(
    {
        "smoke": Key(_DAYS, "Days for which results of smoke tests may be kept."),
        "debug": Key(_DAYS, "Days for which what a failed job leaves behind may be kept."),
        "default": Key(_DAYS, "Days for which every other artifact may be kept."),
    }
)
_RUNNER = Record(
    {
        "extends": Key(Words("the label of a hosted runner"), "The hosted runner that it is like: ubuntu-24.04."),
        "tools": Key(_TOOLS, "The commands that it has besides."),
    }
)
_IGNORE = Record(
    {
        "rule": Key(RuleId(), "The id of the rule.", required=True),
        "reason": Key(Words("why"), "Why these findings are right to ignore.", required=True),
        "path": Key(Words("a path or glob"), "Only in files that match this glob: .github/workflows/*.yml."),
        "job": Key(Words("a job's id"), "Only in the job of this id."),
        "until": Key(Day(), "The last day on which they are ignored."),
    }
)
POLICY_KEYS = Record(
    {
        "compliance": Key(ListOf(Choice(("pci-dss",))), "The frameworks that the pipelines must prove."),
        "oidc_only": Key(Flag(), "No stored cloud keys: jobs get short-lived ones through OpenID Connect."),
        "run_block": Key(_RUN_BLOCK, "How long a script in a CI file may be."),
        "retention": Key(_RETENTION, "How long artifacts may be kept."),
        "rollback": Key(Choice(("prod", "all")), "Which deploys need an automatic rollback: production's, or all."),
        "integration": Key(
            Record({"needs": Key(ListOf(Choice(BACKENDS)), "What integration tests must run against.")}),
            "What integration tests need.",
        ),
        "docs": Key(
            Record({"require": Key(ListOf(Choice(DOCUMENTED)), "What needs a comment wherever it is used.")}),
            "What CI files must explain.",
        ),
        "terraform": Key(
            Record({"workspaces": Key(Flag(), "Environments are workspaces, selected before plan and apply.")}),
            "How Terraform is used.",
        ),
        "security_hub": Key(Flag(), "What Prowler finds must reach AWS Security Hub."),
        "tools": Key(
            Record({"assume_installed": Key(_TOOLS, "Commands that every runner has.")}), "What runners have on them."
        ),
        "runners": Key(MapOf(Words("a label"), _RUNNER), "Runners of your own, by label."),
        "severities": Key(
            MapOf(RuleId(), Choice((*(each.value for each in Severity), OFF))),
            "The severity of whatever a rule finds; off: it is not asked.",
        ),
        "fails_on": Key(
            Choice((*(each.value for each in Severity), NEVER)),
            "From which severity on a new finding fails the check; failure if not given. The rest leaves it neutral.",
        ),
        "ignore": Key(ListOf(_IGNORE), "Findings that are not reported."),
    }
)


def read_policy(source: Source, rules: Collection[str]) -> Policy:
    """The policy that the file holds. `rules`: the ids there are. Raises BrokenPolicy with everything that is wrong."""
    try:
        document = parse(source)
    except BrokenFile as error:
        raise BrokenPolicy([error]) from None
    if document.root is None or document.root.text == "":
        return Policy()
    reader = Reader(rules)
    _no_duplicates(document, reader)
    said: dict[str, Any] = POLICY_KEYS.read(document.root, reader, "")
    if reader.mistakes:
        raise BrokenPolicy(reader.mistakes)
    return _policy(said, document.root, reader)


def _policy(said: dict[str, Any], root: Node, reader: Reader) -> Policy:
    ignores = root.get("ignore")
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
        ignore=tuple(
            Ignore(place=node.place, **each)
            for each, node in zip(said.get("ignore", ()), ignores.elements() if ignores else (), strict=True)
        ),
        places=reader.places,
    )


def _threshold(word: str) -> Severity | None:
    return None if word == NEVER else Severity(word)


def _no_duplicates(document: Document, reader: Reader) -> None:
    for key in document.duplicates:
        reader.wrong(key, f"`{key.value}` is already said in this map.")


def schema(rules: Collection[str]) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a policy, for editors. `rules`: the ids there are."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "ghapp's policy of a repository: .github/ghapp.yml",
        **POLICY_KEYS.schema(rules),
    }
