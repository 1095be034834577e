"""Which files of the repository a piece of CI text may call: a cheap guess that is too large rather than too small."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline.tree import Tree

MAX_FOUND = 200
"""How many files are named at the most: the text may be hostile, and a caller reads no more than forty."""

_WORD = re.compile(r"[\w.@+~-]*(?:/[\w.@+~-]+)+|[\w@+-]+\.(?:sh|bash|mk|ya?ml)\b|\b(?:make|gmake|npm|yarn|pnpm|bun)\b")
_RUNNERS = {
    "make": ("GNUmakefile", "makefile", "Makefile"),
    "gmake": ("GNUmakefile", "makefile", "Makefile"),
    **dict.fromkeys(("npm", "yarn", "pnpm", "bun"), ("package.json",)),
}
_ACTIONS = ("/action.yml", "/action.yaml")


def callees(text: str, tree: Tree) -> set[str]:
    """The paths of `tree` that `text` may call: scripts, local actions and workflows, makefiles, package.json.

    A word of the text counts when a callable path is it, or ends in it: the directory it is seen from is not looked at.
    """
    found: set[str] = set()
    for word in {match[0] for match in _WORD.finditer(text)}:
        for path in _named(word, tree):
            found.add(path)
            if len(found) >= MAX_FOUND:
                return found
    return found


def _named(word: str, tree: Tree) -> Iterator[str]:
    if word in _RUNNERS:
        for name in _RUNNERS[word]:
            yield from tree.callable.get(name, ())
        return
    tail = word.lstrip("./~").rstrip("/")
    for path in tree.callable.get(tail.rpartition("/")[2], ()):
        if path == tail or path.endswith((f"/{tail}", f"/{tail}{_ACTIONS[0]}", f"/{tail}{_ACTIONS[1]}")):
            yield path
        elif path.endswith(_ACTIONS) and path.rpartition("/")[0] == tail:
            yield path
