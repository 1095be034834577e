"""Every delivery once, none lost. The only room that knows DBOS."""

from ghapp.inbox.delivery import Call, Command, Delivery, Desk, Instead, Kind, Later, PullRequest
from ghapp.inbox.store import Failure, Inbox, StoreDown
from ghapp.inbox.worker import Worker

__all__ = [
    "Call",
    "Command",
    "Delivery",
    "Desk",
    "Failure",
    "Inbox",
    "Instead",
    "Kind",
    "Later",
    "PullRequest",
    "StoreDown",
    "Worker",
]
