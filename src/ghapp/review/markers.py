"""The hidden last line of our comments, by which a thread is known again: signed, so that nobody can forge one.

`<!-- ghapp:1 open terraform-validate-without-init 0123456789abcdef.01234567,… … -->`: the version, how the thread
stands, the rule, the findings it stands for, and the signature, which also covers the repository and the pull request.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass

_MARKER = re.compile(
    r"(?:\A|\n)<!-- ghapp:1 (?P<signed>(?P<state>open|closed) (?P<rule>[a-z0-9-]{1,100}) "
    r"(?P<entries>[0-9a-f.,]{34,6000})) (?P<signature>[0-9a-f]{32}) -->\s*\Z"
)
_RECEIPT = re.compile(
    r"(?:\A|\n)<!-- ghapp:1 (?P<signed>(?P<word>answered|failed|turned-away) (?P<comment>[1-9]\d{0,18})) "
    r"(?P<signature>[0-9a-f]{32}) -->\s*\Z"
)
_ENTRY = re.compile(r"([0-9a-f]{16})\.([0-9a-f]{8})\.([0-9a-f]{8})")
MOST_ENTRIES = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """A finding that a thread stands for. `likeness`: by what it is known again when its fingerprint has changed."""

    fingerprint: str
    likeness: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Mark:
    """What a marker says: `closed` when the thread had nothing to say any more."""

    rule: str
    entries: tuple[Entry, ...]
    closed: bool = False


class Seal:
    """Signs and verifies the markers of one pull request.

    `secrets`: those of the webhooks, newest first; any of them may have signed. `repository`: its id, since names
    change.
    """

    def __init__(self, secrets: Sequence[str], repository: int, pull: int) -> None:
        self._keys = [hmac.digest(secret.encode(), b"ghapp: markers of comments", "sha256") for secret in secrets]
        self._scope = f"{repository} {pull} "

    def marker(self, mark: Mark) -> str:
        """The marker that says so: a line of its own, the last of a comment."""
        state = "closed" if mark.closed else "open"
        entries = ",".join(".".join((each.fingerprint, *each.likeness)) for each in mark.entries[:MOST_ENTRIES])
        signed = f"{state} {mark.rule} {entries}"
        return f"<!-- ghapp:1 {signed} {self._signatures(signed)[0]} -->"

    def read(self, body: str) -> tuple[str, Mark | None, bool]:
        """A comment's text without its marker, what that says if its signature is ours, and whether it is to be signed
        anew, by the newest secret. Only a last line is a marker: an echoed one never is."""
        body = body.replace("\r\n", "\n")
        found = _MARKER.search(body)
        if found is None:
            return body, None, False
        signatures = self._signatures(found["signed"])
        good = [hmac.compare_digest(each, found["signature"]) for each in signatures]
        entries = tuple(Entry(each[1], (each[2], each[3])) for each in _ENTRY.finditer(found["entries"]))
        text = body[: found.start()].rstrip("\n")
        if not any(good):
            return text, None, False
        return text, Mark(found["rule"], entries, found["state"] == "closed"), not good[0]

    def receipt(self, word: str, comment: int) -> str:
        """The marker of an answer to what somebody said in that comment: `answered`, `failed`, `turned-away`."""
        signed = f"{word} {comment}"
        return f"<!-- ghapp:1 {signed} {self._signatures(signed)[0]} -->"

    def receipt_in(self, body: str) -> tuple[str, int] | None:
        """What an answer of ours is to, by its signed marker: the word and the comment."""
        found = _RECEIPT.search(body.replace("\r\n", "\n"))
        if found is None:
            return None
        good = [hmac.compare_digest(each, found["signature"]) for each in self._signatures(found["signed"])]
        return (found["word"], int(found["comment"])) if any(good) else None

    def _signatures(self, signed: str) -> list[str]:
        message = (self._scope + signed).encode()
        return [hmac.digest(key, message, "sha256").hex()[:32] for key in self._keys]
