"""The front side of the inbox: puts deliveries into the store. Knows nothing of who answers them."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from dbos import DBOS, DBOSClient, EnqueueOptions, WorkflowSerializationFormat, WorkflowStatus
from sqlalchemy import Engine, event
from sqlalchemy.engine import make_url

from ghapp.inbox.delivery import Delivery

APPLICATION = "ghapp"
QUEUE = "deliveries"
WORKFLOW = "answer"
PORTABLE = WorkflowSerializationFormat.PORTABLE  # JSON: DBOS would store pickles
PUT_SECONDS = 5.0  # GitHub hangs up after ten
WAITING = ("ENQUEUED", "DELAYED", "PENDING")
FAILED = ("ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")


class StoreDown(Exception):  # noqa: N818 - says what is so
    """The store cannot be reached; nothing was stored."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A delivery that was given up because of an error of ours."""

    delivery: Delivery
    at: datetime
    error: str


class Inbox:
    """Every delivery once, none lost. `database_url`: `sqlite:///file` or `postgresql://…`."""

    def __init__(self, database_url: str) -> None:
        self.database_url = database_url
        self._client: DBOSClient | None = None

    def open(self) -> None:
        """Creates or migrates the store's tables, and connects. Blocks for some tenths of a second."""
        _hush()
        _write_ahead(self.database_url)
        DBOS.migrate(self.database_url)
        self._client = DBOSClient(
            system_database_url=self.database_url,
            application_name=APPLICATION,
            retry_connection_errors=False,  # a store that is down is an error, not a wait
        )
        self._client.register_queue(
            QUEUE,
            partition_concurrency=2,  # for each installation: a noisy one leaves room for the others
            worker_concurrency=16,
            polling_interval_sec=0.1,
        )

    def close(self) -> None:
        if self._client is not None:
            self._client.destroy()
            self._client = None

    @property
    def client(self) -> DBOSClient:
        if self._client is None:
            raise StoreDown("The inbox is not open.")
        return self._client

    async def put(self, delivery: Delivery) -> None:
        """Stores the delivery; one that was stored before stays as it is. Raises StoreDown."""
        try:
            async with asyncio.timeout(PUT_SECONDS):
                await self.client.enqueue_async(row(delivery, delivery.guid), delivery.to_json())
        except Exception as error:  # whatever the driver raises
            raise StoreDown(f"{type(error).__name__}: {error}") from error

    async def ready(self) -> bool:
        """Whether deliveries can be stored."""
        try:
            async with asyncio.timeout(PUT_SECONDS):
                await self.client.check_connection_async()
        except Exception:
            return False
        return True

    async def waiting(self) -> list[Delivery]:
        """The deliveries that are not answered yet, oldest first; at most 1,000."""
        return [stored(each) for each in await self._list(WAITING, 1000)]

    async def failed(self) -> list[Failure]:
        """The deliveries that were given up, newest first; at most 100."""
        found = await self._list(FAILED, 100, newest_first=True)
        return [
            Failure(stored(each), datetime.fromtimestamp((each.updated_at or 0) / 1000, UTC), str(each.error or ""))
            for each in found
        ]

    async def replay(self, guid: str) -> None:
        """Has a delivery answered once more. Raises LookupError for an unknown one and for one under way."""
        found = await self.client.list_workflows_async(workflow_ids=[guid], load_input=False, load_output=False)
        if not found:
            raise LookupError(f"No delivery {guid} is stored.")
        if found[0].status in WAITING:
            raise LookupError(f"Delivery {guid} is under way; only one that has ended can be replayed.")
        await self.client.rewind_workflow_async(guid)

    async def _list(self, status: tuple[str, ...], limit: int, *, newest_first: bool = False) -> list[WorkflowStatus]:
        return await self.client.list_workflows_async(
            status=list(status), name=WORKFLOW, limit=limit, sort_desc=newest_first
        )


def row(delivery: Delivery, id: str, *, delay: float | None = None) -> EnqueueOptions:  # noqa: A002
    """How a delivery stands in the queue. `delay`: seconds before its turn may come."""
    options: EnqueueOptions = {
        "queue_name": QUEUE,
        "workflow_name": WORKFLOW,
        "workflow_id": id,
        # One noisy installation shall not delay the others. Without a key, DBOS would never run the delivery.
        "queue_partition_key": str(delivery.installation),
        "authenticated_user": delivery.subject,  # the one searchable column that DBOS leaves to its users
        "serialization_type": PORTABLE,
    }
    if delay is not None:
        options["delay_seconds"] = delay
    return options


def stored(status: WorkflowStatus) -> Delivery:
    """The delivery that a row of the store holds."""
    return Delivery.from_json(cast("dict[str, Any]", (status.input or {"args": ({},)})["args"][0]))


def _write_ahead(database_url: str) -> None:
    """DBOS leaves SQLite in rollback-journal mode, in which a slow disk makes writes wait for seconds."""
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite":
        return
    connection = sqlite3.connect(str(url.database))
    try:
        connection.execute("PRAGMA journal_mode=WAL")
    finally:
        connection.close()


@event.listens_for(Engine, "connect")
def _clock(connection: object, _: object) -> None:  # pyright: ignore[reportUnusedFunction]
    """From Python 3.12 on, DBOS asks SQLite for `unixepoch('subsec')`, which SQLite before 3.42 (Debian 12) lacks."""
    if isinstance(connection, sqlite3.Connection) and sqlite3.sqlite_version_info < (3, 42):
        connection.create_function("unixepoch", 1, _seconds)


def _seconds(_: str) -> float:
    return time.time()


def _hush() -> None:
    """DBOS tells every step of its own, at every start that SQLite is for development only (our crash test is why we
    differ), and past everybody else's handlers unless it finds one."""
    dbos_log = logging.getLogger("dbos")
    dbos_log.setLevel(logging.WARNING)
    if not dbos_log.handlers:
        dbos_log.addHandler(logging.NullHandler())
    dbos_log.addFilter(_worth_saying)


def _worth_saying(record: logging.LogRecord) -> bool:
    return "SQLite" not in record.getMessage()
