"""Trouble that a test asks for: errors, timeouts before or after the effect, broken JSON."""

from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass
class Fault:
    """What goes wrong with the next `times` calls of `operation` (an operation id, "graphql", or "*").

    `status` (with `body` and `headers`) answers instead of the real handler. `timeout` never answers: "before" leaves
    the world as it was, "after" lets the call take effect first. `truncated` cuts the real answer's body in half.
    Only `headers`: they are added to the real answer. `owner`: only calls about that account's repositories.
    """

    operation: str
    times: int = 1
    status: int | None = None
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict[str, str])
    timeout: Literal["before", "after"] | None = None
    truncated: bool = False
    after: int = 0  # so many calls of the operation go well first
    owner: str = ""


class Faults:
    """`hang` is how long a timeout keeps the connection open, in seconds; 0 raises at once, for in-process clients."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []
        self.hang = 0.0

    def add(self, fault: Fault) -> Fault:
        self.waiting.append(fault)
        return fault

    def take(self, operation: str, owner: str) -> Fault | None:
        for fault in self.waiting:
            if fault.operation not in ("*", operation) or fault.owner not in ("", owner):
                continue
            if fault.after:
                fault.after -= 1
                continue
            fault.times -= 1
            if not fault.times:
                self.waiting.remove(fault)
            return fault
        return None
