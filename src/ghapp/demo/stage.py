"""Sets the stage: the demo's GitHub and its pages on one port, the real App as a process of its own on another."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from ghapp.demo.github import FIXER, GitHub, serve
from ghapp.demo.page import pages

PORT = 4747  # of the pages, unless it is taken
START = 60  # seconds the App may take to be ready
SERVE = """
import os, sys, threading
# ends with the demo, however that ends: then its end of this pipe is closed
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
from ghapp.cli import main
main(["serve"])
"""


class NotStarted(Exception):  # noqa: N818 - what happened
    """The App did not come up; says what it printed."""


class Front:
    """GitHub's API and its pages behind one address, as a GitHub Enterprise Server has them."""

    def __init__(self, github: GitHub, site: Starlette) -> None:
        self.github, self.site = github, site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        api = scope["type"] == "http" and str(scope["path"]).startswith("/api/")
        app: ASGIApp = self.github.asgi if api else self.site
        await app(scope, receive, send)


@contextmanager
def stage() -> Generator[tuple[GitHub, str]]:
    """Gives the GitHub and the address of the App, while both run."""
    github = GitHub(permissions=FIXER)
    with serve(Front(github, pages(github)), free_port(PORT)) as url:
        github.web_url, github.api_url = url, f"{url}/api/v3"
        with app_process(github) as address:
            github.webhooks.url = f"{address}/webhook"
            yield github, address


@contextmanager
def app_process(github: GitHub) -> Generator[str]:
    """Runs `ghapp serve` with the settings of this GitHub, on a database that lives as long as the demo."""
    with tempfile.TemporaryDirectory(prefix="ghapp-demo-") as folder:
        port, log = free_port(0), Path(folder, "log")
        address = f"http://127.0.0.1:{port}"
        settings = {
            "GHAPP_APP_ID": str(github.app.id),
            "GHAPP_PRIVATE_KEY": github.app.private_key,
            "GHAPP_WEBHOOK_SECRETS": github.webhook_secret,
            "GHAPP_DATABASE_URL": f"sqlite:///{folder}/ghapp.db",
            "GHAPP_GITHUB_URL": github.api_url,
            "GHAPP_PORT": str(port),
            "GHAPP_LOG": "warning",
        }
        outside = {name: value for name, value in os.environ.items() if not name.startswith("GHAPP_")}
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603 - our own command line
                [sys.executable, "-c", SERVE],
                env={**outside, **settings},
                cwd=folder,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
            )
        with process:
            try:
                _wait(process, f"{address}/readyz", log)
                yield address
            finally:
                process.terminate()
                try:
                    process.wait(15)
                except subprocess.TimeoutExpired:
                    process.kill()


def free_port(wanted: int) -> int:
    """The port, or another when it is taken (0: any)."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise NotStarted("no port is free on 127.0.0.1")


def _wait(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    until = time.monotonic() + START
    with httpx.Client(trust_env=False) as http:
        while time.monotonic() < until and process.poll() is None:
            try:
                if http.get(url).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)
    raise NotStarted(f"ghapp did not start:\n{log.read_text(errors='replace')[-2_000:]}")
