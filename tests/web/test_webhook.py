"""The receiver: what it lets in, what it turns away, what it stores."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette

from ghapp.inbox import Delivery, StoreDown
from ghapp.web import MAX_BODY_BYTES, routes
from ghapp.web.payload import REVIEWED
from ghapp.web.webhook import signed

SECRET, OLD_SECRET = "a secret of today", "a secret of yesterday"
PAYLOADS = sorted((Path(__file__).parent / "payloads").glob("*.json"))
EXAMPLES = {path: path.read_bytes() for path in PAYLOADS}
PULL = json.loads((Path(__file__).parent / "payloads" / "pull_request.synchronize.0.json").read_text())


class Server:
    """The routes as they are served, with a store that keeps deliveries in a list."""

    def __init__(self) -> None:
        self.stored: list[Delivery] = []
        self.down = False
        self.app = Starlette(routes=routes((SECRET, OLD_SECRET), self._put, self._ready), max_body_size=MAX_BODY_BYTES)

    async def _put(self, delivery: Delivery) -> None:
        if self.down:
            raise StoreDown("no route to the database")
        self.stored.append(delivery)

    async def _ready(self) -> bool:
        return not self.down

    async def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://ghapp.test") as client:
            return await client.request(method, path, **options)

    async def deliver(
        self,
        body: bytes | None = None,
        *,
        event: str = "pull_request",
        secret: str = SECRET,
        guid: str = "72d3162e-cc78-11e3-81ab-4c9367dc0958",
        **headers: str | None,
    ) -> httpx.Response:
        """One call, well made unless `headers` (with `_` for `-`) say otherwise; None leaves one out."""
        body = json.dumps(PULL).encode() if body is None else body
        given: dict[str, str | None] = {
            "X-GitHub-Event": event,
            "X-GitHub-Delivery": guid,
            "X-Hub-Signature-256": f"sha256={hmac.new(secret.encode(), body, 'sha256').hexdigest()}",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        sent = {name.encode(): value.encode() for name, value in given.items() if value is not None}
        return await self.request("POST", "/webhook", content=body, headers=sent)


@pytest.fixture
def server() -> Server:
    return Server()


async def test_a_signed_pull_request_is_stored_with_the_few_fields_a_review_needs(server: Server) -> None:
    answer = await server.deliver()
    (stored,) = server.stored

    assert answer.status_code == 202
    assert (stored.guid, stored.event, stored.action) == (
        "72d3162e-cc78-11e3-81ab-4c9367dc0958",
        "pull_request",
        "synchronize",
    )
    assert stored.installation == PULL["installation"]["id"]
    assert stored.name == PULL["repository"]["full_name"]
    assert stored.pull.head == PULL["pull_request"]["head"]["sha"]
    assert len(json.dumps(stored.to_json())) < 1000, "never the payload"


async def test_the_signature_of_githubs_documentation_is_accepted() -> None:
    # docs.github.com, Validating webhook deliveries
    signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"

    assert signed(b"Hello, World!", signature, [b"It's a Secret to Everybody"])


async def test_a_delivery_signed_with_the_secret_before_rotation_is_accepted(server: Server) -> None:
    answer = await server.deliver(secret=OLD_SECRET)

    assert answer.status_code == 202
    assert len(server.stored) == 1


BODY = json.dumps(PULL).encode()
SHA1 = f"sha1={hmac.new(SECRET.encode(), BODY, hashlib.sha1).hexdigest()}"
RIGHT = hmac.new(SECRET.encode(), BODY, "sha256").hexdigest()

REFUSALS: dict[str, tuple[int, dict[str, Any]]] = {
    "unsigned": (401, {"X_Hub_Signature_256": None}),
    "signed with a wrong secret": (401, {"secret": "somebody else's"}),
    "signed with an empty secret": (401, {"secret": ""}),
    "signed with sha1 in its own header only": (401, {"X_Hub_Signature_256": None, "X_Hub_Signature": SHA1}),
    "signed with sha1 in the header of sha256": (401, {"X_Hub_Signature_256": SHA1}),
    "a right digest without its prefix": (401, {"X_Hub_Signature_256": RIGHT}),
    "a right digest in capitals": (401, {"X_Hub_Signature_256": f"sha256={RIGHT.upper()}"}),
    "half of a right digest": (401, {"X_Hub_Signature_256": f"sha256={RIGHT[:32]}"}),
    "a signature that is not ASCII": (401, {"X_Hub_Signature_256": "sha256=" + "ü" * 64}),
    "an empty signature": (401, {"X_Hub_Signature_256": ""}),
    "changed after it was signed": (401, {"X_Hub_Signature_256": f"sha256={RIGHT}", "body": BODY + b" "}),
    "not JSON": (400, {"body": b"payload=%7B%7D"}),
    "not UTF-8": (400, {"body": b'{"action": "\xff"}'}),
    "nested without end": (400, {"body": b"[" * 100_000}),
    "an empty body": (400, {"body": b""}),
    "JSON that is no object": (400, {"body": b"[1]"}),
    "an object that lacks what it must have": (400, {"body": b'{"action": "opened", "installation": {"id": 1}}'}),
    "a commit that is no commit": (400, {"body": BODY.replace(PULL["pull_request"]["head"]["sha"].encode(), b"../x")}),
    "a number that is none": (
        400,
        {"body": json.dumps({**PULL, "pull_request": {**PULL["pull_request"], "number": True}}).encode()},
    ),
    "without an event": (400, {"X_GitHub_Event": None}),
    "without a GUID": (400, {"X_GitHub_Delivery": None}),
    "with a GUID that is none": (400, {"guid": "../../etc/passwd"}),
}


@pytest.mark.parametrize("case", REFUSALS)
async def test_what_is_not_well_made_is_refused_and_changes_nothing(server: Server, case: str) -> None:
    status, call = REFUSALS[case]
    answer = await server.deliver(**call)

    assert answer.status_code == status
    assert server.stored == []


async def test_a_body_over_the_limit_is_refused_by_its_announced_length(server: Server) -> None:
    answer = await server.deliver(b" " * (MAX_BODY_BYTES + 1))

    assert answer.status_code == 413
    assert server.stored == []


async def test_a_body_over_the_limit_is_refused_when_it_comes_in_chunks(server: Server) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 4 * MAX_BODY_BYTES:
            sent += 1 << 20
            yield b" " * (1 << 20)

    answer = await server.request("POST", "/webhook", content=endless())

    assert answer.status_code == 413
    assert server.stored == []


async def test_an_unknown_event_is_accepted_and_ignored_on_purpose(server: Server) -> None:
    answer = await server.deliver(b"{}", event="an_event_of_tomorrow")

    assert answer.status_code == 202
    assert answer.json()["outcome"] == "ignored"
    assert server.stored == []


async def test_a_store_that_is_down_is_said_so_that_github_can_deliver_again(server: Server) -> None:
    server.down = True

    assert (await server.deliver()).status_code == 503
    assert (await server.request("GET", "/readyz")).status_code == 503
    assert (await server.request("GET", "/healthz")).status_code == 200


async def test_only_posts_are_received(server: Server) -> None:
    assert (await server.request("GET", "/webhook")).status_code == 405


async def test_a_receiver_without_a_secret_is_never_made() -> None:
    with pytest.raises(ValueError, match="anybody could send"):
        routes((), Server()._put, Server()._ready)


def is_stored(event: str, payload: dict[str, Any]) -> bool:
    """What is worth an answer, said once more and in other words than the code's."""
    if event == "pull_request":
        wanted = payload["action"] in REVIEWED and (payload["action"] != "edited" or "base" in payload["changes"])
    else:
        wanted = f"{event}.{payload.get('action')}" in (
            "merge_group.checks_requested",
            "check_run.rerequested",
            "check_suite.rerequested",
        )
    return wanted and "installation" in payload


@pytest.mark.parametrize("path", PAYLOADS, ids=lambda path: path.stem)
async def test_every_example_of_a_payload_is_stored_or_ignored_on_purpose(server: Server, path: Path) -> None:
    event = path.name.partition(".")[0]
    body = EXAMPLES[path]
    answer = await server.deliver(body, event=event)
    expected = is_stored(event, json.loads(body))

    assert answer.status_code == 202
    assert answer.json()["outcome"] == ("stored" if expected else "ignored")
    assert len(server.stored) == expected


def test_there_are_157_examples_of_payloads_and_some_of_them_are_stored() -> None:
    stored = [path.name for path in PAYLOADS if is_stored(path.name.partition(".")[0], json.loads(path.read_bytes()))]

    assert len(PAYLOADS) == 157
    assert len(stored) == 14, stored


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


STORED = {
    path.name.partition(".")[0]: body
    for path, body in EXAMPLES.items()
    if is_stored(path.name.partition(".")[0], json.loads(body))
}
COMMENT = json.loads(EXAMPLES[PAYLOADS[0].with_name("pull_request_review_comment.created.1.json")])
COMMENT["comment"]["body"] = "/ghapp ignore it is a test until 2027-01-31"
STORED["pull_request_review_comment"] = json.dumps(COMMENT).encode()


@settings(deadline=None)
@given(event=st.sampled_from(sorted(STORED)), data=st.data())
async def test_a_payload_with_any_part_replaced_is_answered_but_never_fails(event: str, data: st.DataObject) -> None:
    server = Server()
    payload = json.loads(STORED[event])
    part: Any = payload
    for _ in range(data.draw(st.integers(0, 3))):
        inner = [key for key, value in part.items() if isinstance(value, dict) and value]
        if inner:
            part = part[data.draw(st.sampled_from(sorted(inner)))]
    part[data.draw(st.sampled_from(sorted(part)))] = data.draw(json_values)
    answer = await server.deliver(json.dumps(payload).encode(), event=event)

    assert answer.status_code in (202, 400)
    assert len(server.stored) == (answer.json()["outcome"] == "stored")
