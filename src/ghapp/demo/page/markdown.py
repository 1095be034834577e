"""Markdown as GitHub shows it: rendered, then cleaned of whatever could do harm."""

import secrets
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

from ghapp.demo.page.mermaid import picture

_RENDER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
_TAGS = (nh3.ALLOWED_TAGS | {"details", "summary"}) - {"img"}


def markdown(text: str | None) -> Markup:
    """Safe HTML: no scripts, styles, images or forms; a link does not tell where it was clicked.

    Mermaid's charts are drawn. They take their places last: the cleaning would not leave much of them.
    """
    drawn: dict[str, str] = {}
    html = _RENDER.renderer.render(_with_pictures(_RENDER.parse(text or ""), drawn), _RENDER.options, {})
    html = nh3.clean(html, tags=_TAGS, link_rel="noopener noreferrer")
    for place, svg in drawn.items():
        html = html.replace(f"<p>{place}</p>", svg)
    return Markup(html)  # noqa: S704 - nh3 cleaned it


def _with_pictures(tokens: list[Any], drawn: dict[str, str]) -> list[Any]:
    """Puts a word that nobody can guess in the place of every chart."""
    for token in tokens:
        svg = picture(token.content) if token.type == "fence" and token.info.strip() == "mermaid" else None
        if svg is not None:
            place = secrets.token_hex(16)
            drawn[place] = svg
            token.type, token.content = "html_block", f"<p>{place}</p>\n"
    return tokens
