"""What can become of a call to GitHub, other than an answer."""

from __future__ import annotations


class GitHubError(Exception):
    """A call that brought no answer."""


class RateLimited(GitHubError):  # noqa: N818 - named for what GitHub says
    """GitHub wants to be left alone for `reset_in` seconds, or would want it if more were written now."""

    def __init__(self, reset_in: float, reason: str = "GitHub's rate limit is reached") -> None:
        super().__init__(f"{reason} for another {reset_in:.0f} s")
        self.reset_in = reset_in


class Refused(GitHubError):  # noqa: N818
    """GitHub understood and said no: asking again changes nothing. `status` is HTTP's."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"GitHub refused ({status}): {reason}")
        self.status = status
        self.reason = reason


class Uncertain(GitHubError):  # noqa: N818
    """No usable answer. A write may have taken effect: look before repeating it."""
