"""HTTP in: verify, store, answer 202; and a few pages."""

from collections.abc import Awaitable, Callable, Sequence

from starlette.routing import Route

from ghapp.web import pages
from ghapp.web.payload import ANSWERED, EVENTS
from ghapp.web.webhook import MAX_BODY_BYTES, Put, webhook

__all__ = ["ANSWERED", "EVENTS", "MAX_BODY_BYTES", "routes"]


def routes(secrets: Sequence[str], put: Put, ready: Callable[[], Awaitable[bool]]) -> list[Route]:
    """Everything that can be asked of the server."""
    return [
        Route("/webhook", webhook(secrets, put), methods=["POST"]),
        Route("/healthz", pages.healthz),
        Route("/readyz", pages.readyz(ready)),
        Route("/metrics", pages.metrics),
        Route("/rules/{id}", pages.rule),
        Route("/", pages.home),
    ]
