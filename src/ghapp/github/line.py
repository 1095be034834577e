"""A line to one repository: sends a call, and says in our words what became of it."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import httpx
from githubkit import GitHub
from githubkit.exception import RequestError, RequestFailed

from ghapp.github.errors import GitHubError, RateLimited, Refused, Uncertain

if TYPE_CHECKING:
    from ghapp.github.telephone import Telephone

VERSION = {"X-GitHub-Api-Version": "2022-11-28"}
"""Supported until 2028 at least, and by every GitHub Enterprise Server; 2026-03-10 only from GHES 3.21 on."""

USUAL_WRITES = 3
"""A check run is opened and completed, a review posted."""
PERMISSIONS = {"metadata": "read", "contents": "read", "checks": "write", "pull_requests": "write"}
"""What a token may do, unless more is asked for. The App's manifest asks for the same."""

PAUSES = (0.3, 1.5)  # seconds before a call is repeated
_NOTHING = {202: b"null", 204: b"null"}  # an answer that need not say more
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


@dataclass(slots=True)
class Calls:
    """How many there were, how many of them wrote, and how many more GitHub allows this hour."""

    count: int = 0
    writes: int = 0
    remaining: int | None = None


class Line:
    """What is said to one repository in the course of one delivery. Counts the calls. `repository` is its id, or 0.

    Every method may raise RateLimited, Refused or Uncertain. Reads are repeated when they fail; writes only when they
    were never sent.
    """

    def __init__(
        self,
        telephone: Telephone,
        installation: int,
        repository: int,
        name: str,
        permissions: Mapping[str, str] = PERMISSIONS,
        calls: Calls | None = None,
    ) -> None:
        self.telephone = telephone
        self.installation = installation
        self.repository = repository
        self.name = name
        self.permissions = permissions
        self.calls = calls or Calls()

    def asking(self, permissions: Mapping[str, str]) -> Line:
        """This line with a token that may do just that; Refused when the installation does not grant it."""
        return Line(self.telephone, self.installation, self.repository, self.name, permissions, self.calls)

    def beside(self, name: str, permissions: Mapping[str, str]) -> Line:
        """A line to another repository of the installation, by its name alone. Its calls count as this one's."""
        return Line(self.telephone, self.installation, 0, name, permissions, self.calls)

    @property
    def requests(self) -> int:
        return self.calls.count

    @property
    def rate_remaining(self) -> int | None:
        return self.calls.remaining

    @property
    def address(self) -> str:
        """Where people see the repository: the API's own host without `api.`, or beside `/api/v3`."""
        base = self.telephone.client.config.base_url
        host = base.netloc.decode().removeprefix("api.")
        return f"{base.scheme}://{host}{base.path.rstrip('/').removesuffix('/api/v3')}/{self.name}"

    def book(self, delivery: str) -> None:
        """Books what answering a delivery usually writes. Raises RateLimited when its turn has not come yet."""
        wait = self.telephone.budget(self.installation).book(delivery, USUAL_WRITES)
        if wait > 0:
            raise RateLimited(wait, "As much as may be is being written for this installation")

    def settle(self, delivery: str) -> None:
        """The delivery is answered, or will be booked anew."""
        self.telephone.budget(self.installation).settle(delivery, self.calls.writes)

    async def get(self, path: str, **params: str | int) -> Any:
        """`path` is relative to the repository. Nothing in it may come from a pull request but SHAs and numbers."""
        return await self._call("GET", f"/repos/{self.name}/{path}", params=params, repeatable=True)

    async def post(self, path: str, body: Mapping[str, Any]) -> Any:
        return await self._call("POST", f"/repos/{self.name}/{path}", body=body)

    async def patch(self, path: str, body: Mapping[str, Any]) -> Any:
        return await self._call("PATCH", f"/repos/{self.name}/{path}", body=body)

    async def graphql(self, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The data of a query. It may lack parts: GitHub answers in part when a query is too much for it."""
        return (await self._graphql(query, variables, repeatable=True, writes=False))[0]

    async def mutate(
        self, query: str, variables: Mapping[str, Any], *, repeatable: bool = False
    ) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The data and the errors of a mutation. `repeatable`: done twice, it does no more than done once."""
        return await self._graphql(query, variables, repeatable=repeatable, writes=True)

    async def _graphql(
        self, query: str, variables: Mapping[str, Any], **options: bool
    ) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        body = {"query": query, "variables": variables}
        answer = await self._call("POST", _graphql_url(self.telephone.client), body=body, **options)
        errors: list[dict[str, Any]] = answer.get("errors") or []
        if any(error.get("type") in ("RATE_LIMIT", "RATE_LIMITED") for error in errors):
            raise RateLimited(60)
        data = answer.get("data")
        if not data:
            raise Uncertain("; ".join(str(error.get("message")) for error in errors)[:500] or "an empty GraphQL answer")
        return data, errors

    def note(self, response: httpx.Response) -> None:
        if response.headers.get("x-ratelimit-resource", "core") == "core":
            remaining = response.headers.get("x-ratelimit-remaining", "")
            self.calls.remaining = int(remaining) if remaining.isdecimal() else self.calls.remaining

    async def _call(self, method: str, url: str, **options: Any) -> Any:
        self.calls.writes += options.pop("writes", not options.get("repeatable"))
        access = await self.telephone.access(self)
        try:
            return await send(self, access.client, method, url, **options)
        except Refused as refusal:
            if refusal.status != 401:
                raise
        access = await self.telephone.access(self, renew=True)  # revoked before its time
        return await send(self, access.client, method, url, **options)


async def send(
    line: Line,
    client: GitHub[Any],
    method: str,
    url: str,
    *,
    body: Mapping[str, Any] | None = None,
    params: Mapping[str, str | int] | None = None,
    repeatable: bool = False,
) -> Any:
    """The JSON of the answer. A `repeatable` call is tried three times. Raises GitHubError."""
    said, _ = await exchange(line, client, method, url, body=body, params=params, repeatable=repeatable)
    return said


async def exchange(
    line: Line,
    client: GitHub[Any],
    method: str,
    url: str,
    *,
    body: Mapping[str, Any] | None = None,
    params: Mapping[str, str | int] | None = None,
    repeatable: bool = False,
) -> tuple[Any, httpx.Response]:
    """As `send`; also gives the answer itself."""
    for pause in (*PAUSES, None):
        sent = True
        try:
            return await _once(line, client, method, url, body, params)
        except GitHubError as error:
            problem = error
        except RequestError as error:  # pyright: ignore[reportUnknownVariableType]
            cause = _unwrapped(error)  # pyright: ignore[reportUnknownArgumentType]
            sent = not isinstance(cause, NEVER_SENT)
            problem = Uncertain(f"{method} {url}: {type(cause).__name__}")
        if pause is None or not isinstance(problem, Uncertain) or (sent and not repeatable):
            raise problem
        await asyncio.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311 - to spread, not to hide
    raise AssertionError("the last pause is None")


async def _once(
    line: Line,
    client: GitHub[Any],
    method: str,
    url: str,
    body: Mapping[str, Any] | None,
    params: Mapping[str, str | int] | None,
) -> tuple[Any, httpx.Response]:
    for _ in range(3):  # a renamed repository redirects
        line.calls.count += 1
        try:
            answer = await client.arequest(  # pyright: ignore[reportUnknownMemberType]
                method, url, params=params, json=body, headers=VERSION
            )
        except RequestFailed as error:
            line.note(error.exc.response)
            raise _said_no(error.exc.response) from None
        response = answer.raw_response
        line.note(response)
        if response.next_request is None:
            try:
                return json.loads(response.content or _NOTHING.get(response.status_code, b"")), response
            except ValueError:
                raise Uncertain(f"{method} {url}: the answer is not JSON") from None
        if response.next_request.url.host != response.request.url.host:
            break
        next_url = response.next_request.url
        url, params = str(next_url), None if next_url.query else params
    raise Refused(301, "redirected elsewhere")


def _said_no(response: httpx.Response) -> GitHubError:
    reason = _reason(response)
    if response.status_code in (403, 429):
        seconds = _reset_in(response, reason)
        if seconds is not None:
            return RateLimited(seconds)
    if response.status_code >= 500:
        return Uncertain(f"GitHub answered {response.status_code}: {reason}")
    needed = response.headers.get("x-accepted-github-permissions")
    return Refused(response.status_code, f"{reason} (needs {needed})" if needed else reason)


def _reset_in(response: httpx.Response, reason: str) -> float | None:
    """Seconds to wait, or None for a refusal that is no rate limit."""
    after = response.headers.get("retry-after", "")
    if after.isdecimal():
        return float(after) + 1
    if response.headers.get("x-ratelimit-remaining") == "0":
        reset = response.headers.get("x-ratelimit-reset", "")
        return max(float(reset) - time.time(), 0) + 1 if reset.isdecimal() else 60
    return 60 if response.status_code == 429 or "rate limit" in reason.lower() else None


def _reason(response: httpx.Response) -> str:
    try:
        said = json.loads(response.content)
        return f"{said['message']} {json.dumps(said['errors'])}"[:500] if said.get("errors") else str(said["message"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return response.reason_phrase


def _unwrapped(error: BaseException) -> BaseException:
    """The cause: githubkit wraps whatever happens while it signs in, and wraps that again."""
    while isinstance(error, RequestError):
        error = cast("BaseException", error.exc)  # pyright: ignore[reportUnknownMemberType]
    return error


def _graphql_url(client: GitHub[Any]) -> str:
    """`/graphql`; on GitHub Enterprise Server `/api/graphql` beside `/api/v3`."""
    base = client.config.base_url
    path = base.path.rstrip("/")
    return str(base.copy_with(path=f"{path.removesuffix('/v3')}/graphql" if path.endswith("/api/v3") else "/graphql"))
