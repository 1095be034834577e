"""A file as it was before a patch, against git's own patches."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ghapp.review.snapshot import before

lines = st.lists(
    st.sampled_from(["a", "b", "c\r", "", "@@ -1 +1 @@", "--- a", "+++ b", "\\ No newline at end of file", "\u2028"]),
    max_size=12,
)
files = st.builds(lambda some, ends: "\n".join(some) + ("\n" if some and ends else ""), lines, st.booleans())


def patch_between(old: str, new: str) -> str:
    """The hunks as GitHub lists them: without the header, and without the last newline."""
    with tempfile.TemporaryDirectory() as directory:
        for name, text in (("old", old), ("new", new)):
            (Path(directory) / name).write_bytes(text.encode())
        command = ["git", "diff", "--no-index", "--no-color", "old", "new"]
        said = subprocess.run(command, cwd=directory, capture_output=True, check=False).stdout.decode()
    return said[said.index("\n@@ ") + 1 :].removesuffix("\n") if "\n@@ " in said else ""


@pytest.mark.skipif(shutil.which("git") is None, reason="git makes the patches")
@settings(max_examples=60, deadline=None)
@given(files, files)
def test_a_patch_backwards_gives_the_file_as_it_was(old: str, new: str) -> None:
    assert before(new.encode(), patch_between(old, new)) == old.encode()


@pytest.mark.parametrize(
    ("after", "patch"),
    [
        (b"other\n", "@@ -1 +1 @@\n-old\n+new"),
        (b"new\n", "@@ -1 +9 @@\n-old\n+new"),
        (b"new\n", "@@ -1,5 +1,5 @@\n-old\n+new"),
        (b"new\nmore\n", "@@ -1 +1 @@\n-old\n+new\n@@ -1 +1 @@\n-old\n+new"),
        (b"\xff", "@@ -1 +1 @@\n-old\n+new"),
    ],
    ids=["another text", "past the end", "cut off", "hunks that overlap", "not UTF-8"],
)
def test_a_patch_that_does_not_fit_is_told_from_one_that_does(after: bytes, patch: str) -> None:
    assert before(after, patch) is None
