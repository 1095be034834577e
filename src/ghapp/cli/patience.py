"""A word to a person at a terminal when something takes long."""

from __future__ import annotations

import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager

SECONDS = 1.0
_CLEAR = "\r\x1b[K"


@contextmanager
def patience(doing: str) -> Generator[None]:
    """Shows on the terminal what is being done once it has taken a second, and takes it away at the end."""
    if not sys.stderr.isatty():
        yield
        return
    shown = threading.Event()

    def show() -> None:
        shown.set()
        sys.stderr.write(f"{_CLEAR}{doing} …")
        sys.stderr.flush()

    timer = threading.Timer(SECONDS, show)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        if shown.is_set():
            sys.stderr.write(_CLEAR)
            sys.stderr.flush()
