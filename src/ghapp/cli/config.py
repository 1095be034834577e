"""The policy that a repository is checked against."""

from __future__ import annotations

from pathlib import Path

from ghapp.cli.git import Unusable
from ghapp.pipeline.policy import BrokenPolicy, Policy, PolicyFile, laid_over, read_file
from ghapp.pipeline.source import BrokenFile, Source
from ghapp.rules import catalogue

NOTHING = PolicyFile()


def organisation_in(place: Path | None) -> PolicyFile:
    """What the file with the organisation's policy says. Raises Unusable with all that is wrong."""
    return NOTHING if place is None else _file_of(_bytes(place), str(place))


def policy_in(place: Path, path: str, above: PolicyFile = NOTHING) -> Policy:
    """The policy in a file of this machine, which reports call `path`, over the organisation's. Raises Unusable."""
    return policy_of(_bytes(place), path, above=above)


def policy_of(data: bytes, path: str, revision: str = "", above: PolicyFile = NOTHING) -> Policy:
    """The policy that the bytes say, of `revision` if it is not the working tree's. Raises Unusable."""
    return laid_over(above, _file_of(data, path, revision), {rule.id: rule.severity for rule in catalogue()})


def _file_of(data: bytes, path: str, revision: str = "") -> PolicyFile:
    try:
        return read_file(Source.decode(path, data), [rule.id for rule in catalogue()])
    except BrokenFile as error:
        mistakes = [error]
    except BrokenPolicy as error:
        mistakes = list(error.mistakes)
    where = f"{revision}:" if revision else ""
    raise Unusable("The policy cannot be followed.\n" + "\n".join(f"{where}{each}" for each in mistakes))


def _bytes(place: Path) -> bytes:
    try:
        return place.read_bytes()
    except OSError as error:
        raise Unusable(f"{place}: {error.strerror}") from None
