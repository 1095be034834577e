"""Text filters on paper: what `cut`, `awk`, `sed` and their like print for a short text."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

Filter = Callable[[list[str], str], "str | None"]
"""Takes the arguments behind the program's name, and its input; gives what it prints, or None when that is unknown."""

_PRINT = re.compile(r"\s*\{\s*print\s+\$(?:(\d+)|NF|\(NF\s*-\s*(\d+)\))\s*;?\s*\}\s*")
_CLASS = re.compile(r"\[[^\]\[\\^]+\]")
_RANGE = re.compile(r"(\d*)(-?)(\d*)")
_SUBSTITUTE = re.compile(
    r"\s*s(?P<sign>[^\w\s\\])(?P<old>(?>(?:\\.|(?!(?P=sign))[^\\])*))(?P=sign)"
    r"(?P<new>(?>(?:\\.|(?!(?P=sign))[^\\])*))(?P=sign)(?P<flags>g?)\s*(?:;|\Z)"
)
_PIECE = re.compile(r"\[\^?\]?[^\]\[\\]*\]|\\.|.", re.DOTALL)
_EXOTIC = re.compile(r"\A(?:\\|\[|\])\Z|\A\[.*(?:--|&&|~~|\|\|)")
_MOST_STARS = 3
_LONGEST = 100
"""More stars in a pattern, or a longer text, than a task definition needs could take long."""


def echo(arguments: list[str], text: str) -> str | None:
    while arguments and arguments[0] in ("-n", "-e", "-ne", "-en"):
        arguments = arguments[1:]
    return " ".join(arguments) + "\n"


def printf(arguments: list[str], text: str) -> str | None:
    if not arguments or arguments[0].count("%") != arguments[0].count("%s") or len(arguments) > 2:
        return None
    filled = arguments[0].replace("%s", arguments[1] if len(arguments) > 1 else "")
    return filled.replace("\\n", "\n") if "\\" not in filled.replace("\\n", "") else None


def basename(arguments: list[str], text: str) -> str | None:
    if not arguments or arguments[0].startswith("-") or len(arguments) > 2:
        return None
    name = arguments[0].rstrip("/").rpartition("/")[2]
    return (name.removesuffix(arguments[1]) if len(arguments) > 1 else name) + "\n"


def dirname(arguments: list[str], text: str) -> str | None:
    return posixpath.dirname(arguments[0]) + "\n" if len(arguments) == 1 else None


def cut(arguments: list[str], text: str) -> str | None:
    options = _options(arguments, {"d": "delimiter", "f": "fields"})
    if options is None or len(options.get("d", "\t")) != 1 or "f" not in options:
        return None
    delimiter = options.get("d", "\t")
    lines: list[str] = []
    for line in text.splitlines():
        fields = line.split(delimiter)
        chosen = _chosen(options["f"], len(fields))
        if chosen is None:
            return None
        lines.append(delimiter.join(fields[at - 1] for at in chosen) if len(fields) > 1 else line)
    return _joined(lines)


def _chosen(wanted: str, count: int) -> list[int] | None:
    """The numbers of the fields that `1,3-` means, of `count` fields."""
    found: set[int] = set()
    for each in wanted.split(","):
        match = _RANGE.fullmatch(each)
        if match is None or not (match[1] or match[3]) or len(each) > 6:
            return None
        first = int(match[1] or 1)
        last = first if not match[2] else int(match[3] or count)
        found.update(range(max(1, first), min(last, count) + 1))
    return sorted(found)


def awk(arguments: list[str], text: str) -> str | None:
    options = _options(arguments[:-1], {"F": "field-separator"})
    match = _PRINT.fullmatch(arguments[-1]) if arguments else None
    if options is None or match is None:
        return None
    separator = options.get("F", "")
    if len(separator) > 1 and not _CLASS.fullmatch(separator):
        return None
    lines: list[str] = []
    for line in text.splitlines():
        fields = (
            re.split(separator if len(separator) > 1 else re.escape(separator), line) if separator else line.split()
        )
        at = int(match[1]) if match[1] else len(fields) - int(match[2] or 0)
        lines.append(line if match[1] == "0" else fields[at - 1] if 0 < at <= len(fields) else "")
    return _joined(lines)


def sed(arguments: list[str], text: str) -> str | None:
    extended = any(each in ("-E", "-r") for each in arguments)
    scripts = [each for each in arguments if each not in ("-E", "-r", "-e")]
    if not scripts or (len(scripts) > 1 and arguments.count("-e") != len(scripts)) or len(text) > _LONGEST:
        return None
    lines = text.splitlines()
    for script in scripts:
        at = 0
        while at < len(script):
            match = _SUBSTITUTE.match(script, at)
            replace = _substitution(match, extended=extended) if match is not None else None
            if match is None or replace is None:
                return None
            lines = [replace(line) for line in lines]
            at = match.end()
    return _joined(lines)


def _substitution(match: re.Match[str], *, extended: bool) -> Callable[[str], str] | None:
    """What one `s/old/new/` does to a line."""
    sign, new = match["sign"], match["new"].replace(f"\\{match['sign']}", match["sign"])
    pattern = _pattern(match["old"].replace(f"\\{sign}", sign), extended=extended)
    if pattern is None or "&" in new or re.search(r"\\(?!\d)", new):
        return None
    if any(int(number) > pattern.groups for number in re.findall(r"\\(\d)", new)):
        return None
    return lambda line: pattern.sub(new, line, count=0 if match["flags"] else 1)


def _pattern(text: str, *, extended: bool) -> re.Pattern[str] | None:
    """A simple regular expression of sed as Python's; None for one that repeats groups, counts or looks exotic."""
    out = ""
    stars = 0
    for piece in _PIECE.findall(text):
        sign = piece[-1]
        special = len(piece) == 1 if extended else len(piece) == 2
        if (len(piece) == 2 and sign.isalnum()) or (sign in "|{}" and special) or _EXOTIC.search(piece):
            return None
        if piece == "*" or (sign in "+?" and special):
            stars += 1
            if stars > _MOST_STARS or not out or out.endswith((")", "*", "+", "?")):
                return None
            out += sign
        elif (sign in "()" and special) or piece in ("^", "$", ".") or len(piece) > 2:
            out += sign if len(piece) < 3 else piece
        else:
            out += re.escape(sign)
    try:
        return re.compile(out)
    except re.error:
        return None


def tr(arguments: list[str], text: str) -> str | None:
    if len(arguments) != 2 or any(len(each.replace("\\n", "\n")) > 1 for each in arguments if each != "-d"):
        return None
    first, second = (each.replace("\\n", "\n") for each in arguments)
    return text.replace(second, "") if first == "-d" else text.replace(first, second)


def head(arguments: list[str], text: str) -> str | None:
    return _joined(text.splitlines()[:1]) if "".join(arguments) in ("-1", "-n1") else None


def tail(arguments: list[str], text: str) -> str | None:
    return _joined(text.splitlines()[-1:]) if "".join(arguments) in ("-1", "-n1") else None


def cat(arguments: list[str], text: str) -> str | None:
    return None if arguments else text


def _options(arguments: list[str], names: dict[str, str]) -> dict[str, str] | None:
    """The values of options in all their forms (`-d:`, `-d ':'`, `--delimiter=:`); None when anything else is there."""
    found: dict[str, str] = {}
    rest = iter(arguments)
    for each in rest:
        long = next((letter for letter, name in names.items() if each.startswith(f"--{name}=")), None)
        if long is not None:
            found[long] = each.partition("=")[2]
        elif each[:1] == "-" and each[1:2] in names:
            found[each[1]] = each[2:] or next(rest, "")
        else:
            return None
    return found


def _joined(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


FILTERS: dict[str, Filter] = {
    each.__name__: each for each in (echo, printf, basename, dirname, cut, awk, sed, tr, head, tail, cat)
}
