"""The whole house on one machine: the real app, a real SQLite file, and the demo's GitHub behind a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette

from ghapp.app import create_app
from ghapp.demo.github import GitHub, Pull, Repository, serve
from ghapp.inbox import Inbox
from ghapp.settings import Settings

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
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v5
      - uses: actions/cache@v4
        with:
          path: node_modules
          key: npm-${{ hashFiles('**/package-lock.jsn') }}
      - run: npm ci
"""
"""Its key hashes a file that the repository does not have: one finding."""


def settings_for(github: GitHub, url: str, directory: Path, **other: Any) -> Settings:
    fields: dict[str, Any] = {
        "app": github.app.client_id,
        "private_key": github.app.private_key,
        "webhook_secrets": (github.webhook_secret,),
        "database_url": f"sqlite:///{directory / 'inbox.db'}",
        "github_url": url,
        "public_url": "https://ghapp.test",
    }
    return Settings(**{**fields, **other})


class House:
    def __init__(self, github: GitHub, app: Starlette, settings: Settings) -> None:
        self.github = github
        self.app = app
        self.settings = settings

    async def settle(self) -> None:
        """Delivers what waits, and waits until everything is answered."""
        await self.github.deliver()
        await self.idle()

    async def idle(self) -> None:
        inbox = Inbox(self.settings.database_url)
        await asyncio.to_thread(inbox.open)
        async with asyncio.timeout(30):
            while await inbox.waiting():  # noqa: ASYNC110 - a row, not an event
                await asyncio.sleep(0.05)
        await asyncio.to_thread(inbox.close)

    def repository(self, files: dict[str, str] | None = None, **options: Any) -> Repository:
        return self.github.repository("acme/shop", files=files or {".github/workflows/ci.yml": WORKFLOW}, **options)


@asynccontextmanager
async def open_house(directory: Path, *, api: str = "", **other: Any) -> AsyncGenerator[House]:
    """`api`: the path of the REST API, `/api/v3` for a GitHub Enterprise Server."""
    github = GitHub(webhook_url="http://ghapp.test/webhook")
    with serve(github.asgi) as url:
        settings = settings_for(github, url + api, directory, **other)
        app = create_app(settings)
        github.webhooks.transport = httpx.ASGITransport(app)
        async with app.router.lifespan_context(app):
            yield House(github, app, settings)
        assert not github.violations


async def changed(house: House, files: dict[str, str], base: dict[str, str] | None = None) -> Pull:
    """A pull request with these files, delivered and answered."""
    repo = house.repository(base)
    repo.commit(files, branch="feature")
    pull = repo.pull_request(head="feature", title="A change")
    await house.settle()
    return pull
