"""Which shell reads a run step, and with which options.

Sources: docs.github.com/actions/reference/workflows-and-actions/workflow-syntax (`steps[*].shell`, `container`) and
actions/runner, src/Runner.Worker/Handlers/ScriptHandlerHelpers.cs.
"""

from __future__ import annotations

from dataclasses import dataclass

from ghapp.pipeline.actions.expressions import tokens
from ghapp.pipeline.actions.runners import on_windows
from ghapp.pipeline.model import Runner, RunnerKind


@dataclass(frozen=True, slots=True)
class Shell:
    """`name`: bash, sh, pwsh, powershell, cmd, python, any other program, or unknown."""

    name: str
    errexit: bool = True
    pipefail: bool = False


UNKNOWN = Shell("unknown", errexit=False)
DEFAULT = Shell("bash")
BUILTIN = {
    "bash": Shell("bash", pipefail=True),
    "sh": Shell("sh"),
    "pwsh": Shell("pwsh"),
    "powershell": Shell("powershell"),
    "cmd": Shell("cmd", errexit=False),
    "python": Shell("python"),
}
PROGRAMS = {"bash": "bash", "sh": "sh", "dash": "sh"} | {name: name for name in BUILTIN}


def shell_named(line: str) -> Shell:
    """The shell that a `shell:` names: a built-in one, or a command line with `{0}` of which the options count."""
    line = line.strip()
    if line.lower() in BUILTIN:
        return BUILTIN[line.lower()]
    words = line.replace('"', " ").replace("'", " ").split()
    programs = [word.replace("\\", "/").rpartition("/")[2].lower().removesuffix(".exe") for word in words]
    for at in range(len(words) - 1, -1, -1):
        if programs[at] in PROGRAMS:
            options = _options(words[at + 1 :])
            return Shell(PROGRAMS[programs[at]], errexit="errexit" in options, pipefail="pipefail" in options)
    return Shell(programs[0], errexit=False) if programs else UNKNOWN


def _options(words: list[str]) -> set[str]:
    """The `set -o` names of a shell's options: `-eo pipefail` gives errexit and pipefail."""
    found: set[str] = set()
    for at, word in enumerate(words):
        if word.startswith("-") and not word.startswith("--"):
            if "e" in word:
                found.add("errexit")
            if word.endswith("o") and at + 1 < len(words):
                found.add(words[at + 1])
    return found


def default_shell(runner: Runner, condition: str | None) -> Shell:
    """The shell of a step that names none. `condition`: the step's `if`, which picks Windows out of a mixed matrix."""
    if runner.kind is RunnerKind.DOCKER:
        return BUILTIN["sh"]
    windows = [on_windows(label) for label in runner.labels]
    together = runner.node is not None and runner.node.kind != "scalar"
    if any(windows) and (together or all(windows) or _asks_for_windows(condition)):
        return BUILTIN["pwsh"]
    return DEFAULT


def _asks_for_windows(condition: str | None) -> bool:
    words = tokens(condition or "") or ()
    signs = {word.text for word in words if word.kind == "operator"}
    return not signs & {"!", "!=", "||"} and any(word.kind == "string" and on_windows(word.text) for word in words)
