"""Installations that leave a program where PATH does not lead, and PATH set where the next step does not see it.

Sources: the install scripts of Trivy, Grype, Syft, golangci-lint and TruffleHog (`-b DIR`, `BINDIR`, else `./bin`);
`go help install`; actions/runner-images#9316 (no GOPATH/bin on PATH) and actions/setup-go, which puts it there; the
PATH of GitHub's images in actions/runner-images, of CircleCI's in cimg-base's Dockerfile.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ghapp.pipeline import Command
from ghapp.pipeline.model import Platform
from ghapp.rules._tools import Tool

_BIN_OPTION = re.compile(r"(?:\s-b\s*|\bBINDIR=)(\"[^\"]*\"|'[^']*'|\$\([^)]*\)\S*|[^\s\"']+)")
_HERE = re.compile(r"(?:\./|\$\{?PWD\}?/|\$\(pwd\)/)?[\w.-]+(?:/[\w.-]+)*/?")
_GO_BIN = re.compile(r"\$\((?:go env GOPATH)\)/bin/?|(?:\$\{?HOME\}?|~)/go/bin/?")
_VENV = re.compile(r"(?:[\w./-]*/)?(?:\.?v?env[\w.-]*)/bin/(?:pip3?|python3?)")
_LEADS_TO = re.compile(r"\.local/bin|/usr/|\.cargo/bin|^(?:/usr)?/s?bin")


def directory_of(command: Command, text: str, tool: Tool, actions: set[str]) -> str | None:
    """The directory, off PATH, in which a command leaves the tool; None when it may be one that PATH has.

    `text`: the command with the download that is piped into it. `actions`: those that have run before.
    """
    if command.name in ("sh", "bash") and "into" in tool.data:
        option = _BIN_OPTION.search(text)
        target = option[1].strip("\"'") if option is not None else tool.data["into"]
        if _HERE.fullmatch(target):
            return target
        return target if _GO_BIN.fullmatch(target) and _no_go(command, actions) else None
    if command.is_a("go", "install") and "@" in text and _no_go(command, actions):
        return "$(go env GOPATH)/bin"
    program = command.words[0].raw.strip("\"'") if command.words else ""
    if _VENV.fullmatch(program) and not program.startswith("/") and "install" in text:
        return program.rpartition("/")[0]
    return None


def _no_go(command: Command, actions: set[str]) -> bool:
    """Whether GOPATH/bin is off PATH: on GitHub's Linux images until an action has set up Go."""
    labels = command.job.runner.labels
    unset = command.step.scope.variable("GOBIN") is None and "GOBIN" not in command.variables
    hosted = command.job.pipeline.platform is Platform.ACTIONS and all(label.startswith("ubuntu") for label in labels)
    return hosted and command.job.runner.image is None and unset and not any("go" in name for name in actions)


def exported_in(text: str, exports: Mapping[str, Command]) -> str | None:
    """The directory that some `export PATH` of the job adds, off PATH otherwise, and that the text names."""
    directories = (directory for value in exports for directory in _added(value))
    return next((each for each in directories if re.search(re.escape(_plain(each)) + r"(?![\w.-])", text)), None)


def lost_path(exports: Mapping[str, Command], directories: tuple[str, ...]) -> Command | None:
    """The `export PATH` of an earlier step that was meant for one of the directories."""
    wanted = {_plain(directory) for directory in directories}
    return next((export for value, export in exports.items() if wanted & set(map(_plain, _added(value)))), None)


def _added(value: str) -> list[str]:
    """The directories that a value of PATH adds to those that lead to programs anyway."""
    parts = (part.strip("\"'") for part in value.split(":"))
    return [part for part in parts if "/" in part and not _LEADS_TO.search(part)]


def _plain(directory: str) -> str:
    """A directory as other spellings of it are compared with."""
    return re.sub(r"^(?:\./|\$\{?PWD\}?/|\$\(pwd\)/|\$\{?GITHUB_WORKSPACE\}?/)", "", directory).rstrip("/")
