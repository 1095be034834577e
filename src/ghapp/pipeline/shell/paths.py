"""Which file of the repository a word of a script names."""

from __future__ import annotations

import posixpath
import re

from ghapp.pipeline.command import Command
from ghapp.pipeline.expansion import expand
from ghapp.pipeline.rule import Platform
from ghapp.pipeline.tree import WORKSPACE
from ghapp.pipeline.word import Part, PartKind, Word

_ROOT = re.compile(
    r"(?:\$\{?(?:GITHUB_WORKSPACE|CIRCLE_WORKING_DIRECTORY)\}?|\$\{\{ *github\.workspace *\}\}|~/project"
    r"|\$\(git rev-parse --show-toplevel\)|" + re.escape(WORKSPACE) + r")(?=/|$)"
)
_HERE = re.compile(r"(?:\$\{?PWD\}?|\$\(pwd\))(?=/|$)")
_SELF = (
    r"(?:\$\{?0\}?|\$\{?BASH_SOURCE(?:\[0\])?(?::-\$\{?0\}?)?\}?"
    r"|\$\((?:readlink -f|realpath) \$\{?(?:0|BASH_SOURCE(?:\[0\])?)\}?\))"
)
_DIRNAME = rf"\$\(dirname (?:-- )?{_SELF}\)"
_AND_THERE = r"(?: *>/dev/null(?: 2>&1)?)? *(?:&&|;) *pwd(?: -P)?"
_BESIDE = re.compile(
    rf"(?:{_DIRNAME}|\$\{{(?:0|BASH_SOURCE(?:\[0\])?)%/\*\}}"
    rf"|\$\(cd (?:-P )?(?:-- )?{_DIRNAME}(/[\w./-]*)?{_AND_THERE}\))(?=/|$)"
)
_LEADING = re.compile(r"\$\{?([A-Za-z_]\w*)\}?(?=/|$)")

INSTALLED = re.compile(
    r"^/(?:usr|bin|sbin|opt/homebrew|opt/hostedtoolcache|snap|nix)/"
    r"|(?:^|/)(?:node_modules/\.bin|\.?v?env[\w.-]*/bin|vendor/bin|\.local/bin|go/bin|\.cargo/bin|\.bun/bin|\.dotnet/tools)/"
    r"|GOPATH\)?\}?\"?/bin/|(?:^|/)(?:gradlew|mvnw|sbtx)$"
)
"""Programs that an installer has put there: known by their names, no scripts of the repository."""


def locate(command: Command, word: Word) -> str | None:
    """The path, from the repository's root, of what `word` names where the command runs; None when it cannot be told.

    The path need not exist. `$GITHUB_WORKSPACE`, `$(dirname "$0")` and their kin are understood.
    """
    text = _text(command, word)
    for _ in range(4):
        leading = _LEADING.match(text)
        value = command.variables.get(leading[1]) if leading is not None else None
        if leading is None or value is None:
            break
        text = _text(command, value) + text[leading.end() :]
    text = re.sub(r"\s+", " ", text.replace('"', ""))
    base = command.directory
    if (beside := _BESIDE.match(text)) is not None and command.path.endswith((".sh", ".bash")):
        base = posixpath.join(posixpath.dirname(command.path), (beside[1] or "").lstrip("/"))
        text = text[beside.end() :].lstrip("/")
    elif (sign := _ROOT.match(text)) is not None:
        base = None if _moved(command, sign[0]) else ""
        text = text[sign.end() :].lstrip("/")
    elif (sign := _HERE.match(text)) is not None:
        text = text[sign.end() :].lstrip("/")
    return None if base is None else joined(base, text)


def _moved(command: Command, root: str) -> bool:
    """Whether GitHub's workspace is not the repository: where it is, the scope has filled in WORKSPACE for its name."""
    named = "GITHUB_WORKSPACE" in root or "github.workspace" in root
    return named and command.job.pipeline.platform in (Platform.ACTIONS, Platform.ACTION)


def joined(directory: str, path: str) -> str | None:
    """`path` seen from `directory`, from the repository's root; None for what lies outside of it or cannot be told."""
    if path.startswith(("/", "~")) or any(sign in path for sign in "$*?`<>{"):
        return None
    whole = posixpath.normpath(posixpath.join(directory, path))
    if whole == ".." or whole.startswith("../"):
        return None
    return "" if whole == "." else whole


def _text(command: Command, word: Word) -> str:
    """The word's text with variables filled in, the computed ones as their computation."""
    parts: list[Part] = []
    for part in word.parts:
        value = command.variables.get(part.text) if part.kind is PartKind.VARIABLE else None
        parts.extend(value.parts if value is not None else (part,))
    return expand(word._replace(parts=tuple(parts)), {}, command.step.scope)[0]
