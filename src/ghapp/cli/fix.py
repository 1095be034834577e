"""Writes files with their proven edits in them to the disk."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ghapp.cli.git import Unusable
from ghapp.cli.subject import Subject

BOM = b"\xef\xbb\xbf"


def write(subject: Subject, texts: Mapping[str, str]) -> None:
    """Each file as a whole or not at all, with its mode and byte order mark. Raises Unusable."""
    for path, text in texts.items():
        place, data = subject.locate(path), subject.read(path)
        if place is not None and data is not None:
            _replace(place.resolve(), (BOM if data.startswith(BOM) else b"") + text.encode())


def _replace(place: Path, data: bytes) -> None:
    try:
        handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            shutil.copymode(place, name)
            os.replace(name, place)
        except OSError:
            os.unlink(name)
            raise
    except OSError as error:
        raise Unusable(f"{place}: {error.strerror}") from None
