"""Where snapshots are judged: processes of their own, because the work is all CPU and the files come from strangers.

A process that takes too long or dies is replaced, and only its own snapshot suffers. It knows no secret: its
environment is empty. It ends when its parent does, however that ends, because then its input ends.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import resource
import struct
import sys
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from typing import Any, BinaryIO, cast

from ghapp.pipeline.memory import spare_garbage
from ghapp.review.judge import Verdict, judge
from ghapp.review.snapshot import Snapshot

SECONDS = 30.0
MEMORY_BYTES = 2 << 30
USES = 500  # then a fresh process takes over, whatever the parsers may have leaked
START = "import sys; sys.path[:] = {path!r}; from ghapp.review.workbench import serve; serve()"

_LENGTH = struct.Struct("!Q")


class Overrun(Exception):  # noqa: N818 - the files', not ours
    """The files took too much time or memory."""


class Workbench:
    """Judges up to `places` snapshots at a time. Belongs to the event loop in which it is used."""

    def __init__(self, places: int | None = None, seconds: float = SECONDS) -> None:
        self._places = places or os.cpu_count() or 1
        self._seconds = seconds
        self._idle: asyncio.Queue[_Worker | None] = asyncio.Queue()
        for _ in range(self._places):
            self._idle.put_nowait(None)

    async def open(self) -> None:
        """Starts the first process, so that the first pull request need not wait for it."""
        await self._idle.get()
        self._idle.put_nowait(await _Worker.start())

    async def judge(self, snapshot: Snapshot, pages: str, delivery: str) -> Verdict:
        """As `judge.judge`. Raises Overrun, or what the judging raised."""
        worker = await self._idle.get()
        try:
            worker = worker or await _Worker.start()
            async with asyncio.timeout(self._seconds):
                done, result = await worker.call((snapshot, pages, delivery))
        except (TimeoutError, OSError, asyncio.IncompleteReadError) as error:
            await self._discard(worker)
            worker = None
            raise Overrun(f"The analysis did not end within {self._seconds:.0f} s and 2 GiB.") from error
        except BaseException:
            await self._discard(worker)
            worker = None
            raise
        finally:
            self._idle.put_nowait(worker if worker is None or worker.uses < USES else await self._discard(worker))
        if not done:
            raise result
        return result

    async def close(self) -> None:
        for _ in range(self._places):
            await self._discard(await self._idle.get())

    async def _discard(self, worker: _Worker | None) -> None:
        if worker is not None:
            await worker.end()


class _Worker:
    def __init__(self, process: Process) -> None:
        self._process = process
        self.uses = 0

    @classmethod
    async def start(cls) -> _Worker:
        program = START.format(path=sys.path)
        return cls(
            await asyncio.create_subprocess_exec(
                sys.executable, "-c", program, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env={}
            )
        )

    async def call(self, arguments: tuple[Any, ...]) -> tuple[bool, Any]:
        self.uses += 1
        stdin, stdout = cast("StreamWriter", self._process.stdin), cast("StreamReader", self._process.stdout)
        data = pickle.dumps(arguments)
        stdin.write(_LENGTH.pack(len(data)) + data)
        await stdin.drain()
        (length,) = _LENGTH.unpack(await stdout.readexactly(_LENGTH.size))
        return pickle.loads(await stdout.readexactly(length))  # noqa: S301 - our own process

    async def end(self) -> None:
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.communicate()


def serve() -> None:
    """The process's life: judges what comes in until nothing comes any more."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    source, target = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing that is printed may get between
    spare_garbage()
    while arguments := _received(source):
        try:
            result: tuple[bool, Any] = (True, judge(*arguments))
        except Exception as error:
            result = (False, RuntimeError(f"{type(error).__name__}: {error}"))
        data = pickle.dumps(result)
        target.write(_LENGTH.pack(len(data)) + data)
        target.flush()


def _received(source: BinaryIO) -> Any:
    head = source.read(_LENGTH.size)
    return pickle.loads(source.read(_LENGTH.unpack(head)[0])) if len(head) == _LENGTH.size else None  # noqa: S301
