"""Which files of the repository a piece of CI text may call: a cheap guess that is too large rather than too small."""

from __future__ import annotations

import posixpath
import re

from ghapp.pipeline.tree import Tree

MAX_WORDS = 4000
"""How many words of a text are looked at."""

_WORD = re.compile(r"[\w.@+~-]*(?:/[\w.@+~-]+)+|[\w@+-]+\.[\w.-]+|\b(?:make|gmake|npm|yarn|pnpm|bun)\b")
_MAKEFILES = ("GNUmakefile", "makefile", "Makefile")
_PACKAGE = frozenset({"npm", "yarn", "pnpm", "bun"})


def callees(text: str, tree: Tree, path: str = "") -> set[str]:
    """The paths of `tree` that `text` may call: scripts, local actions and workflows, makefiles, package.json.

    A word counts when it is a path from the root, from the directory of `path` (the file that holds the text), or from a
    directory that the text names.
    """
    paths = tree.paths
    if not paths:
        return set()
    words = {match[0].strip("/").removeprefix("./") for match in _WORD.finditer(text)}
    if len(words) > MAX_WORDS:
        words = set(sorted(words)[:MAX_WORDS])
    words |= {word.partition("/")[2] for word in words if word.startswith(("-", "~"))}
    directories = {"", posixpath.dirname(path)} | {posixpath.normpath(word) for word in words} & tree.directories
    directories |= {each for each in re.findall(r"(?:cd|-C|directory:|--prefix|--cwd|pushd)[ =]+[\"']?([\w.-]+)", text)}
    names = {word for word in words if "/" in word or "." in word}
    if "make" in words or "gmake" in words:
        names.update(_MAKEFILES)
    if words & _PACKAGE:
        names.add("package.json")
    names |= {f"{word}/{file}" for word in names for file in ("action.yml", "action.yaml")}
    found: set[str] = set()
    for directory in directories:
        for name in names:
            candidate = posixpath.normpath(f"{directory}/{name}" if directory else name)
            if candidate in paths:
                found.add(candidate)
    found.discard(path)
    return found
