"""The pages."""

from __future__ import annotations

import httpx
import pytest
from starlette.applications import Starlette

from ghapp.rules import catalogue
from ghapp.web import routes


async def get(path: str) -> httpx.Response:
    async def put(_: object) -> None: ...

    async def ready() -> bool:
        return True

    app = Starlette(routes=routes(("a secret of today",), put, ready))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://ghapp.test") as client:
        return await client.get(path)


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/"])
async def test_the_page_answers(path: str) -> None:
    assert (await get(path)).status_code == 200


async def test_every_rule_has_its_page_and_the_first_page_leads_there() -> None:
    home = (await get("/")).text
    for rule in catalogue():
        page = await get(f"/rules/{rule.id}")

        assert page.status_code == 200
        assert rule.id in page.text
        assert f'href="rules/{rule.id}"' in home


async def test_a_rule_that_does_not_exist_is_not_found_and_not_echoed() -> None:
    page = await get("/rules/<script>")

    assert page.status_code == 404
    assert "script>" not in page.text


async def test_a_page_runs_no_scripts() -> None:
    assert "default-src 'none'" in (await get("/")).headers["content-security-policy"]


async def test_what_is_counted_can_be_scraped() -> None:
    assert "ghapp_deliveries_total" in (await get("/metrics")).text
