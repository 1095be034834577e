"""Time as this GitHub sees it: the real one, which a test may push forward."""

from datetime import UTC, datetime, timedelta


class Clock:
    def __init__(self) -> None:
        self.ahead = timedelta()

    def advance(self, seconds: float) -> None:
        self.ahead += timedelta(seconds=seconds)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


def stamp(moment: datetime) -> str:
    """The one format of times that GitHub writes: whole seconds, UTC, Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
