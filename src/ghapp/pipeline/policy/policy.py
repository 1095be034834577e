"""The policy as rules read it: `pipeline.policy`. What the file does not say has its default, which demands nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from ghapp.pipeline.policy.locks import locked
from ghapp.pipeline.rule import Evidence, Finding, Rule, Severity
from ghapp.pipeline.source import Place

PATH = ".github/ghapp.yml"
"""Where a repository keeps its policy."""


@dataclass(frozen=True, slots=True)
class RunBlock:
    """How long a script may be that stands in a CI file. `languages`: the shells that count; none: every one."""

    max_lines: int = 5
    script_dir: str = "lib/scripts"
    count_comments: bool = False
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Runner:
    """A runner of the organisation's own: its label stands for a hosted one (`extends`) with more `tools` on it."""

    extends: str = ""
    tools: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ignore:
    """Findings of `rule` that are not to be reported: in files that match the glob `path` and in jobs of the id `job`,
    where these are given, up to and including the day `until`. `place`: where the policy says so. `organisation`: for
    all of its repositories, so that in this one it may well hide nothing."""

    rule: str
    reason: str
    place: Place
    path: str = ""
    job: str = ""
    until: date | None = None
    organisation: bool = False


@dataclass(frozen=True, slots=True)
class Overruled:
    """What a repository's policy says in vain: the `key` that its organisation has locked, and where both say so."""

    key: str
    place: Place
    by: Place | None


@dataclass(frozen=True, slots=True)
class Policy:
    """What a repository demands, and what it will not hear.

    `compliance`: frameworks (`pci-dss`). `oidc_only`: no stored cloud keys. `retention`: days by kind of artifact
    (`smoke`, `debug`, `default`). `rollback`: the deploys that need an automatic one, `prod` or `all`.
    `integration_needs`: what integration tests run against (`postgres`). `docs_require`: what needs a comment (`oidc`).
    `workspaces`: Terraform's environments are workspaces. `security_hub`: Prowler's findings go there.
    `assume_installed`: tools that every runner has. `runners`: by label. `severities`: by rule, None for off.
    `fails_on`: from which severity on a new finding fails the check; None for never. `comments`: what is commented on
    beside its line: `all`, what has a suggestion (`suggestions`), or `none`. `locked`: the keys that the organisation
    lets nobody soften. `overruled`: what was softened in vain. `places`: where each key of the file
    stands (`integration.needs`).
    """

    compliance: tuple[str, ...] = ()
    oidc_only: bool = False
    run_block: RunBlock | None = None
    retention: Mapping[str, int] = field(default_factory=dict[str, int])
    rollback: str = ""
    integration_needs: tuple[str, ...] = ()
    docs_require: tuple[str, ...] = ()
    workspaces: bool = False
    security_hub: bool = False
    assume_installed: tuple[str, ...] = ()
    runners: Mapping[str, Runner] = field(default_factory=dict[str, Runner])
    severities: Mapping[str, Severity | None] = field(default_factory=dict[str, "Severity | None"])
    fails_on: Severity | None = Severity.FAILURE
    comments: str = "all"
    ignore: tuple[Ignore, ...] = ()
    locked: tuple[str, ...] = ()
    overruled: tuple[Overruled, ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict[str, Place])

    def evidence(self, key: str, text: str) -> tuple[Evidence, ...]:
        """The place where the policy says `key` (`oidc_only`, `integration.needs`) as evidence; none if it does not."""
        place = self.places.get(key)
        return () if place is None else (Evidence(place, text),)

    def decided(self) -> dict[str, Place]:
        """Every key that is said, the innermost ones of maps (`integration.needs`), and where."""
        named = [key for key in self.places if key != "locked" and not key.startswith("ignore.")]
        return {key: self.places[key] for key in named if not any(each.startswith(f"{key}.") for each in named)}

    def has_locked(self, key: str) -> bool:
        return locked(self.locked, key)

    def locks(self, rule: str) -> bool:
        """Whether the organisation wants to hear of whatever the rule finds: nobody else may ignore it."""
        return self.has_locked("ignore") or self.has_locked(f"severities.{rule}")

    def asks(self, rule: Rule) -> bool:
        """Whether the rule is asked at all."""
        return self.severities.get(rule.id, rule.severity) is not None

    def weighed(self, rule: Rule, finding: Finding) -> Finding:
        """The finding as severe as the policy wants it."""
        severity = self.severities.get(rule.id)
        return finding if severity is None else replace(finding, severity=severity)
