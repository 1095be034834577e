"""The wire: an ASGI app that takes a request apart, lets the world answer, and checks both against the OpenAPI."""

import asyncio
import hashlib
import json
import re
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from ghapp.demo.github.errors import Moved, Refused, not_found
from ghapp.demo.github.faults import Fault
from ghapp.demo.github.openapi import Operation, operations

if TYPE_CHECKING:
    from ghapp.demo.github.pull import Pull
    from ghapp.demo.github.repository import Repository
    from ghapp.demo.github.state import GitHub
    from ghapp.demo.github.tokens import Token

JSON = "application/json; charset=utf-8"
_BY_ID = re.compile(r"^/repositories/(\d{1,18})(?=/|$)")
MOST_PER_PAGE, USUAL_PER_PAGE = 100, 30


@dataclass
class Answer:
    """What a handler gives: JSON, or `raw` bytes with their media type."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict[str, str])
    raw: bytes | None = None
    media: str = JSON

    @property
    def bytes(self) -> bytes:
        if self.raw is not None:
            return self.raw
        return b"" if self.body is None else json.dumps(self.body).encode()


@dataclass
class Call:
    """One request as it is logged, and what its handler needs to know. `operation` is GitHub's operation id.

    `owner`: the account it is about, as far as it tells. `started`: when it came in, by `time.perf_counter`;
    `seconds`: how long the answer took.
    """

    github: "GitHub" = field(repr=False)
    operation: str
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str] = field(repr=False)
    raw: bytes = field(repr=False)
    params: dict[str, str] = field(default_factory=dict[str, str])
    described: Operation | None = field(default=None, repr=False)
    token: "Token | None" = field(default=None, repr=False)
    status: int = 0
    owner: str = ""
    started: float = 0
    seconds: float = 0
    link: str = ""
    origin: str = field(default="", repr=False)

    @property
    def body(self) -> Any:
        """The JSON that was sent; {} for none."""
        try:
            return json.loads(self.raw or b"{}")
        except ValueError:
            return {}

    @property
    def installation(self) -> int | None:
        return self.token.installation.id if self.token else None

    @property
    def repository(self) -> "Repository":
        """The repository in the path, or 404 when the token may not see it, or where it has moved."""
        wanted = f"{self.params['owner']}/{self.params['repo']}"
        found = self.github.named(wanted)
        if found is None or (self.token and found.private and not self.token.sees(found)):
            raise not_found()
        if found.full_name.lower() != wanted.lower():
            rest, query = self.path.removeprefix(f"/repos/{wanted}"), httpx.QueryParams(self.query)
            raise Moved(self.method, f"{self.origin}/repositories/{found.id}{rest}" + f"?{query}" * bool(query))
        return found

    @property
    def pull(self) -> "Pull":
        number = int(self.params.get("pull_number") or self.params["issue_number"])
        pull = self.repository.pulls.get(number)
        if pull is None:
            raise not_found()
        return pull

    def page(self, items: list[Any]) -> list[Any]:
        """The part of a list that was asked for; the Link header is set on the way."""
        size = max(1, min(int(self.query.get("per_page") or USUAL_PER_PAGE), MOST_PER_PAGE))
        page, last = max(1, int(self.query.get("page") or 1)), max(1, -(-len(items) // size))
        there = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
        wanted = {
            rel: number
            for rel, number in there.items()
            if (rel in ("prev", "first") and page > 1) or (rel in ("next", "last") and page < last)
        }
        self.link = ", ".join(f'<{self._url(page=number)}>; rel="{rel}"' for rel, number in wanted.items())
        return items[(page - 1) * size : page * size]

    def _url(self, **changed: int) -> str:
        query = httpx.QueryParams({**self.query, **changed})
        return f"{self.github.api_url}{self.path}?{query}"


Handler = Callable[[Call], Answer]


class Wire:
    def __init__(
        self, github: "GitHub", handlers: Mapping[str, "Handler"], authenticate: "Callable[[Call], None]"
    ) -> None:
        self.github, self._handlers, self._authenticate = github, handlers, authenticate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request, started = Request(scope, receive), time.perf_counter()
        call = self._read(request, await request.body())
        call.started = started
        self.github.calls.append(call)
        call.owner = self._owner(call)
        fault = self.github.faults.take(call.operation, call.owner)
        if self.github.latency:
            await asyncio.sleep(self.github.latency)
        if fault and fault.timeout == "before":
            await self._hang(request)
        answer = self._planned(fault) or self._answer(call)
        call.status, call.seconds = answer.status, time.perf_counter() - started
        if fault and fault.timeout == "after":
            await self._hang(request)
        await self._response(call, answer, fault)(scope, receive, send)

    def _read(self, request: Request, raw: bytes) -> Call:
        path = request.scope.get("raw_path", request.url.path.encode()).decode("ascii").partition("?")[0]
        query, headers = dict(request.query_params), dict(request.headers)
        if path in ("/graphql", "/api/graphql"):
            return Call(self.github, "graphql", request.method, path, query, headers, raw)
        path = path.removeprefix("/api/v3")
        path = _BY_ID.sub(self._by_name, path)
        origin = str(request.base_url).rstrip("/")
        for operation in operations():
            params = operation.match(path) if operation.method == request.method else None
            if params is not None:
                call = Call(self.github, operation.id, request.method, path, query, headers, raw, params, operation)
                call.origin = origin
                return call
        return Call(self.github, "unknown", request.method, path, query, headers, raw)

    def _by_name(self, found: re.Match[str]) -> str:
        """`/repositories/42` is where GitHub sends those who ask for a repository by a name that it had."""
        there = next((each for each in self.github.repositories.values() if each.id == int(found[1])), None)
        return f"/repos/{there.full_name}" if there else found[0]

    def _owner(self, call: Call) -> str:
        if owner := call.params.get("owner"):
            return owner
        token = self.github.tokens.issued.get(call.headers.get("authorization", "").partition(" ")[2])
        number = call.params.get("installation_id", "")
        installation = self.github.installations.get(int(number)) if number.isdecimal() else None
        installation = token.installation if token else installation
        return installation.account.login if installation else ""

    def _answer(self, call: Call) -> Answer:
        with self.github.lock:
            try:
                answer = self._handle(call)
            except Refused as refused:
                answer = Answer(refused.status, refused.json(), refused.headers)
            except Exception:
                self._violated(call, traceback.format_exc())
                answer = Answer(500, {"message": "this GitHub broke; see github.violations"})
        elsewhere = answer.status in (301, 307)  # any operation may answer so
        problems = call.described.answer_problems(answer.status, answer.bytes) if call.described else []
        if problems and not elsewhere and answer.raw is None and call.status != 500:
            self._violated(call, f"our answer {answer.status} is not GitHub's: {problems[:5]}")
            answer = Answer(500, {"message": f"this GitHub answered wrongly: {problems[:5]}"})
        return answer

    def _handle(self, call: Call) -> Answer:
        handler = self._handlers.get(call.operation)
        if handler is None:
            self._violated(call, "no such operation")
            raise Refused(500, f"this GitHub does not know {call.method} {call.path}")
        self._authenticate(call)
        problems = call.described.problems(list(call.query.items()), call.raw) if call.described else []
        if problems:
            self._violated(call, "; ".join(problems))
            raise Refused(422, "Invalid request.\n\n" + "\n".join(problems), [])
        return handler(call)

    def _violated(self, call: Call, problem: str) -> None:
        self.github.violations.append(f"{call.operation} {call.method} {call.path}: {problem}")

    def _planned(self, fault: Fault | None) -> Answer | None:
        if fault is None or fault.status is None:
            return None
        return Answer(fault.status, fault.body or {"message": "Server Error"}, dict(fault.headers))

    async def _hang(self, request: Request) -> None:
        if self.github.faults.hang:
            with suppress(TimeoutError):
                await asyncio.wait_for(request.receive(), self.github.faults.hang)  # until the client hangs up
        raise httpx.ReadTimeout("this GitHub was told not to answer", request=httpx.Request("GET", str(request.url)))

    def _response(self, call: Call, answer: Answer, fault: Fault | None) -> Response:
        resource = "graphql" if call.operation == "graphql" else "core"
        headers = self.github.limits.headers(call.installation or 0, resource)
        headers |= {"x-github-media-type": "github.v3; format=json", "x-github-request-id": f"GHAPP:{id(call):X}"}
        if version := call.headers.get("x-github-api-version"):
            headers["x-github-api-version-selected"] = version
        if call.link:
            headers["link"] = call.link
        body, status = answer.bytes, answer.status
        if call.method == "GET" and status == 200:
            # GitHub's ETag depends on the token: a new token, a new tag
            tag = hashlib.sha256(call.headers.get("authorization", "").encode() + body).hexdigest()
            headers["etag"] = f'W/"{tag}"'
            if call.headers.get("if-none-match") == headers["etag"]:
                status, body = 304, b""
        headers |= answer.headers | (fault.headers if fault else {})
        if fault and fault.truncated:
            body = body[: len(body) // 2]
        return Response(body, status, headers, media_type=answer.media if body else None)
