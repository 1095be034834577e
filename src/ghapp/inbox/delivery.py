"""One webhook call, as the inbox keeps it: only the fields that answering needs, never the payload, never a token."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """A pull request as it was when GitHub told of it. `head` and `base` are commits, `base_ref` a branch's name.

    `previous`: the head before the push that this is about; empty when it is not about a push.
    """

    number: int
    head: str
    base: str
    base_ref: str
    changed_files: int
    previous: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A stored webhook call.

    `repository` is the id, `name` is `owner/name`. Deliveries of one `subject` (a pull request) are answered one at a
    time; a later one supersedes those of another `version` (head and base). `at`: when it happened, by GitHub's clock.
    `received`: seconds since the epoch, by ours. `attempt` counts from 1; continuations after a rate limit count on.
    """

    guid: str
    event: str
    action: str
    installation: int
    repository: int
    name: str
    subject: str
    version: str
    at: str
    received: float
    pull: PullRequest
    attempt: int = 1

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Delivery:
        fields: dict[str, Any] = {**stored, "pull": PullRequest(**stored["pull"])}
        return cls(**fields)

    def supersedes(self, other: Delivery) -> bool:
        """Whether answering `other` has become pointless, since this one tells of a newer state of the same thing.

        Deliveries may arrive in any order, and GitHub's clock has whole seconds. Where that leaves it open, this says
        no: GitHub itself will say which head is the last.
        """
        if self.subject != other.subject or self.version == other.version:
            return False
        if self.at != other.at:
            return self.at > other.at
        follows, precedes = self.pull.previous == other.pull.head, other.pull.previous == self.pull.head
        return follows and (not precedes or self.received > other.received)

    def continuation(self) -> Delivery:
        return replace(self, attempt=self.attempt + 1)


class Superseded(Protocol):
    async def __call__(self, head: str = "") -> bool: ...


@dataclass(frozen=True, slots=True)
class Call:
    """A delivery whose turn has come.

    `again`: an earlier try may have done part of the work already, so look before writing. `superseded`: whether a
    newer delivery has made this one pointless by now; ask again before writing. With a commit: also whether there is a
    delivery with that head.
    """

    delivery: Delivery
    again: bool
    superseded: Superseded


class Later(Exception):  # noqa: N818 - a postponement, no error
    """The answer cannot be given now: come back in `seconds`. Takes no slot while it waits."""

    def __init__(self, seconds: float, reason: str) -> None:
        super().__init__(f"{reason}; again in {seconds:.0f} s")
        self.seconds = seconds
        self.reason = reason


class Desk(Protocol):
    """Who answers deliveries. What it does must bear repetition: after a crash, the same delivery comes again."""

    async def answer(self, call: Call) -> Mapping[str, Any]:
        """Does the work; gives a short account in JSON's types. May raise Later; anything else is a bug of ours."""
        ...

    async def apologise(self, call: Call, error: Exception) -> None:
        """Tells people that `answer` failed for good."""
        ...
