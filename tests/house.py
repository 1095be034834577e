"""The whole house on one machine: the real app, a real SQLite file, and the demo's GitHub behind a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette

from ghapp.app import create_app
from ghapp.demo.github import GitHub, Pull, Repository, serve
from ghapp.inbox import Inbox
from ghapp.settings import Settings

CI = ".github/workflows/ci.yml"

WORKFLOW = """\
on: push
jobs:
  build:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v5
      - run: make
"""

FINDING = """\
on: push
jobs:
  build:
    runs-on: ubuntu-22.04
    steps:
      - uses: actions/checkout@v5
      - run: terraform validate
"""
"""One finding, in line 7, that a suggestion mends."""


TERRAFORM = 'resource "aws_s3_bucket" "logs" {}\n'


def settings_for(github: GitHub, url: str, directory: Path, **other: Any) -> Settings:
    fields: dict[str, Any] = {
        "app": github.app.client_id,
        "private_key": github.app.private_key,
        "webhook_secrets": (github.webhook_secret,),
        "database_url": f"sqlite:///{directory / 'inbox.db'}",
        "github_url": url,
        "public_url": "https://ghapp.test",
        "writes_a_minute": 100_000,  # all of a house's repositories are of one installation
        "catch_up_seconds": 0,  # other tests count what is asked of GitHub
    }
    return Settings(**{**fields, **other})


class House:
    """`github` is the world, `inbox` the store of the app that answers it."""

    def __init__(self, github: GitHub, app: Starlette, settings: Settings, inbox: Inbox) -> None:
        self.github = github
        self.app = app
        self.settings = settings
        self.inbox = inbox
        self._names = count(1)

    async def settle(self, concurrency: int = 1) -> None:
        """Delivers what waits, and waits until everything is answered."""
        await self.github.deliver(concurrency)
        await self.idle()

    async def idle(self, seconds: float = 30) -> None:
        async with asyncio.timeout(seconds):
            while await self.inbox.waiting():  # noqa: ASYNC110 - a row, not an event
                await asyncio.sleep(0.05)

    def repository(self, files: dict[str, Any] | None = None, **options: Any) -> Repository:
        """A new repository; by default with a workflow in which nothing is wrong."""
        name = f"acme/shop-{next(self._names)}"
        return self.github.repository(name, files=files or {CI: WORKFLOW, "main.tf": TERRAFORM}, **options)

    async def pull_request(
        self, files: dict[str, Any] | None = None, repository: Repository | None = None, *, deletes: Iterable[str] = ()
    ) -> Pull:
        """A pull request that changes these files, answered."""
        repository = repository or self.repository()
        repository.commit(files or {}, branch="feature", deletes=deletes)
        pull = repository.pull_request(head="feature", title="A change")
        await self.settle()
        return pull


@asynccontextmanager
async def open_house(directory: Path, *, api: str = "", **other: Any) -> AsyncGenerator[House]:
    """`api`: the path of the REST API, `/api/v3` for a GitHub Enterprise Server."""
    github = GitHub(webhook_url="http://ghapp.test/webhook")
    with serve(github.asgi) as url:
        settings = settings_for(github, url + api, directory, **other)
        app = create_app(settings)
        github.webhooks.transport = httpx.ASGITransport(app)
        inbox = Inbox(settings.database_url)
        await asyncio.to_thread(inbox.open)
        async with app.router.lifespan_context(app):
            yield House(github, app, settings, inbox)
        await asyncio.to_thread(inbox.close)
        assert not github.violations
