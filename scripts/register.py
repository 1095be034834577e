"""`make register URL=https://ghapp.example.com ORG=acme`: prints the link that registers the App as app.yml says.

GitHub takes a registration's values from the link and shows them for a last look
(docs.github.com, "Registering a GitHub App using URL parameters"). The webhook secret cannot travel this way.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from ruamel.yaml import YAML

MANIFEST = Path(__file__).parents[1] / "app.yml"


def link(manifest: dict[str, Any], url: str, org: str = "", github: str = "https://github.com") -> str:
    """The registration page for an organisation, or for one's own account without `org`, with every value filled in."""
    url = url.rstrip("/")
    values = [
        ("name", f"{manifest['name']}-{org}" if org else manifest["name"]),  # names are unique on all of GitHub
        ("description", manifest["description"]),
        ("url", url),
        ("public", str(manifest["public"]).lower()),
        ("webhook_active", "true"),
        ("webhook_url", f"{url}/webhook"),
        *(item for item in manifest["default_permissions"].items()),
        *(("events[]", event) for event in manifest["default_events"]),
    ]
    owner = f"organizations/{org}/settings" if org else "settings"
    return f"{github.rstrip('/')}/{owner}/apps/new?{urlencode(values)}"


def main(url: str = "", org: str = "", github: str = "") -> str | None:
    """Prints the link. Returns what is wrong with the arguments, or None."""
    if not url.startswith("https://"):
        return "Say where the server will be reached: make register URL=https://ghapp.example.com ORG=acme"
    manifest = YAML(typ="safe").load(MANIFEST.read_text("utf-8"))
    print("Open this, make up a webhook secret (openssl rand -hex 32), and create the App:\n")
    print(link(manifest, url, org, github or "https://github.com"))
    return None


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
