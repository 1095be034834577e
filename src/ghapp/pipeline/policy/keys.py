"""The keys of a policy: one table for the reader, the merge, the JSON Schema and the docs."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from ghapp.pipeline.policy.locks import KeyName
from ghapp.pipeline.policy.shapes import Choice, Day, Flag, Key, ListOf, MapOf, Number, Record, RuleId, Words
from ghapp.pipeline.rule import Severity

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
    "script",
)
OFF = "off"
COMMENTS = ("all", "suggestions", "none")
NEVER = "never"

_TOOLS = ListOf(Words("the name of a command"), adds=True)
_DAYS = Number(1, MOST_DAYS)
_RUN_BLOCK = Record(
    {
        "max_lines": Key(Number(1, 1000), "How many lines a script in a CI file may have; 5 if not given."),
        "script_dir": Key(Words("a folder"), "Where longer scripts belong; lib/scripts if not given."),
        "count_comments": Key(Flag(), "Whether comment lines count; they do not if not given."),
        "languages": Key(
            ListOf(Words("a shell")),
            "The shells whose scripts count (bash, pwsh, python); all if not given.",
            fixed=True,
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
        "extends": Key(
            Words("the label of a hosted runner"), "The hosted runner that it is like: ubuntu-24.04.", fixed=True
        ),
        "tools": Key(_TOOLS, "The commands that it has besides.", fixed=True),
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
_KEYS = Record(
    {
        "compliance": Key(ListOf(Choice(("pci-dss",))), "The frameworks that the pipelines must prove."),
        "oidc_only": Key(Flag(), "No stored cloud keys: jobs get short-lived ones through OpenID Connect."),
        "run_block": Key(_RUN_BLOCK, "How long a script in a CI file may be."),
        "retention": Key(_RETENTION, "How long artifacts may be kept."),
        "rollback": Key(Choice(("all", "prod")), "Which deploys need an automatic rollback: all, or production's."),
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
            Record({"assume_installed": Key(_TOOLS, "Commands that every runner has.", fixed=True)}),
            "What runners have on them.",
        ),
        "runners": Key(MapOf(Words("a label"), _RUNNER), "Runners of your own, by label.", fixed=True),
        "severities": Key(
            MapOf(RuleId(), Choice((*(each.value for each in Severity), OFF))),
            "The severity of whatever a rule finds; off: it is not asked.",
        ),
        "fails_on": Key(
            Choice((*(each.value for each in reversed(Severity)), NEVER)),
            "From which severity on a new finding fails the check; failure if not given. The rest leaves it neutral.",
            default=Severity.FAILURE.value,
        ),
        "ignore": Key(ListOf(_IGNORE, adds=True), "Findings that are not reported."),
        "comments": Key(
            Choice(COMMENTS),
            "What is commented on beside its line: all findings, those with a suggestion, or none.",
            default=COMMENTS[0],
        ),
    }
)
POLICY_KEYS = Record(
    {
        **_KEYS.keys,
        "locked": Key(
            ListOf(KeyName(_KEYS)),
            "Of an organisation: the keys that no repository may soften.",
        ),
    }
)


def schema(rules: Collection[str]) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a policy, for editors. `rules`: the ids there are."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "ghapp's policy of a repository or an organisation: .github/ghapp.yml",
        **POLICY_KEYS.schema(rules),
    }
