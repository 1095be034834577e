"""A headless chromium, driven through its own protocol: enough to look at a page and to press a button."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from websockets.sync.client import ClientConnection, connect

CHROMIUM = shutil.which("chromium")


class Browser:
    """`problems` collects what the page's console complains about, such as refused styles or missing files."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket, self.last = socket, 0
        self.problems: list[str] = []
        self.loads = 0
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        self.last += 1
        self.socket.send(json.dumps({"id": self.last, "method": method, "params": params}))
        while (message := self._receive()).get("id") != self.last:
            pass
        return message["result"]

    def open(self, url: str, *, width: int = 1280, dark: bool = False) -> None:
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        loads = self.loads
        self.call("Page.navigate", url=url)
        self.wait(loads)

    def click(self, selector: str) -> None:
        loads = self.loads
        self.js(f"document.querySelector({json.dumps(selector)}).click()")
        self.wait(loads)

    def wait(self, loads: int) -> None:
        while self.loads == loads:
            self._receive()

    def js(self, expression: str) -> Any:
        return self.call("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def _receive(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self.socket.recv(timeout=20))
        method = message.get("method")
        if method == "Page.loadEventFired":
            self.loads += 1
        elif method == "Log.entryAdded" and message["params"]["entry"]["level"] in ("warning", "error"):
            self.problems.append(message["params"]["entry"]["text"])
        elif method == "Runtime.exceptionThrown":
            self.problems.append(str(message["params"]))
        return message


@contextmanager
def browser(profile: Path) -> Iterator[Browser]:
    command = [CHROMIUM or "", "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0"]
    process = subprocess.Popen(
        [*command, f"--user-data-dir={profile}", "about:blank"], stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stderr
        said = next(line for line in process.stderr if "DevTools listening" in line)
        address = re.sub(r"^ws://([^/]+)/.*", r"\1", said.rpartition(" ")[2].strip())
        pages = [each for each in httpx.get(f"http://{address}/json", timeout=10).json() if each["type"] == "page"]
        with connect(pages[0]["webSocketDebuggerUrl"], max_size=None, ping_interval=None) as socket:
            yield Browser(socket)
    finally:
        process.kill()
        process.communicate()
