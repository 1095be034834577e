"""`POST /webhook`: is it from GitHub, is it for us, is it stored."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
from collections.abc import Awaitable, Callable, Sequence

import structlog
from prometheus_client import Counter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ghapp.inbox import Delivery, StoreDown
from ghapp.web.fields import Malformed
from ghapp.web.payload import Ignored, delivery

MAX_BODY_BYTES = 25 << 20
"""GitHub delivers no larger payload (docs: webhooks, payload cap)."""

_SIGNATURE = re.compile(r"sha256=([0-9a-f]{64})", re.ASCII)
_GUID = re.compile(r"[0-9A-Za-z-]{1,64}", re.ASCII)

DELIVERIES = Counter("ghapp_deliveries", "Webhook calls, by what became of them", ["outcome"])

log = structlog.stdlib.get_logger("ghapp.web")

Put = Callable[[Delivery], Awaitable[None]]


def webhook(secrets: Sequence[str], put: Put) -> Callable[[Request], Awaitable[Response]]:
    """The receiver. `secrets`: any of them may have signed. `put` stores a delivery, or raises StoreDown."""
    if not secrets:
        raise ValueError("Without a secret, anybody could send deliveries.")
    keys = [secret.encode() for secret in secrets]

    async def receive(request: Request) -> Response:
        received = time.time()
        body = await request.body()
        if not signed(body, request.headers.get("x-hub-signature-256", ""), keys):
            return _answer(401, "unsigned", "The signature is missing or wrong.")
        event, guid = request.headers.get("x-github-event", ""), request.headers.get("x-github-delivery", "")
        if not event or not _GUID.fullmatch(guid):
            return _answer(400, "malformed", "X-GitHub-Event or X-GitHub-Delivery is missing or wrong.")
        try:
            await put(delivery(guid, event, json.loads(body), received))
        except (ValueError, RecursionError):
            return _answer(
                400, "malformed", "The body is not JSON. The webhook's content type must be application/json."
            )
        except Malformed as error:
            return _answer(400, "malformed", str(error))
        except Ignored as reason:
            return _answer(202, "ignored", str(reason))
        except StoreDown as error:
            log.error("the store is down", delivery=guid, reason=str(error))
            return _answer(503, "refused", "The delivery could not be stored. Please deliver it again.")
        return _answer(202, "stored", "It will be answered.")

    return receive


def signed(body: bytes, signature: str, keys: Sequence[bytes]) -> bool:
    """Whether one of the keys made the signature, of exactly these bytes. Only SHA-256 will do."""
    match = _SIGNATURE.fullmatch(signature)
    if match is None:
        return False
    given = match[1].encode()
    right = [hmac.compare_digest(hmac.new(key, body, hashlib.sha256).hexdigest().encode(), given) for key in keys]
    return any(right)


def _answer(status: int, outcome: str, reason: str) -> Response:
    DELIVERIES.labels(outcome).inc()
    return JSONResponse({"outcome": outcome, "reason": reason}, status)
