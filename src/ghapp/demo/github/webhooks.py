"""Webhooks: signed, delivered in order, kept with what came back, and sent again only when someone asks.

Source: docs.github.com/en/webhooks; the payloads' keys follow @octokit/webhooks-examples (MIT, see NOTICE).
"""

import asyncio
import hashlib
import hmac
import json
import time
import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

import httpx

from ghapp.demo.github.clock import stamp
from ghapp.demo.github.errors import not_found
from ghapp.demo.github.shapes import Json, installation_json, organization_json, repository_json, user_json

if TYPE_CHECKING:
    from ghapp.demo.github.repository import Repository
    from ghapp.demo.github.state import GitHub, Installation, User

TIMEOUT = 10  # seconds GitHub waits for an answer
LARGEST = 25 * 1024 * 1024  # larger payloads are not delivered at all
ALWAYS = frozenset({"installation", "installation_repositories", "github_app_authorization", "ping"})
NEEDED = {"merge_group": "merge_queues"}  # what the organisation must have granted
WITH_CHECKS = frozenset({"check_run", "check_suite"})


@dataclass
class Delivery:
    """One attempt to deliver an event; a redelivery is another one with the same `guid`.

    `status_code` is what the receiver answered, 0 when nothing came back; `status` is GitHub's word for it.
    """

    id: int
    guid: str
    event: str
    action: str | None
    payload: Json
    body: bytes
    headers: dict[str, str]
    installation_id: int | None
    repository_id: int | None
    delivered_at: datetime | None = None
    redelivery: bool = False
    duration: float = 0
    status: str = "pending"
    status_code: int = 0
    answer: str = ""
    answer_headers: dict[str, str] = field(default_factory=dict[str, str])

    def item_json(self) -> Json:
        return {
            "id": self.id,
            "guid": self.guid,
            "delivered_at": stamp(self.delivered_at) if self.delivered_at else "",
            "redelivery": self.redelivery,
            "duration": self.duration,
            "status": self.status,
            "status_code": self.status_code,
            "event": self.event,
            "action": self.action,
            "installation_id": self.installation_id,
            "repository_id": self.repository_id,
            "throttled_at": None,
        }

    def json(self) -> Json:
        response: Json = {"headers": self.answer_headers or None, "payload": self.answer}
        return {**self.item_json(), "request": {"headers": self.headers, "payload": self.payload}, "response": response}


class Webhooks:
    def __init__(
        self, github: "GitHub", url: str | None, secret: str, transport: httpx.AsyncBaseTransport | None
    ) -> None:
        self.github, self.url, self.secret, self.transport = github, url, secret, transport
        self.waiting: list[Delivery] = []
        self.sent: list[Delivery] = []
        self._id, _ = github.identify("HOOK")

    def emit(
        self,
        event: str,
        action: str | None,
        payload: Json,
        *,
        installation: "Installation | None" = None,
        repository: "Repository | None" = None,
        sender: "User | None" = None,
    ) -> Delivery | None:
        """Puts an event into the queue, unless the App is not told about such events."""
        if not self._subscribed(event, installation) or (
            installation and installation.suspended_at and event != "installation"
        ):
            return None
        github, who = self.github, sender or self.github.user("octo-dev")
        full: Json = {"action": action} if action else {}
        full |= payload
        if installation and event in ("installation", "installation_repositories"):
            full["installation"] = installation_json(installation)
        elif installation:
            full["installation"] = {"id": installation.id, "node_id": installation.node_id}
        if repository:
            full["repository"] = repository_json(repository)
            if repository.owner.type == "Organization":
                full["organization"] = organization_json(github, repository.owner)
        full["sender"] = user_json(github, who)
        body = json.dumps(full).encode()
        if len(body) > LARGEST:
            return None
        guid = str(uuid.uuid4())
        number, _ = github.identify("DLV")
        installed, where = (each.id if each else None for each in (installation, repository))
        headers = self._headers(event, guid, body)
        delivery = Delivery(number, guid, event, action, full, body, headers, installed, where)
        self.waiting.append(delivery)
        return delivery

    def _subscribed(self, event: str, installation: "Installation | None") -> bool:
        app, needed = self.github.app, NEEDED.get(event)
        if installation and needed and needed not in installation.permissions:
            return False
        return (
            event in ALWAYS
            or event in app.events
            or (event in WITH_CHECKS and app.permissions.get("checks") == "write")
        )

    def _headers(self, event: str, guid: str, body: bytes) -> dict[str, str]:
        signatures = {name: hmac.new(self.secret.encode(), body, name).hexdigest() for name in ("sha1", "sha256")}
        return {
            "Accept": "*/*",
            "Content-Type": "application/json",
            "User-Agent": f"GitHub-Hookshot/{hashlib.sha256(guid.encode()).hexdigest()[:7]}",
            "X-GitHub-Delivery": guid,
            "X-GitHub-Event": event,
            "X-GitHub-Hook-ID": str(self._id),
            "X-GitHub-Hook-Installation-Target-ID": str(self.github.app.id),
            "X-GitHub-Hook-Installation-Target-Type": "integration",
            "X-Hub-Signature": f"sha1={signatures['sha1']}",
            "X-Hub-Signature-256": f"sha256={signatures['sha256']}",
        }

    async def deliver(self, concurrency: int = 1) -> list[Delivery]:
        """Sends what waits, and what is set off meanwhile, until nothing waits any more."""
        done: list[Delivery] = []
        async with self._client() as client:
            while self.waiting:
                batch, self.waiting[:concurrency] = self.waiting[:concurrency], []
                await asyncio.gather(*(self._send(client, delivery) for delivery in batch))
                done += batch
        return done

    async def redeliver(self, guid: str) -> Delivery:
        """The same event once more, with the same GUID."""
        again = self._again(next(each for each in self.sent if each.guid == guid))
        async with self._client() as client:
            await self._send(client, again)
        return again

    def request_redelivery(self, number: int) -> None:
        """What the REST API offers: puts the delivery back into the queue."""
        self.waiting.append(self._again(self.find(number)))

    def find(self, number: int) -> Delivery:
        found = next((each for each in self.sent if each.id == number), None)
        if found is None:
            raise not_found()
        return found

    def drop(self) -> list[Delivery]:
        lost, self.waiting[:] = list(self.waiting), []
        return lost

    def _again(self, delivery: Delivery) -> Delivery:
        number, _ = self.github.identify("DLV")
        fresh = {"status": "pending", "status_code": 0, "answer": "", "answer_headers": dict[str, str]()}
        return replace(delivery, id=number, redelivery=True, **fresh)

    def _client(self) -> httpx.AsyncClient:
        if not self.url:
            raise ValueError("this GitHub was not told where to deliver webhooks (webhook_url)")
        return httpx.AsyncClient(transport=self.transport, timeout=TIMEOUT, trust_env=False)

    async def _send(self, client: httpx.AsyncClient, delivery: Delivery) -> None:
        started = time.perf_counter()
        delivery.delivered_at = self.github.clock.now()
        self.sent.append(delivery)
        try:
            response = await client.post(str(self.url), content=delivery.body, headers=delivery.headers)
        except httpx.TimeoutException:
            delivery.status = "timed out"
        except httpx.TransportError:
            delivery.status = "failed to connect to host"
        else:
            delivery.status_code = response.status_code
            delivery.status = "OK" if response.is_success else "Invalid HTTP Response: " + str(response.status_code)
            delivery.answer, delivery.answer_headers = response.text, dict(response.headers)
        delivery.duration = round(time.perf_counter() - started, 3)


def signed(secret: str, body: bytes) -> str:
    """The value of `X-Hub-Signature-256` for a body."""
    return f"sha256={hmac.new(secret.encode(), body, 'sha256').hexdigest()}"
