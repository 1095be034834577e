"""What we read, bash reads; what we cannot read, bash refuses."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from ghapp.pipeline.shell.grammar import parse
from tests.pipeline.shell.test_commands_of_a_script import SCRIPTS
from tests.pipeline.shell.test_words import BROKEN, LITERALS

BASH = shutil.which("bash")


def refused(scripts: list[str], folder: Path) -> set[str]:
    """Those of the scripts that `bash -n` refuses. It reads them and runs nothing."""
    for at, script in enumerate(scripts):
        (folder / str(at)).write_text(script, newline="")
    loop = 'cd "$1" && for each in *; do "$0" -n "$each" 2>/dev/null || echo "$each"; done'
    done = subprocess.run([BASH or "", "-c", loop, BASH or "", str(folder)], capture_output=True, text=True, check=True)
    return {scripts[int(at)] for at in done.stdout.split()}


@pytest.mark.skipif(BASH is None, reason="needs bash to compare with")
def test_bash_reads_what_we_read_and_refuses_what_we_refuse(tmp_path: Path) -> None:
    every = [*(text for text, _ in SCRIPTS), *LITERALS, *BROKEN]
    scripts = [text for text in every if "`" not in text]  # bash reads what is in backquotes when it runs them
    ours = {script for script in scripts if parse(script).error is not None}

    assert refused(scripts, tmp_path) == ours
