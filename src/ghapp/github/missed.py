"""What GitHub says of the webhooks that it sent the App, and how it is asked to send one again.

Source: docs.github.com/en/webhooks/using-webhooks/handling-failed-webhook-deliveries
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from ghapp.github.line import exchange, send
from ghapp.github.telephone import Telephone

PATH = "/app/hook/deliveries"
PAGE = 100


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to deliver a `webhook` (`event.action`). All attempts at the same one have its `guid`.

    `arrived`: it was answered well.
    """

    id: int
    guid: str
    webhook: str
    at: datetime
    arrived: bool


async def attempts(telephone: Telephone, since: datetime, pages: int) -> AsyncIterator[Attempt]:
    """GitHub's attempts, newest first, back to `since` or over so many pages of a hundred. Raises GitHubError.

    All are read: asked for failures only, GitHub leaves out those that got no answer at all.
    """
    params: dict[str, str | int] = {"per_page": PAGE}
    for _ in range(pages):
        items, response = await exchange(telephone.own, telephone.client, "GET", PATH, params=params, repeatable=True)
        for item in items:
            attempt = Attempt(
                id=item["id"],
                guid=item["guid"],
                webhook=f"{item['event']}.{item['action'] or ''}",
                at=datetime.fromisoformat(item["delivered_at"]),
                arrived=200 <= item["status_code"] < 400,
            )
            if attempt.at < since:
                return
            yield attempt
        following = response.links.get("next", {}).get("url", "")
        cursor = parse_qs(urlsplit(following).query).get("cursor")
        if not cursor:
            return
        params["cursor"] = cursor[0]


async def ask_again(telephone: Telephone, attempt: Attempt) -> None:
    """Has GitHub send it once more, soon, under the same GUID. Raises GitHubError."""
    await send(telephone.own, telephone.client, "POST", f"{PATH}/{attempt.id}/attempts", repeatable=True)
