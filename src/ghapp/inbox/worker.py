"""The back side of the inbox: takes deliveries out of the store and has them answered, once each.

DBOS keeps its workflows in one table of the process, so one process has one worker. It runs in a thread with an event
loop of its own: DBOS adopts the loop it is launched in, and answering must never delay the receiver.
"""

from __future__ import annotations

import asyncio
import threading
import weakref
from collections.abc import Callable, Generator
from contextlib import AbstractAsyncContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from dbos import DBOS

from ghapp.inbox.delivery import Call, Delivery, Desk, Instead, Later
from ghapp.inbox.store import APPLICATION, PORTABLE, QUEUE, WORKFLOW, row, stored

ANSWER_SECONDS = 300.0
ATTEMPTS = 12
AT_ONCE = 16
RECOVERIES = 60  # how often a delivery may be there when the process dies; files are judged in another one
KEPT = timedelta(days=9)  # GitHub redelivers for 3 days, GHES for 7; a row that is gone is no longer known as seen
SWEEP_SECONDS = 3600.0
CLOCKS_DIFFER = timedelta(minutes=10)

log = structlog.stdlib.get_logger("ghapp.inbox")


class Worker:
    """Answers what is in the store, from `start` to `stop`.

    `desk` is opened and closed in the worker's own event loop. `executor`: the name under which unfinished deliveries
    are taken up again after a restart. `kept`: how long an answered delivery is remembered.
    """

    def __init__(
        self,
        database_url: str,
        executor: str,
        desk: Callable[[], AbstractAsyncContextManager[Desk]],
        kept: timedelta = KEPT,
    ) -> None:
        self._config = {
            "name": APPLICATION,
            "system_database_url": database_url,
            "executor_id": executor,
            "application_version": "1",  # DBOS's default hashes our source: a new release would abandon what waits
            "max_executor_threads": 64,
            "log_level": "WARNING",
        }
        self._open_desk = desk
        self._kept = kept
        self._places = asyncio.Semaphore(AT_ONCE)  # what is taken up after a crash heeds no limit of the queue
        self._locks = weakref.WeakValueDictionary[str, asyncio.Lock]()
        self._running = 0
        self._started = threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="ghapp-worker", daemon=True)

    def start(self) -> None:
        """Returns when the worker is at work. Raises what kept it from starting."""
        self._thread.start()
        self._started.wait()
        if self._error is not None:
            raise self._error

    def stop(self) -> None:
        """Lets what is running end, for at most twenty seconds. The rest is taken up at the next start."""
        if self.alive:
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        except BaseException as error:
            if self._started.is_set():
                log.exception("the worker died")
            self._error = error
        finally:
            self._started.set()

    async def _main(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        async with self._open_desk() as self._desk:
            with _at_work(self):
                DBOS(config=self._config)  # pyright: ignore[reportArgumentType] - a literal of DBOSConfig's shape
                try:
                    DBOS.launch()
                    sweeper = asyncio.create_task(_sweep(self._kept))
                    self._started.set()
                    await self._stop.wait()
                    sweeper.cancel()
                finally:
                    await asyncio.to_thread(DBOS.destroy, workflow_completion_timeout_sec=20 if self._running else 0)

    async def attend(self, delivery: Delivery, *, again: bool) -> dict[str, Any]:
        """Has one delivery answered. Gives the account, or `{"later": seconds}`, or `{"instead": deliveries}`."""

        async def superseded(head: str = "") -> bool:
            return await _superseded(delivery, head)

        async def alone() -> bool:
            known = await DBOS.list_workflows_async(user=delivery.subject, load_input=False, load_output=False, limit=2)
            return len(known) < 2

        call = Call(delivery, again, superseded, alone)
        self._running += 1
        try:
            lock = self._locks.setdefault(delivery.subject, asyncio.Lock())
            async with lock, self._places, asyncio.timeout(ANSWER_SECONDS):
                return dict(await self._desk.answer(call))
        except Later as later:
            if delivery.attempt < ATTEMPTS:
                return {"later": later.seconds}
            await self._apologise(call, later)
            raise
        except Instead as instead:
            return {"instead": [each.to_json() for each in instead.deliveries]}
        except Exception as error:  # the one broad net: whatever is wrong with us, people get an answer
            await self._apologise(call, error)
            raise
        finally:
            self._running -= 1

    async def _apologise(self, call: Call, error: Exception) -> None:
        log.exception("delivery failed", delivery=call.delivery.guid)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._desk.apologise(call, error)
        except Exception:
            log.exception("could not apologise", delivery=call.delivery.guid)


_worker: Worker | None = None


@contextmanager
def _at_work(worker: Worker) -> Generator[None]:
    global _worker  # DBOS calls module-level functions
    if _worker is not None:
        raise RuntimeError("A process has one worker.")
    _worker = worker
    try:
        yield
    finally:
        _worker = None


@DBOS.workflow(name=WORKFLOW, max_recovery_attempts=RECOVERIES, serialization_type=PORTABLE)
async def answer(stored_delivery: dict[str, Any]) -> dict[str, Any]:
    """One delivery: answered in one step, which bears repetition; if it must wait, a continuation takes its place."""
    account = await attempt(stored_delivery)
    if "later" in account:
        following = Delivery.from_json(stored_delivery).continuation()
        await _enqueue(following, f"{following.guid}~{following.attempt}", account["later"])
    for each in map(Delivery.from_json, account.get("instead", ())):
        await _enqueue(each, each.guid)
    return account


async def _enqueue(delivery: Delivery, id: str, delay: float | None = None) -> None:  # noqa: A002
    await DBOS.enqueue_workflow_with_options_async(row(delivery, id, delay=delay), delivery.to_json())


@DBOS.step()
async def attempt(stored_delivery: dict[str, Any]) -> dict[str, Any]:
    delivery = Delivery.from_json(stored_delivery)
    if _worker is None or DBOS.workflow_id is None:
        raise RuntimeError("Deliveries are answered by a worker.")
    # Asked within the step: in the workflow itself, DBOS would remember the answer of the first try.
    status = await DBOS.get_workflow_status_async(DBOS.workflow_id)
    tries = (status.recovery_attempts or 1) if status is not None else 1
    replayed = status is not None and status.queue_name != QUEUE  # DBOS puts what is rewound into a queue of its own
    return await _worker.attend(delivery, again=tries > 1 or replayed or delivery.attempt > 1)


async def _superseded(delivery: Delivery, head: str) -> bool:
    since = datetime.fromtimestamp(delivery.received, UTC) - CLOCKS_DIFFER
    found = await DBOS.list_workflows_async(
        user=delivery.subject, start_time=since.isoformat(), load_output=False, sort_desc=True, limit=100
    )
    others = [stored(each) for each in found]
    return any(each.supersedes(delivery) or (each.brings(head) and each.version != delivery.version) for each in others)


async def _sweep(kept: timedelta) -> None:
    """Forgets what ended long ago; DBOS itself keeps everything for ever."""
    while True:
        before = (datetime.now(UTC) - kept).isoformat()
        while old := await DBOS.list_workflows_async(
            completed_before=before, load_input=False, load_output=False, limit=500
        ):
            await DBOS.delete_workflows_async([each.workflow_id for each in old])
        await asyncio.sleep(SWEEP_SECONDS)
