"""Applies proven edits to the files on disk."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from ghapp.cli.git import Unusable
from ghapp.cli.subject import Subject
from ghapp.pipeline.edits import apply
from ghapp.pipeline.engine import Outcome
from ghapp.pipeline.rule import Diagnostic, Edit
from ghapp.pipeline.source import Source
from ghapp.pipeline.tree import Tree

BOM = b"\xef\xbb\xbf"

Examine = Callable[[], tuple[Outcome, Tree]]


def mend(subject: Subject, examine: Examine) -> tuple[Outcome, Tree, tuple[Diagnostic, ...]]:
    """Mends what can be mended; gives what is left, and what was mended. Raises Unusable when a file cannot be written.

    An edit is proven against the file as it was, so each round applies one to a file and looks again. A proven edit
    leaves fewer findings than there were; a round that did not is the last one.
    """
    mended: list[Diagnostic] = []
    left: float = float("inf")
    while True:
        outcome, tree = examine()
        batch: dict[str, tuple[Diagnostic, Edit]] = {}
        for each in outcome.new:
            if each.edit is not None and each.proven:
                batch.setdefault(each.edit.path, (each, each.edit))
        if not batch or len(outcome.new) >= left:
            return outcome, tree, tuple(mended)
        left = len(outcome.new)
        mended += [each for each, edit in batch.values() if _apply(subject, edit)]


def _apply(subject: Subject, edit: Edit) -> bool:
    """Writes the file with the edit in it: all of it or nothing, with its mode, line ends and byte order mark."""
    place, data = subject.locate(edit.path), subject.read(edit.path)
    if place is None or data is None:
        return False
    text = apply(Source.decode(edit.path, data), [edit])
    _replace(place.resolve(), (BOM if data.startswith(BOM) else b"") + text.encode())
    return True


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
