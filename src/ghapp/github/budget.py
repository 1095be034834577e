"""How much may be written for one installation, so that GitHub never has to say "slow down".

GitHub's secondary limits allow 80 requests a minute and 500 an hour that create content, and who runs into them again
and again may be shut out (docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api). What counts as
content, and whether it is counted for each installation or for all of them, is not documented: hence the distance.
"""

from __future__ import annotations

import time
from bisect import insort
from collections.abc import Callable
from dataclasses import dataclass

MINUTE, HOUR = 60.0, 3600.0  # seconds
HOURLY = 8
"""How many minutes' worth of writes an hour may have."""


@dataclass(frozen=True, slots=True)
class Booking:
    """Writes that may be made from `at` on, by the budget's clock."""

    at: float
    writes: int


class Budget:
    """What one installation has written and is going to write.

    A delivery books its writes before it begins. Whoever comes when all is booked is told when to come back, and finds
    its booking then: nobody has to try again and again, and the first to come is the first to be served.
    """

    def __init__(self, a_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = ((a_minute, MINUTE), (HOURLY * a_minute, HOUR))
        self._clock = clock
        self._times: list[float] = []  # of writes made and booked, sorted
        self._bookings: dict[str, Booking] = {}

    def book(self, key: str, writes: int) -> float:
        """Books the writes under the key, once. Gives the seconds until they may be made; 0 for now."""
        booking = self._bookings.get(key)
        if booking is None:
            self._forget()
            booking = self._bookings[key] = Booking(self._free(writes), writes)
            for _ in range(writes):
                insort(self._times, booking.at)
        return max(0.0, booking.at - self._clock())

    def settle(self, key: str, writes: int) -> None:
        """So many writes were made under the key: the rest of what was booked is free again."""
        booking = self._bookings.pop(key, Booking(0.0, 0))
        for _ in range(booking.writes - writes):
            self._times.remove(booking.at)
        for _ in range(writes - booking.writes):
            insort(self._times, self._clock())

    @property
    def idle(self) -> bool:
        """Whether nothing that was written or booked matters any more."""
        self._forget()
        return not self._times

    def _free(self, writes: int) -> float:
        """When so many can be written at once, after all that is booked already."""
        at = max(self._clock(), max((each.at for each in self._bookings.values()), default=0.0))
        for most, seconds in self._limits:
            before = len(self._times) - most + writes - 1  # the write that has to be out of the window by then
            if before >= 0 and self._times:
                at = max(at, self._times[min(before, len(self._times) - 1)] + seconds)
        return at

    def _forget(self) -> None:
        since = self._clock() - max(seconds for _, seconds in self._limits)
        self._times = [each for each in self._times if each > since]
        self._bookings = {key: each for key, each in self._bookings.items() if each.at > since}
