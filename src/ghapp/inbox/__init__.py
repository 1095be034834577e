"""Every delivery once, none lost. The only room that knows DBOS."""

from ghapp.inbox.delivery import Call, Delivery, Desk, Later, PullRequest
from ghapp.inbox.store import Failure, Inbox, StoreDown
from ghapp.inbox.worker import Worker

__all__ = ["Call", "Delivery", "Desk", "Failure", "Inbox", "Later", "PullRequest", "StoreDown", "Worker"]
