"""`ghapp ignores`: what people had ignored by a reply, for whoever runs the server."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime

import click

from ghapp.agreements import Agreement, Agreements
from ghapp.settings import Settings, SettingsError


def run(repository: str, remove: Sequence[str]) -> int:
    """Lists those of a repository (`owner/name`; all, if empty), or removes some of it. Gives the exit status."""
    try:
        agreements = Agreements(Settings.from_env().database_url)
    except SettingsError as error:
        raise SystemExit(str(error)) from None
    agreements.open()
    try:
        found = [each for each in asyncio.run(agreements.every()) if repository in ("", each.name)]
        return asyncio.run(_remove(agreements, found, remove)) if remove else _list(found)
    finally:
        agreements.close()


def _list(found: Sequence[Agreement]) -> int:
    today = datetime.now(UTC).date()
    for each in found:
        click.echo(f"{each.name}  {each.fingerprint}  {each.rule}  {each.path}{_end(each.until, today)}")
        click.echo(f"    {each.reason} ({each.by}, {datetime.fromtimestamp(each.at, UTC).date()}, pull {each.pull})")
    if not found:
        click.echo("Nothing is ignored by a reply.")
    return 0


def _end(until: date | None, today: date) -> str:
    return "" if until is None else f"  until {until}{' (over)' if until < today else ''}"


async def _remove(agreements: Agreements, found: Sequence[Agreement], remove: Sequence[str]) -> int:
    there = {each.fingerprint: each.repository for each in found}
    for fingerprint in remove:
        if fingerprint in there:
            await agreements.drop(there[fingerprint], [fingerprint])
            click.echo(f"{fingerprint} is no longer ignored; the next review reports it again.")
        else:
            click.echo(f"Nothing with the fingerprint {fingerprint} is ignored there.", err=True)
    return 0 if all(each in there for each in remove) else 1
