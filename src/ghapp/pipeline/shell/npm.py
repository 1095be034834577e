"""The scripts of a package.json: what `npm run x`, `npm test`, `yarn x`, `pnpm x` and `bun run x` do.

Sources: docs.npmjs.com/cli (run-script, scripts), classic.yarnpkg.com/docs/cli/run, pnpm.io/cli/run,
bun.sh/docs/cli/run.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from ghapp.pipeline.command import Command
from ghapp.pipeline.source import Source, Text

_RUN = frozenset({"run", "run-script", "rum", "urn"})
_SHORT = {"test": "test", "t": "test", "tst": "test", "start": "start", "stop": "stop", "restart": "restart"}
_OTHERS = frozenset({"-w", "--workspace", "--workspaces", "-ws", "-r", "--recursive", "-F", "--filter"})
_DIRECTORY = ("--prefix", "-C", "--cwd", "--dir")
_OWN = frozenset(
    word
    for words in (
        "add audit bin cache ci config create dedupe deploy dlx exec fetch global help i import info init install link",
        "list login logout ls node npm outdated owner pack patch prune publish rebuild remove rm set setup store tag",
        "team unlink uninstall up update upgrade version versions view whoami why x",
    )
    for word in words.split()
)
"""Commands of yarn, pnpm and bun that are no scripts; `npm ci` and the like."""

_KEY = re.compile(r'"scripts"\s*:\s*\{')
_ENTRY = re.compile(r'\s*,?\s*"((?>(?:[^"\\]|\\.)*))"\s*:\s*"((?>(?:[^"\\]|\\.)*))"')
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_NAMED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


@dataclass(frozen=True, slots=True)
class Call:
    """`script` of the package in `directory`. `bare`: named without `run`, so it may be a program of the package."""

    script: str
    directory: str = ""
    arguments: str = ""
    bare: bool = False
    reason: str = ""  # why it cannot be followed

    @classmethod
    def of(cls, command: Command) -> Call | None:
        """The script that a command runs; None when it runs none (`npm ci`)."""
        name = command.name
        word, *others = command.operands or (None,)
        if word is None:
            return None
        first = command.literal(word)
        bare = first not in _RUN
        if not bare and not others:
            return None
        word = word if bare else others[0]
        script = command.literal(word)
        if bare:
            script = _SHORT.get(first or "", first if name != "npm" else None)
            if script is None or script in _OWN or (name == "bun" and script == "test"):
                return None
        if first in ("workspace", "workspaces") or any(command.has_option(each) for each in _OTHERS):
            return cls("", reason="What this runs in other packages of the repository is not read.")
        where = next((value for each in _DIRECTORY if (value := command.option(each)) is not None), None)
        directory = "" if where is None else command.literal(where)
        if script is None or directory is None:
            return cls("", reason=f"Which script `{name}` runs here cannot be told.")
        rest = command.script.text.value[word.end : command.end] if word.end <= command.end else ""
        return cls(script, directory, re.sub(r"^\s*--(?=\s)", "", rest), bare=bare and name != "npm")


def scripts(source: Source, call: Call) -> list[Text] | str:
    """The texts that run, `pre…` and `post…` included; a reason when it cannot be told."""
    try:
        json.loads(source.text)
    except (ValueError, RecursionError):
        return f"`{source.path}` cannot be read as JSON."
    places = _places(source)
    if call.script not in places:
        return [] if call.bare else f"`{source.path}` has no script `{call.script}`."
    found: list[Text] = []
    for name in (f"pre{call.script}", call.script, f"post{call.script}"):
        at = places.get(name)
        if at is not None:
            found.append(_text(source, *at, call.arguments if name == call.script else ""))
    return found


def _places(source: Source) -> dict[str, tuple[int, int]]:
    """Where the value of each script stands between its quotes."""
    opening = _KEY.search(source.text)
    places: dict[str, tuple[int, int]] = {}
    at = opening.end() if opening is not None else len(source.text)
    while (entry := _ENTRY.match(source.text, at)) is not None:
        places[entry[1]] = entry.span(2)
        at = entry.end()
    return places


def _text(source: Source, start: int, end: int, arguments: str) -> Text:
    """The decoded string at start:end, with what the call adds behind it."""
    pieces: list[str] = []
    segments: list[tuple[int, int, int]] = []
    at = length = start
    length = 0
    for escape in [*_ESCAPE.finditer(source.text, start, end), None]:
        until = escape.start() if escape is not None else end
        piece = source.text[at:until]
        segments.append((length, at, until - at))
        if escape is not None:
            piece += chr(int(escape[1], 16)) if escape[1] else _NAMED.get(escape[2], escape[2])
            at = escape.end()
        pieces.append(piece)
        length += len(piece)
    return Text("".join(pieces) + arguments, source, segments, exact=False)
