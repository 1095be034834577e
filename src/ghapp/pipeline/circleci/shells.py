"""Which shell runs a step, and whether it stops at the first failure.

Defaults: circleci.com/docs/reference/configuration-reference/#default-shell-options.
"""

from __future__ import annotations

from dataclasses import dataclass

from ghapp.pipeline.model import Runner

KINDS = {
    "bash": "bash",
    "sh": "sh",
    "ash": "sh",
    "dash": "sh",
    "powershell": "pwsh",
    "pwsh": "pwsh",
    "cmd": "cmd",
    "python": "python",
    "python3": "python",
}
MAX_COMMAND = 1_000
WITHOUT_BASH = ("alpine", "busybox")
"""Words in the names of images that have no bash, where CircleCI falls back to sh."""


@dataclass(frozen=True, slots=True)
class Shell:
    """`kind`: bash, sh, pwsh, python …, or unknown. `errexit`, `pipefail`: the options it is started with."""

    kind: str
    errexit: bool = True
    pipefail: bool = True


BASH = Shell("bash")
SH = Shell("sh")
POWERSHELL = Shell("pwsh", errexit=False, pipefail=False)


def default_shell(runner: Runner) -> Shell:
    """What runs the steps when no `shell:` is given."""
    if "windows" in runner.labels:
        return POWERSHELL
    return SH if any(word in (runner.image or "") for word in WITHOUT_BASH) else BASH


def read_shell(command: str) -> Shell:
    """The shell that a `shell:` line starts: `/bin/sh`, `bash -eox pipefail`, `powershell.exe -NoProfile`."""
    words = command[:MAX_COMMAND].replace("\\", "/").split()
    while words and words[0].rpartition("/")[2] == "env":
        words = words[1:]
    program = words[0].rpartition("/")[2].removesuffix(".exe").lower() if words else ""
    kind = KINDS.get(program, "unknown")
    if kind not in ("bash", "sh"):
        return Shell(kind, errexit=False, pipefail=False)
    options = _options(words[1:])
    return Shell(kind, errexit="errexit" in options, pipefail="pipefail" in options)


def _options(words: list[str]) -> set[str]:
    """The names of the options that are switched on: `-eo pipefail` is errexit and pipefail."""
    found: set[str] = set()
    for index, word in enumerate(words):
        if not word.startswith("-") or word.startswith("--"):
            continue
        if "e" in word:
            found.add("errexit")
        if "o" in word:
            found.update(words[index + 1 : index + 2])
    return found
