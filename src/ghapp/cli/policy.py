"""`ghapp policy`: what a repository's policy comes to, over its organisation's."""

from __future__ import annotations

from pathlib import Path

import click

from ghapp.cli.config import organisation_in, policy_in, policy_of
from ghapp.cli.git import Unusable
from ghapp.pipeline.policy import PATH, Policy


def run(file: Path | None, organisation: Path | None) -> int:
    """Prints which file decides what, and gives the exit status. Raises Unusable with every mistake."""
    own = file or (Path(PATH) if Path(PATH).is_file() else None)
    if own is None and organisation is None:
        raise Unusable(f"There is no {PATH} here, and no other file was named.")
    above = organisation_in(organisation)
    policy = policy_of(b"", PATH, above=above) if own is None else policy_in(own, str(own), above)
    click.echo(_said(policy), nl=False)
    return 0


def _said(policy: Policy) -> str:
    named = policy.decided()
    width = max((len(key) for key in named), default=0)
    lines = [
        f"{key:{width}}  {place.path}:{place.line}{'  locked' if policy.has_locked(key) else ''}"
        for key, place in named.items()
    ]
    vain = [f"{each.place.path}:{each.place.line}: `{each.key}` does not count here." for each in policy.overruled]
    return "".join(f"{line}\n" for line in (lines or ["Nothing is demanded."]) + ([""] if vain else []) + vain)
