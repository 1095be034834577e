"""What people agreed to ignore: an ignore by reply holds for a finding in a repository. Kept beside the inbox."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Date,
    Double,
    MetaData,
    Select,
    String,
    Table,
    Text,
    create_engine,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.schema import CreateTable

T = TypeVar("T")

BUSY_SECONDS = 10.0  # the inbox writes into the same file, which it has put into write-ahead mode
LOCK = 0x6768617070  # PostgreSQL wants a number
MOST = 2000  # of one repository, the newest: who needs more is better served by the policy

_TABLE = Table(
    "agreements",
    MetaData(),
    Column("repository", BigInteger, primary_key=True, autoincrement=False),
    Column("fingerprint", String(64), primary_key=True),
    Column("rule", String(200), nullable=False),
    Column("path", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("pull", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Double, nullable=False),
    Column("until", Date),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Findings with this fingerprint are not reported in this repository, up to and including the day `until`.

    `repository` is its id, `name` its `owner/name` when it was agreed on, in the conversation of the pull request
    `pull`. `by`: a login. `at`: seconds since the epoch.
    """

    repository: int
    fingerprint: str
    rule: str
    path: str
    name: str
    pull: int
    reason: str
    by: str
    at: float
    until: date | None = None


class Agreements:
    """The store. `database_url`: `sqlite:///file` or `postgresql://…`. Belongs to no event loop or thread."""

    def __init__(self, database_url: str) -> None:
        url = make_url(database_url)
        if url.get_backend_name() == "sqlite":
            self._engine, self._insert = create_engine(url, connect_args={"timeout": BUSY_SECONDS}), sqlite.insert
        else:
            url = url.set(drivername="postgresql+psycopg")
            self._engine, self._insert = create_engine(url, pool_pre_ping=True), postgresql.insert

    def open(self) -> None:
        """Creates the table, unless it is there. Blocks."""
        with self._engine.begin() as connection:
            if self._engine.dialect.name == "postgresql":  # where IF NOT EXISTS fails when two create it at once
                connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
            connection.execute(CreateTable(_TABLE, if_not_exists=True))

    def close(self) -> None:
        self._engine.dispose()

    async def put(self, agreements: Iterable[Agreement]) -> None:
        """Keeps them, at least one; a newer one on the same finding takes the place of the older."""
        insert = self._insert(_TABLE)
        changed = {column.name: insert.excluded[column.name] for column in _TABLE.columns}
        upsert = insert.on_conflict_do_update(index_elements=list(_TABLE.primary_key), set_=changed)
        rows = [asdict(each) for each in agreements]
        await asyncio.to_thread(self._do, lambda connection: connection.execute(upsert, rows))

    async def drop(self, repository: int, fingerprints: Collection[str]) -> list[Agreement]:
        """Forgets those on these findings. Gives what there was."""
        those = (_TABLE.c.repository == repository) & _TABLE.c.fingerprint.in_(fingerprints)

        def forget(connection: Connection) -> list[Agreement]:
            found = _found(connection, _TABLE.select().where(those))
            connection.execute(_TABLE.delete().where(those))
            return found

        return await asyncio.to_thread(self._do, forget)

    async def of(self, repository: int) -> list[Agreement]:
        """Those of a repository, newest first; also those that have ended."""
        query = _TABLE.select().where(_TABLE.c.repository == repository).order_by(_TABLE.c.at.desc()).limit(MOST)
        return await asyncio.to_thread(self._do, lambda connection: _found(connection, query))

    async def every(self) -> list[Agreement]:
        """All there are, by repository, newest first."""
        query = _TABLE.select().order_by(_TABLE.c.name, _TABLE.c.at.desc())
        return await asyncio.to_thread(self._do, lambda connection: _found(connection, query))

    def _do(self, work: Callable[[Connection], T]) -> T:
        with self._engine.begin() as connection:
            return work(connection)


def _found(connection: Connection, query: Select[Any]) -> list[Agreement]:
    return [Agreement(**row) for row in connection.execute(query).mappings()]
