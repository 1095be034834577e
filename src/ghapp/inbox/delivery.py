"""One webhook call, as the inbox keeps it: only the fields that answering needs, never the payload, never a token."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, Protocol

Kind = Literal["review", "group", "rerun", "fix", "command"]
"""What is asked for: to review a pull request or a group of the merge queue; to do that again, because someone pressed
"Re-run"; to push all fixes, because someone pressed our button; or what someone wrote in a `/ghapp …` comment."""

_KEY = re.compile(r"(?:([1-9]\d{0,17}) ([^\s]{1,250})|0 ([^\s]{1,250}) ([0-9a-f]{40}|[0-9a-f]{64}))(?: .*)?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """A pull request as it was when GitHub told of it. `head` and `base` are commits, `base_ref` a branch's name.

    `previous`: the head before the push that this is about; empty when it is not about a push. What GitHub did not tell
    is empty or 0; what names nothing but a head has an empty `base_ref`. A group of the merge queue has the number 0.
    """

    number: int
    head: str
    base: str
    base_ref: str
    changed_files: int
    previous: str = ""

    def subject(self, repository: int) -> str:
        """What deliveries about this are answered one after the other for."""
        return f"{repository}#{self.number}" if self.number else f"{repository}@{self.head}"

    @property
    def key(self) -> str:
        """What our check runs say they are about (their `external_id`): `42 main` is pull request 42 against `main`.

        A group of the merge queue is `0 main <base>`. GitHub itself names no pull request for a fork's commit.
        """
        return f"{self.number} {self.base_ref}" if self.number else f"0 {self.base_ref} {self.base}"

    @classmethod
    def about(cls, key: str, head: str) -> PullRequest | None:
        """What a check run of ours on that head is about, by its key; what the key does not tell is left empty."""
        match = _KEY.fullmatch(key)
        if match is None:
            return None
        number, base_ref, group_ref, group_base = match.groups()
        return cls(
            number=int(number or 0), head=head, base=group_base or "", base_ref=base_ref or group_ref, changed_files=0
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A `/ghapp <verb> <reason> until <day>` comment, as it was written: any part may be missing, or be nonsense.

    `comment` is its id, `thread` that of the first comment of the thread that it answers, 0 outside of one; `by` is a
    login.
    """

    verb: str
    reason: str
    until: str
    comment: int
    thread: int
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A stored webhook call.

    `repository` is the id, `name` is `owner/name`. Deliveries of one `subject` (a pull request) are answered one at a
    time; of reviews, a later one supersedes those of another `version` (head and base). `at`: when it happened, by
    GitHub's clock. `received`: seconds since the epoch, by ours. `attempt` counts from 1; continuations after a rate
    limit count on. `run`: the check run whose "Re-run" or button was pressed; a re-run is done once there is a newer
    one. `by`: the login of who pressed the button. `command`: of a comment.
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
    kind: Kind = "review"
    run: int = 0
    by: str = ""
    command: Command | None = None
    attempt: int = 1

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Delivery:
        """Reads also what was stored before there were kinds."""
        fields: dict[str, Any] = {**stored, "pull": PullRequest(**stored["pull"])}
        if stored.get("command") is not None:
            fields["command"] = Command(**stored["command"])
        return cls(**fields)

    def rerun(self, pull: PullRequest, after: int) -> Delivery:
        """What this one comes down to: a re-run for that pull request, which is done once it has a newer check run."""
        return replace(
            self,
            guid=f"{self.guid}.{pull.number}",
            subject=pull.subject(self.repository),
            kind="rerun",
            pull=pull,
            run=after,
            command=None,
            attempt=1,
        )

    def supersedes(self, other: Delivery) -> bool:
        """Whether answering `other` has become pointless, since this one tells of a newer state of the same thing.

        Deliveries may arrive in any order, and GitHub's clock has whole seconds. Where that leaves it open, this says
        no: GitHub itself will say which head is the last. What a person asked for is never pointless.
        """
        if (self.kind, other.kind) != ("review", "review"):
            return False
        if self.subject != other.subject or self.version == other.version:
            return False
        if self.at != other.at:
            return self.at > other.at
        follows, precedes = self.pull.previous == other.pull.head, other.pull.previous == self.pull.head
        return follows and (not precedes or self.received > other.received)

    def brings(self, head: str) -> bool:
        """Whether answering this will have that head reviewed."""
        return self.kind == "review" and self.pull.head == head

    def continuation(self) -> Delivery:
        return replace(self, attempt=self.attempt + 1)


class Superseded(Protocol):
    async def __call__(self, head: str = "") -> bool: ...


@dataclass(frozen=True, slots=True)
class Call:
    """A delivery whose turn has come.

    `again`: an earlier try may have done part of the work already, so look before writing. `superseded`: whether a
    newer delivery has made this one pointless by now; ask again before writing. With a commit: also whether there is a
    delivery with that head. `alone`: whether no other delivery of the same subject is known.
    """

    delivery: Delivery
    again: bool
    superseded: Superseded
    alone: Callable[[], Awaitable[bool]]


class Later(Exception):  # noqa: N818 - a postponement, no error
    """The answer cannot be given now: come back in `seconds`. Takes no slot while it waits."""

    def __init__(self, seconds: float, reason: str) -> None:
        super().__init__(f"{reason}; again in {seconds:.0f} s")
        self.seconds = seconds
        self.reason = reason


class Instead(Exception):  # noqa: N818
    """What the delivery asks for are these others: they take its place, each in the order of its own subject."""

    def __init__(self, deliveries: Sequence[Delivery]) -> None:
        super().__init__(", ".join(each.subject for each in deliveries))
        self.deliveries = deliveries


class Desk(Protocol):
    """Who answers deliveries. What it does must bear repetition: after a crash, the same delivery comes again."""

    async def answer(self, call: Call) -> Mapping[str, Any]:
        """Does the work; gives a short account in JSON's types.

        May raise Later and Instead; anything else is a bug of ours.
        """
        ...

    async def apologise(self, call: Call, error: Exception) -> None:
        """Tells people that `answer` failed for good."""
        ...
