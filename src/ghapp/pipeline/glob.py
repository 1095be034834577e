"""Globs over paths, as regular expressions that a hostile pattern cannot make slow.

A star never gives back what it took: behind it the leftmost match of the next fixed piece is always good enough, within
a name as well as for `**` over whole names. So matching needs no backtracking over several stars.
"""

from __future__ import annotations

import re

LONGEST_PATTERN = 300
LONGEST_PATH = 500
"""Longer ones are not looked at. The longest path that Windows takes by default has 260 characters."""

_MOST_ALTERNATIVES = 64
_BRACES = re.compile(r"\{([^{},]*(?:,[^{},]*)+)\}")
_TOKEN = re.compile(r"(?P<star>\*+)|(?P<one>\?)|\[(?P<not>[!^]?)(?P<set>\]?[^]/]*)\]|(?P<char>.)", re.DOTALL)
_NOTHING = re.compile(r"(?!)")


def glob_regex(pattern: str, *, star_crosses: bool = False) -> re.Pattern[str]:
    """A glob as a regular expression for `fullmatch` over paths.

    `?`, `[abc]` and `{a,b}` are understood; `*` stays within a name unless `star_crosses`; `**` as a whole name stands
    for any number of directories, within a name it makes every star cross. Names that begin with a dot are like others.
    """
    if len(pattern) > LONGEST_PATTERN:
        return _NOTHING
    crosses = star_crosses or "**" in re.sub(r"(?:\A|(?<=/))\*\*(?=/|\Z)", "", pattern)
    try:
        return re.compile(
            "|".join(_flat(each) if crosses else _path(each) for each in _alternatives(pattern)), re.DOTALL
        )
    except re.error:  # a range that runs backwards: `[z-a]`
        return re.compile(re.escape(pattern))


def _alternatives(pattern: str) -> list[str]:
    """The pattern without braces; those beyond a sensible number stay as they are."""
    done: list[str] = []
    pending = [pattern]
    while pending:
        each = pending.pop()
        braces = _BRACES.search(each)
        if braces is None or len(done) + len(pending) > _MOST_ALTERNATIVES:
            done.append(each)
        else:
            pending += [each[: braces.start()] + word + each[braces.end() :] for word in braces[1].split(",")]
    return done


def _path(pattern: str) -> str:
    """Names between slashes; the runs of names between `**` are looked for from left to right."""
    first, *others = [run.strip("/") for run in re.split(r"(?:\A|(?<=/))\*\*(?=/|\Z)", pattern)]
    regex = _run(first)
    if not others:
        return regex
    *middle, last = others
    regex += "/" if first else ""
    regex += "".join(f"(?>(?:[^/]+/)*?{_run(run)}/)" for run in middle if run)
    return regex + (f"(?:[^/]+/)*{_run(last)}" if last else ".*")


def _run(names: str) -> str:
    return "/".join(_stars(name, "[^/]") for name in names.split("/"))


def _flat(pattern: str) -> str:
    return _stars(pattern.replace("**/", "**"), ".")


def _stars(text: str, sign: str) -> str:
    """Text with stars that stand for any number of `sign`."""
    pieces = [""]
    for token in _TOKEN.finditer(text):
        if token["star"]:
            pieces.append("")
        elif token["one"]:
            pieces[-1] += "[^/]"
        elif token["char"]:
            pieces[-1] += re.escape(token["char"])
        else:
            body = token["set"].replace("\\", r"\\").replace("[", r"\[").replace("]", r"\]")
            pieces[-1] += f"[^/{body}]" if token["not"] else f"[{body}]"
    first, *others = pieces
    if not others:
        return first
    *middle, last = others
    return first + "".join(f"(?>{sign}*?{piece})" for piece in middle if piece) + f"{sign}*{last}"
