"""Addresses at which people see a line of the repository."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import quote

from ghapp.pipeline.source import Place
from ghapp.report.markdown import code

Link = Callable[[Place], str]
"""Gives the address of a place at head; empty where there is none."""


def no_link(place: Place) -> str:
    """For a report that does not know where its files can be seen."""
    return ""


def links_below(address: str) -> Link:
    """Links to files below `address`, which names a commit: `https://github.com/acme/shop/blob/0c3f…`."""

    def link(place: Place) -> str:
        path = quote(place.path, safe="/", errors="replace")
        last = "" if place.end_line == place.line else f"-L{place.end_line}"
        return f"{address}/{path}#L{place.line}{last}"

    return link if address else no_link


def links_to(files: Mapping[str, str]) -> Link:
    """Links into single files. `files`: the address of each by its path; empty where it has none, as all others."""

    def link(place: Place) -> str:
        address = files.get(place.path)
        return f"{address}#L{place.line}" if address else ""

    return link


def linked(place: Place, link: Link) -> str:
    """`path:line` as Markdown, a link where there is an address."""
    said, address = code(f"{place.path}:{place.line}"), link(place)
    return f"[{said}]({address})" if address else said
