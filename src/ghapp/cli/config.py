"""The policy that a repository is checked against."""

from __future__ import annotations

from pathlib import Path

from ghapp.cli.git import Unusable
from ghapp.pipeline.policy import BrokenPolicy, Policy, read_policy
from ghapp.pipeline.source import BrokenFile, Source
from ghapp.rules import catalogue


def policy_in(place: Path, path: str) -> Policy:
    """The policy in a file of this machine, which reports call `path`. Raises Unusable with all that is wrong."""
    try:
        return policy_of(place.read_bytes(), path)
    except OSError as error:
        raise Unusable(f"{place}: {error.strerror}") from None


def policy_of(data: bytes, path: str, revision: str = "") -> Policy:
    """The policy that the bytes say, of `revision` if it is not the working tree's. Raises Unusable."""
    try:
        return read_policy(Source.decode(path, data), [rule.id for rule in catalogue()])
    except BrokenFile as error:
        mistakes = [error]
    except BrokenPolicy as error:
        mistakes = list(error.mistakes)
    where = f"{revision}:" if revision else ""
    raise Unusable("The policy cannot be followed.\n" + "\n".join(f"{where}{each}" for each in mistakes))
