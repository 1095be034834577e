"""The App's telephone: who it is, its connections, its tokens.

githubkit signs the App's JWT and keeps the protocol; what it leaves to its users is settled here: one shared transport
(it would make a client, and a TLS context, for every call), finite timeouts, no HTTP cache (contents are read by their
SHA), one token at a time for each repository (twenty cold requests would mint twenty), and retries by our own rules.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import httpx
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from githubkit import AppAuthStrategy, GitHub, TokenAuthStrategy
from githubkit.cache import MemCacheStrategy
from githubkit.throttling import LocalThrottler

from ghapp.github.budget import Budget
from ghapp.github.errors import Refused
from ghapp.github.line import PERMISSIONS, Line, send
from ghapp.github.shared import SharedFiles

RANKS = ("read", "write", "admin")

FRESH_SECONDS = 300  # a token is not used in its last minutes
PARTIAL_SECONDS = 10.0  # one that may not do all it should: somebody may grant the rest at any moment
KEPT_TOKENS = 1000
DENIED_SECONDS = 3600  # so long an installation is not asked again for what it does not grant
KEPT_BYTES = 32 << 20
USER_AGENT = "ghapp"


Granted = frozenset[tuple[str, str]]
Key = tuple[int, int, Granted]


class _Kept(httpx.AsyncBaseTransport):
    """One pool of connections for all: githubkit makes a client for each call, and closes it."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self.inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Nothing: the telephone closes it."""


@dataclass(frozen=True, slots=True)
class Access:
    """A token that works for one repository, as a client. The token itself is never logged or stored."""

    client: GitHub[TokenAuthStrategy]
    until: float


class Telephone:
    """Calls GitHub as the App `app` (client id or numeric id). Belongs to the event loop in which it is used.

    `api_url`: the root of the REST API. `transport`: instead of the network. `writes_a_minute`: for each installation.
    """

    def __init__(
        self,
        app: str,
        private_key: str,
        api_url: str,
        transport: httpx.AsyncBaseTransport | None = None,
        writes_a_minute: int = 50,
    ) -> None:
        self.app = app
        self.transport = transport or httpx.AsyncHTTPTransport(
            verify=ssl.create_default_context(), limits=httpx.Limits(max_connections=64, keepalive_expiry=60)
        )
        # githubkit hands the key to PyJWT, which parses a PEM anew for every token (58 ms) but takes a key as it is.
        key = cast("str", load_pem_private_key(private_key.encode(), password=None))
        self.client = GitHub(
            AppAuthStrategy(app, key),
            base_url=api_url,
            user_agent=USER_AGENT,
            timeout=httpx.Timeout(20, connect=5),
            trust_env=False,
            follow_redirects=False,  # a client would repeat a redirected POST as a GET
            http_cache=False,
            cache_strategy=MemCacheStrategy(),  # the default is shared by all apps of the process
            throttler=LocalThrottler(64),
            auto_retry=False,
            async_transport=_Kept(self.transport),
        )
        self.own = Line(self, 0, 0, "")  # for what is asked as the App itself, of no repository
        self.contents = Contents(KEPT_BYTES)
        self.shared = SharedFiles()
        self._access = OrderedDict[Key, Access]()
        self._minting: dict[Key, asyncio.Lock] = {}
        self._denied: dict[tuple[int, Granted], float] = {}
        self._writes_a_minute = writes_a_minute
        self._budgets: dict[int, Budget] = {}

    def installation(self, id: int, repository: int, name: str) -> Line:  # noqa: A002 - GitHub's word
        """A line to the repository `name` (`owner/name`) with the id `repository`, as the installation `id`."""
        return Line(self, id, repository, name)

    def budget(self, installation: int) -> Budget:
        """What may be written for the installation."""
        if installation not in self._budgets:
            self._budgets = {each: budget for each, budget in self._budgets.items() if not budget.idle}
        return self._budgets.setdefault(installation, Budget(self._writes_a_minute))

    async def access(self, line: Line, *, renew: bool = False) -> Access:
        """A token for the line's repository and permissions, minted if need be."""
        key = (line.installation, line.repository, frozenset(line.permissions.items()))
        async with self._minting.setdefault(key, asyncio.Lock()):
            access = self._access.get(key)
            if access is None or renew or access.until < time.time():
                access = self._access[key] = await self._mint(line)
                while len(self._access) > KEPT_TOKENS:
                    self._minting.pop(self._access.popitem(last=False)[0], None)
            self._access.move_to_end(key)
            return access

    async def _mint(self, line: Line) -> Access:
        wanted = (line.installation, frozenset(line.permissions.items()))
        if self._denied.get(wanted, 0) > time.time():
            raise Refused(422, "the installation does not grant it, as it said before")
        try:
            answer = await self._minted(line, line.permissions)
        except Refused as refusal:
            if refusal.status != 422 or "permissions" not in refusal.reason:
                raise
            if line.permissions != PERMISSIONS:
                self._denied[wanted] = time.time() + DENIED_SECONDS
                raise
            answer = await self._minted(line, await self._granted(line))  # better said in a check than not at all
            return self._by_token(answer["token"], time.time() + PARTIAL_SECONDS)
        return self._by_token(answer["token"], datetime.fromisoformat(answer["expires_at"]).timestamp() - FRESH_SECONDS)

    def _by_token(self, token: str, until: float) -> Access:
        return Access(GitHub(TokenAuthStrategy(token), config=self.client.config), until)

    async def _minted(self, line: Line, permissions: Mapping[str, str]) -> Any:
        name = line.name.partition("/")[2]
        which = {"repository_ids": [line.repository]} if line.repository else {"repositories": [name]}
        body = {**which, "permissions": {**permissions}}
        path = f"/app/installations/{line.installation}/access_tokens"
        return await send(line, self.client, "POST", path, body=body, repeatable=True)  # a spare token harms nobody

    async def _granted(self, line: Line) -> dict[str, str]:
        """What the organisation has granted of what is needed."""
        answer = await send(line, self.client, "GET", f"/app/installations/{line.installation}", repeatable=True)
        granted: dict[str, str] = answer["permissions"]
        return {each: min(PERMISSIONS[each], granted[each], key=RANKS.index) for each in PERMISSIONS if each in granted}

    async def aclose(self) -> None:
        await self.transport.aclose()


class Contents:
    """File contents by repository and SHA, which never change; when `limit` bytes are full, the oldest go."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._size = 0
        self._kept = OrderedDict[tuple[int, str], bytes]()

    def get(self, repository: int, sha: str) -> bytes | None:
        data = self._kept.get((repository, sha))
        if data is not None:
            self._kept.move_to_end((repository, sha))
        return data

    def put(self, repository: int, sha: str, data: bytes) -> None:
        if (repository, sha) not in self._kept:
            self._kept[repository, sha] = data
            self._size += len(data)
        while self._size > self.limit:
            self._size -= len(self._kept.popitem(last=False)[1])
