"""The pages: is it well, what does it count, what do its rules say."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from html import escape

from prometheus_client import CONTENT_TYPE_LATEST, disable_created_metrics, generate_latest
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from ghapp import rules

PLAIN = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"}
STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem;color:#1f2328}"
    "pre{background:#f6f8fa;padding:1rem;overflow:auto;border-radius:6px}code{font:.85em ui-monospace,monospace}"
    "a{color:#0969da}table{border-collapse:collapse}td{padding:.2rem .8rem .2rem 0;vertical-align:top}"
    "@media(prefers-color-scheme:dark){body{background:#0d1117;color:#e6edf3}pre{background:#161b22}a{color:#4493f8}}"
)

disable_created_metrics()


async def healthz(_: Request) -> Response:
    """The process lives."""
    return PlainTextResponse("ok\n")


def readyz(ready: Callable[[], Awaitable[bool]]) -> Callable[[Request], Awaitable[Response]]:
    """Whether deliveries can be stored and are being answered."""

    async def answer(_: Request) -> Response:
        return PlainTextResponse("ready\n") if await ready() else PlainTextResponse("not ready\n", 503)

    return answer


async def metrics(_: Request) -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


async def home(_: Request) -> Response:
    rows = "".join(
        f'<tr><td>{each.severity.value}</td><td><a href="rules/{each.id}">{escape(each.title)}</a></td></tr>'
        for each in rules.catalogue()
    )
    return _page("ghapp", f"<h1>ghapp</h1><p>What it knows to fail:</p><table>{rows}</table>")


async def rule(request: Request) -> Response:
    """A rule's page, which is its module's docstring."""
    found = rules.rule(request.path_params["id"])
    if found is None:
        return _page("Not found", "<h1>There is no such rule</h1>", 404)
    from markdown_it import MarkdownIt  # the server starts sooner without it

    page = MarkdownIt("commonmark", {"html": False}).render(f"# {(found.page or '').strip()}")
    facts = f"<p>{found.severity.value} · {', '.join(found.platforms)} · <code>{found.id}</code></p>"
    return _page(found.title, page + facts)


def _page(title: str, body: str, status: int = 200) -> Response:
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
    return HTMLResponse(f'<!doctype html><html lang="en">{head}<style>{STYLE}</style>{body}', status, PLAIN)
