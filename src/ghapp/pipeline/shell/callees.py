"""Which files of the repository a piece of CI text may call: a cheap guess that is too large rather than too small."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline.tree import Tree

MAX_FOUND = 200
"""How many files are named at the most: the text may be hostile, and a caller reads no more than forty."""
MAX_COMPARED = 100_000
"""How often a word is held against a path at the most: a stranger can bring many of both."""

_WORD = re.compile(r"[\w.@+~/-]+")  # one class, so that a megabyte without a space is still read once
_LEAD = re.compile(r"^(?:~|\.{0,2}/)+")
_SCRIPTS = (".sh", ".bash", ".mk", ".yml", ".yaml")
_RUNNERS = {
    "make": ("GNUmakefile", "makefile", "Makefile"),
    "gmake": ("GNUmakefile", "makefile", "Makefile"),
    **dict.fromkeys(("npm", "yarn", "pnpm", "bun"), ("package.json",)),
}


def callees(text: str, tree: Tree) -> set[str]:
    """The paths of `tree` that `text` may call: scripts, local actions and workflows, makefiles, package.json.

    A word of the text counts when a callable path is it, or ends in it, or it ends in the path (`$ROOT/ci/build.sh`):
    the directory it is seen from is not looked at.
    """
    found: set[str] = set()
    budget = MAX_COMPARED
    known = tree.callable
    for word in set(_WORD.findall(text)):
        if "/" not in word and word not in _RUNNERS and not word.endswith(_SCRIPTS):
            continue
        if word.rpartition("/")[2] not in known and word not in _RUNNERS and not word.endswith(("/", ".")):
            continue
        for name, ends in _sought(word):
            for path in known.get(name, ()):
                budget -= 1
                if path in ends or path.endswith(tuple(f"/{end}" for end in ends)) or ends[0].endswith(f"/{path}"):
                    found.add(path)
                if not budget or len(found) == MAX_FOUND:
                    return found
    return found


def _sought(word: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The base names to look up for a word, each with the ends that the path of a called file has."""
    tail = _LEAD.sub("", word).rstrip("/")
    if word in _RUNNERS:
        yield from ((name, (name,)) for name in _RUNNERS[word])
    elif tail:
        yield tail.rpartition("/")[2], (tail, f"{tail}/action.yml", f"{tail}/action.yaml")
    elif word == "./":
        yield "", ("action.yml", "action.yaml")
