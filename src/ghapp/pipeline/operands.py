"""Which words of a command name files of the repository that must be there when it runs."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from ghapp.pipeline.command import Command
from ghapp.pipeline.operand_table import ALIASES, FORMS, Form
from ghapp.pipeline.shell.builtins import options_of
from ghapp.pipeline.shell.paths import INSTALLED, locate
from ghapp.pipeline.shell.shells import SHELLS
from ghapp.pipeline.word import PartKind, Word


class Kind(StrEnum):
    """What is expected at a path. PATH: a file or a directory. SCRIPT: a file that is run."""

    FILE = "file"
    DIRECTORY = "directory"
    PATH = "path"
    SCRIPT = "script"


@dataclass(frozen=True, slots=True)
class Operand:
    """A word that names a path of the repository.

    `path`: from the repository's root; where `glob`, a pattern that the shell expands. `text`: the path as the command
    says it, seen from the directory `base`. `start`: where that stands in the script, None if it does not stand there
    as it is.
    """

    command: Command
    kind: Kind
    path: str
    text: str
    base: str = ""
    glob: bool = False
    start: int | None = None


_KINDS = {"files": Kind.PATH, "package": Kind.PATH, "chart": Kind.PATH, "local": Kind.PATH, "program": Kind.FILE}
_THROUGH = {"poetry": "run", "pipenv": "run", "pdm": "run", "hatch": "run", "uv": "run", "bundle": "exec"}
_OUTSIDE = re.compile(r"://|^git@|[\s\\$`<>{}|;&(),:@]|^-|^$")
_GLOB = re.compile(r"[*?[]")
_SCRIPT = re.compile(r"(?:^|/)[^/.]+$|\.(?:sh|bash)$")
_READ = frozenset({*FORMS, *ALIASES, *_THROUGH, *SHELLS, "npx", "aws", "source", "."})
_BASES = frozenset({"-C", "--directory", "-chdir"})


def operands(command: Command) -> Iterator[Operand]:
    """The paths that the command needs. Those that are not known, or lie outside of the repository, are left out."""
    name, words = command.name or "", command.words
    if not command.redirections and name not in _READ and (not words or "/" not in words[0].raw):
        return
    for redirection in command.redirections:
        if redirection.target is not None and redirection.operator == "<":
            yield from _operand(command, redirection.target, "file", command.directory)
    if not words or {"xargs", "find"} & set(command.wrappers):
        return
    if name in SHELLS or name in ("source", ".") or "/" in words[0].raw:
        yield from _called(command, name)
    if name == "aws":
        for word in words[1:]:
            scheme = re.match(r"[\"']?(fileb?://)", word.raw)
            if scheme is not None:
                yield from _operand(command, word.after(len(scheme[1])), "file", command.directory)
    name, words = program(command)
    form = _form(name, words)
    if form is not None:
        found = list(_read(form, words))
        base = _base(command, found)
        for word, kind, option in found:
            yield from _operand(command, word, kind, command.directory if option in _BASES else base)


def _called(command: Command, name: str) -> Iterator[Operand]:
    """The script that a command runs: `./x.sh`, `bash x.sh`, `source x.sh`; those that `bash -n` looks at."""
    words = command.words
    if name in SHELLS and "/" not in words[0].raw:
        options, at = options_of(words[1:])
        if "n" in options:
            for word in words[at + 1 :]:
                yield from _operand(command, word, "file", command.directory)
            return
        called = words[at + 1 : at + 2] if not options.keys() & {"c", "s", "--version"} else ()
    elif name in ("source", "."):
        called = words[1:2]
    else:
        called = words[:1] if not INSTALLED.search(words[0].raw.strip("\"'")) else ()
    for word in called:
        yield from _operand(command, word, "script", command.directory)


def program(command: Command) -> tuple[str, tuple[Word, ...]]:
    """The program that runs in the end, with its words: `pytest` of `poetry run pytest` and `python -m pytest`."""
    name, words = command.name or "", command.words
    raws = [word.raw for word in words[:3]]
    if _THROUGH.get(name) in raws[1:2] and len(raws) > 2:
        name, words = raws[2], words[2:]
    elif name == "npx" and len(raws) > 1:
        name, words = raws[1], words[1:]
    name = ALIASES.get(name, name)
    if name == "python" and len(words) > 2 and words[1].raw == "-m":
        name, words = words[2].raw, words[2:]
    return ALIASES.get(name, name), words


def _form(name: str, words: tuple[Word, ...]) -> Form | None:
    """The row of the table that the command is read by."""
    for form in FORMS.get(name, ()):
        at = 1
        for subcommand in form.subcommands:
            while at < len(words) and words[at].raw.startswith("-"):
                at += 1 + bool(form.options.get(words[at].raw) is not None)
            if at >= len(words) or words[at].raw != subcommand:
                break
            at += 1
        else:
            return form
    return None


def _read(form: Form, words: tuple[Word, ...]) -> Iterator[tuple[Word, str, str]]:
    """The words that are paths, with their kind and the option whose value they are."""
    pending = list(form.subcommands)
    given: list[Word] = []
    at, sure, plain = 1, True, False
    while at < len(words):
        word, raw = words[at], words[at].raw
        at += 1
        if raw == "--" and not plain:
            plain = True
        elif raw.startswith("-") and not plain:
            name, equals, _ = raw.partition("=")
            listed = name in form.options
            kind = form.options.get(name, "")
            if kind and equals:
                yield word.after(len(name) + 1), kind, name
            elif kind and at < len(words):
                yield words[at], kind, name
            sure = sure and (listed or bool(equals))
            following = words[at].raw if at < len(words) else ""
            if kind is not None and not equals and (listed or not following.startswith("-")):
                at += 1
        elif pending and raw == pending[0]:
            del pending[0]
        elif form.operands == "!":
            return
        else:
            sure = sure and (len(word.parts) != 1 or word.parts[0].kind is PartKind.LITERAL or raw.startswith('"'))
            given.append(word)
            if form.operands in ("program", "package"):
                break  # what follows belongs to the program
    yield from ((word, form.operands.strip("_ *+"), "") for word in _named(form.operands, given, sure=sure))


def _named(shape: str, given: list[Word], *, sure: bool) -> list[Word]:
    """Those of the operands that are paths. `sure`: their places are; no word may be an option's value."""
    if shape.endswith("*") and not shape.startswith("_"):
        return given
    if not shape or not sure:
        return []
    first = int(shape.startswith("_"))
    return given[:-1] if shape.endswith("+") else given[first:] if shape.endswith("*") else given[first : first + 1]


def _base(command: Command, found: list[tuple[Word, str, str]]) -> str | None:
    """The directory from which the command's other paths are seen: that of `make -C`, `terraform -chdir`."""
    given = next((word for word, _, option in found if option in _BASES), None)
    return command.directory if given is None else locate(command, given)


def _operand(command: Command, word: Word, kind: str, base: str | None) -> Iterator[Operand]:
    text = command.literal(word)
    if base is None:
        return
    if text is None or text.startswith("/"):  # `$GITHUB_WORKSPACE/x`, `$(dirname "$0")/x`
        path = locate(command, word)
        if path is not None and base == command.directory and not _OUTSIDE.search(path):
            yield Operand(command, _kind(kind, command, path), path, word.raw.strip("\"'"))
        return
    text = _trimmed(text, kind)
    if text is None or _OUTSIDE.search(text) or text.startswith("~"):
        return
    glob = _GLOB.search(text) is not None
    path = posixpath.normpath(posixpath.join(base, text))
    if (glob and not word.glob) or path == ".." or path.startswith("../"):
        return
    start = word.start + word.raw.find(text) if text in word.raw else None
    yield Operand(command, _kind(kind, command, text), "" if path == "." else path, text, base, glob, start)


def _trimmed(text: str, kind: str) -> str | None:
    """The path in an operand's text; None where it need not be one."""
    if kind == "package":
        text = text.removesuffix("/...")
        return text if text.startswith(".") and "..." not in text else None
    if kind == "chart":
        return text if text.startswith(".") else None
    if kind == "local":
        return text.partition("[")[0] if text.startswith(".") else None
    if kind == "program":
        return text if "." in text.rpartition("/")[2] else None
    return text.partition("::")[0]


def _kind(kind: str, command: Command, text: str) -> Kind:
    if command.name == "chmod" and _SCRIPT.search(text):
        return Kind.SCRIPT
    return _KINDS.get(kind) or Kind(kind)
