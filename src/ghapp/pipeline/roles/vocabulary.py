"""The words by which jobs, commands and actions tell what they are for, read from `vocabulary.json`."""

from __future__ import annotations

import json
import pkgutil
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from ghapp.pipeline.kept import remembered

LONGEST = 200
"""Longest name that is looked at, in characters."""

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[0-9])(?=[A-Z][a-z])")
_SIGNS = re.compile(r"[^a-z0-9]+")
_NEVER = re.compile(r"(?!)")


@lru_cache(4096)
def normal(name: str) -> str:
    """A name in kebab-case: `deployToProd_EU` becomes `deploy-to-prod-eu`."""
    return _SIGNS.sub("-", _CAMEL.sub("-", name[:LONGEST]).lower()).strip("-")


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """What tells one purpose. `commands`: patterns, each with texts of which one must occur for it to be tried."""

    names: re.Pattern[str]
    other_names: re.Pattern[str]
    commands: tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]
    actions: re.Pattern[str]
    orbs: re.Pattern[str]

    @remembered
    def names_it(self, name: str) -> bool:
        text = normal(name)
        return bool(self.names.search(text)) and not self.other_names.search(text)

    @remembered
    def uses_it(self, text: str) -> bool:
        """Whether an action or orb, as `action_of` names it, serves the purpose."""
        return bool(text) and bool(self.actions.match(text) or self.orbs.match(text))

    @remembered
    def runs_it(self, text: str) -> bool:
        """Whether a command, its words joined by blanks, serves the purpose."""
        return any(
            pattern.search(text) for required, pattern in self.commands if any(each in text for each in required)
        )


@cache
def vocabulary(name: str) -> Vocabulary:
    """The vocabulary of a role, or of `health` (checks) or the `way-back` (rollbacks)."""
    data = _data()
    words: dict[str, Any] = data["roles"].get(name) or data[name]
    return Vocabulary(
        _whole_words(words.get("name", [])),
        _whole_words(words.get("not_name", [])),
        tuple((tuple(texts.split("|")), _any(patterns)) for texts, patterns in words.get("cmd", {}).items()),
        _any([_glob(action) for action in words.get("uses", [])], r"(?:{})(?:/|$)"),
        _any([_orb(each) for each in words.get("orbs", [])], "(?:{})$"),
    )


@cache
def reverts() -> re.Pattern[str]:
    """Words that say that something is put back as it was."""
    return re.compile(_data()["way-back"]["text"], re.IGNORECASE)


@cache
def _data() -> dict[str, Any]:
    return json.loads(pkgutil.get_data(__package__ or "", "vocabulary.json") or b"{}")


def _any(patterns: list[str], form: str = "{}") -> re.Pattern[str]:
    return re.compile(form.format("|".join(f"(?:{each})" for each in patterns))) if patterns else _NEVER


def _whole_words(patterns: list[str]) -> re.Pattern[str]:
    return _any(patterns, "(?:^|-)(?:{})(?:-|$)")


def _glob(text: str) -> str:
    return re.escape(text).replace(r"\*", ".*")


def _orb(text: str) -> str:
    name, _, elements = text.partition(":")
    return f"{re.escape(name)}/(?:{elements.replace('*', '.*')})"
