"""The floor plan: builds every room once and joins them."""

from __future__ import annotations

import asyncio
import logging
import re
import sys
from collections.abc import AsyncGenerator, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
import structlog
import uvicorn
from starlette.applications import Starlette

from ghapp import web
from ghapp.agreements import Agreements
from ghapp.github import Telephone
from ghapp.inbox import Inbox, StoreDown, Worker
from ghapp.review.catching_up import CatchingUp
from ghapp.review.reviewer import Reviewer
from ghapp.review.workbench import Workbench
from ghapp.settings import Settings, SettingsError

log = structlog.stdlib.get_logger("ghapp")

_SECRET = re.compile(r"(gh[a-z]_|github_pat_)[A-Za-z0-9._-]{8,}|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9._-]+")
"""Tokens and JWTs. Installation tokens hold dots, dashes and underscores: a shorter pattern would leave most of one."""


def create_app(settings: Settings, *, transport: httpx.AsyncBaseTransport | None = None) -> Starlette:
    """The server: receives, stores and answers while its lifespan lasts. `transport`: to GitHub, not the network."""
    inbox, agreements = Inbox(settings.database_url), Agreements(settings.database_url)
    address = f"http://{settings.host}:{settings.port}"

    @asynccontextmanager
    async def desk() -> AsyncGenerator[Reviewer]:
        telephone = Telephone(
            settings.app, settings.private_key, settings.github_url, transport, settings.writes_a_minute
        )
        workbench = Workbench()
        await workbench.open()
        catching_up = CatchingUp(telephone, web.ANSWERED, settings.catch_up_seconds)
        looking = asyncio.create_task(catching_up.run()) if settings.catch_up_seconds else None
        try:
            pages = f"{settings.public_url or address}/rules"
            yield Reviewer(telephone, workbench, agreements, pages, settings.webhook_secrets)
        finally:
            if looking is not None:
                looking.cancel()
            await workbench.close()
            await telephone.aclose()

    worker = Worker(settings.database_url, settings.executor, desk)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[None]:
        await asyncio.to_thread(inbox.open)
        await asyncio.to_thread(agreements.open)
        await asyncio.to_thread(worker.start)
        try:
            yield
        finally:
            await asyncio.to_thread(worker.stop)
            await asyncio.to_thread(agreements.close)
            await asyncio.to_thread(inbox.close)

    async def ready() -> bool:
        return worker.alive and await inbox.ready()

    return Starlette(
        routes=web.routes(settings.webhook_secrets, inbox.put, ready),
        lifespan=lifespan,
        max_body_size=web.MAX_BODY_BYTES,
    )


def serve(settings: Settings | None = None) -> None:
    """Runs the server until it is told to stop. Ends the process with the reason if it cannot start."""
    settings = settings or _settings()
    configure_logs(settings)
    log.info("serving", host=settings.host, port=settings.port, github=settings.github_url)
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )


def replay(guid: str) -> int:
    """Has a failed delivery answered once more, by the server that runs or will. Gives the exit status."""

    async def rewind(inbox: Inbox) -> None:
        await asyncio.to_thread(inbox.open)
        try:
            await inbox.replay(guid)
        finally:
            await asyncio.to_thread(inbox.close)

    try:
        asyncio.run(rewind(Inbox(_settings().database_url)))
    except (LookupError, StoreDown) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"Delivery {guid} will be answered once more.\n")
    return 0


def configure_logs(settings: Settings) -> None:
    """One line for each thing that happens, whoever says it: JSON, or text for people. No token gets through."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if settings.log_json:
        last = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    else:
        last = [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last, redact],
        )
    )
    logging.basicConfig(handlers=[handler], level=settings.log_level.upper(), force=True)
    for chatty in ("httpx", "httpcore", "uvicorn.error", "githubkit"):
        logging.getLogger(chatty).setLevel("WARNING")
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def redact(_: Any, __: str, line: MutableMapping[str, Any] | str) -> str:
    """The finished line without tokens."""
    return _SECRET.sub("[redacted]", str(line))


def _settings() -> Settings:
    try:
        return Settings.from_env()
    except SettingsError as error:
        raise SystemExit(str(error)) from None
