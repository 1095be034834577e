"""GitHub's rate limits, primary and secondary.

Source: docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api. A secondary limit sometimes comes
without `retry-after`; then a client has to wait for a minute at least.
"""

from collections import deque

from ghapp.demo.github.clock import Clock
from ghapp.demo.github.errors import Refused

PER_HOUR = 5_000
CONTENT_PER_MINUTE, CONTENT_PER_HOUR = 80, 500
WINDOW = 3_600


class Limits:
    """`content` switches on the limits for writes that create content: 80 a minute, 500 an hour."""

    def __init__(self, clock: Clock) -> None:
        self.clock, self.content = clock, False
        self._used: dict[tuple[int, str], tuple[int, float]] = {}  # installation, resource: used, reset
        self._preset: tuple[int, float] | None = None
        self._secondary: list[tuple[int, int | None]] = []
        self._writes: deque[float] = deque()

    def remaining(self, remaining: int, reset_in: float = 60) -> None:
        """So many calls are left, for every installation and resource, until `reset_in` seconds from now."""
        self._used.clear()
        self._preset = (PER_HOUR - remaining, self.clock.now().timestamp() + reset_in)

    def secondary(self, times: int = 1, status: int = 403, retry_after: int | None = 60) -> None:
        """The next calls are refused for going too fast."""
        self._secondary += [(status, retry_after)] * times

    def state(self, installation: int, resource: str) -> tuple[int, float]:
        now = self.clock.now().timestamp()
        if self._preset and self._preset[1] <= now:
            self._preset = None
        usual = (self._preset if installation else None) or (0, now + WINDOW)  # 0: the App's own calls
        used, reset = self._used.get((installation, resource), usual)
        return (used, reset) if reset > now else (0, now + WINDOW)

    def headers(self, installation: int, resource: str) -> dict[str, str]:
        used, reset = self.state(installation, resource)
        return {
            "x-ratelimit-limit": str(PER_HOUR),
            "x-ratelimit-remaining": str(max(0, PER_HOUR - used)),
            "x-ratelimit-used": str(used),
            "x-ratelimit-reset": str(int(reset)),
            "x-ratelimit-resource": resource,
        }

    def json(self, installation: int, resource: str) -> dict[str, int]:
        used, reset = self.state(installation, resource)
        return {"limit": PER_HOUR, "used": used, "remaining": max(0, PER_HOUR - used), "reset": int(reset)}

    def spend(self, installation: int, resource: str, *, writes: bool) -> None:
        """Counts one call, or refuses it."""
        if self._secondary:
            self._refuse(*self._secondary.pop(0))
        used, reset = self.state(installation, resource)
        if used >= PER_HOUR:
            raise Refused(403, f"API rate limit exceeded for installation ID {installation}.")
        self._used[installation, resource] = (used + 1, reset)
        if writes and self.content:
            self._write()

    def _write(self) -> None:
        now = self.clock.now().timestamp()
        while self._writes and self._writes[0] <= now - WINDOW:
            self._writes.popleft()
        last_minute = [moment for moment in self._writes if moment > now - 60]
        if len(last_minute) >= CONTENT_PER_MINUTE:
            self._refuse(403, int(last_minute[0] + 60 - now) + 1)
        if len(self._writes) >= CONTENT_PER_HOUR:
            self._refuse(403, int(self._writes[0] + WINDOW - now) + 1)
        self._writes.append(now)

    def _refuse(self, status: int, retry_after: int | None) -> None:
        raise Refused(
            status,
            "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
            headers={} if retry_after is None else {"retry-after": str(retry_after)},
        )
