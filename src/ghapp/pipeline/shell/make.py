"""What `make target` runs: the recipe lines of a makefile, prerequisites first.

Only what is plain is read: explicit rules, `VAR = value`, automatic variables, `-C`, `-f`, variables of the call. What
is not (rules inside of conditionals, pattern rules, targets of included files) gives a reason instead of lines.
Source: the GNU make manual, www.gnu.org/software/make/manual, chapters 3 to 6 and 9.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ghapp.pipeline.command import Command
from ghapp.pipeline.shell.makefile import Makefile, Rule, read
from ghapp.pipeline.source import Source, Text

MAX_RULES = 60
"""How many targets one call may reach."""

_VALUED = frozenset({"-C", "--directory", "-f", "--file", "--makefile", "-I", "--include-dir", "-W", "-o"})
_DRY = frozenset({"-n", "--just-print", "--dry-run", "--recon", "-p", "-q", "--version", "-v", "--help", "-h"})


@dataclass(frozen=True, slots=True)
class Call:
    """`make -C directory -f file goal VAR=value`, the value None where it is not known.

    `dry`: nothing is run. `lenient`: `-i`, failures do not count.
    """

    goals: tuple[str, ...]
    directory: str
    files: tuple[str, ...]
    variables: dict[str, str | None]
    dry: bool = False
    lenient: bool = False

    @classmethod
    def of(cls, command: Command) -> Call | None:
        """What the command asks of make; None when a word of it is not known."""
        goals: list[str] = []
        directories: list[str] = []
        files: list[str] = ["GNUmakefile", "makefile", "Makefile"]
        variables: dict[str, str | None] = {}
        flags: set[str] = set()
        words = iter(command.words[1:])
        for word in words:
            text = command.literal(word)
            name, sign, value = (text or word.raw).partition("=")
            if text is None and not (sign and name.isidentifier()):
                return None
            if not name.startswith("-"):
                if not sign:
                    goals.append(name)
                else:
                    variables[name.rstrip(":?+")] = None if text is None else value
                continue
            flags.add(name)
            if not sign and name in _VALUED:
                following = next(words, None)
                value = command.literal(following) if following is not None else None
            elif not sign and name[:2] in ("-C", "-f") and not name.startswith("--"):
                name, value = name[:2], name[2:]
            if value is None:
                return None
            if name in ("-C", "--directory"):
                directories.append(value)
            elif name in ("-f", "--file", "--makefile"):
                files = [value]
        numbers = {goal for goal in goals if goal.isdigit()} if "-j" in flags else set[str]()
        return cls(
            tuple(goal for goal in goals if goal not in numbers),
            "/".join(directories),
            tuple(files),
            variables,
            dry=bool(flags & _DRY),
            lenient="-i" in flags or "--ignore-errors" in flags,
        )


@dataclass(frozen=True, slots=True)
class Recipe:
    """One line of a recipe, which gets a shell of its own. `tolerated`: make goes on when it fails."""

    text: Text
    tolerated: bool
    errexit: bool
    pipefail: bool


def recipes(source: Source, call: Call, outside: frozenset[str]) -> Iterator[Recipe | str]:
    """The recipe lines that the call runs, in order; a sentence where something cannot be told.

    `outside`: the names of the variables in the environment of the call.
    """
    makefile = read(source, call.variables, outside)
    goals = call.goals or ((makefile.default,) if makefile.default else ())
    if not goals:
        yield f"`{source.path}` has no target that could be read."
    done: set[str] = set()
    waiting = [(goal, False) for goal in reversed(goals)]
    while waiting:
        name, ready = waiting.pop()
        rule = makefile.rules.get(name)
        if ready and rule is not None:
            yield from _lines(makefile, rule, name, lenient=call.lenient)
        elif name in done:
            continue
        elif len(done) >= MAX_RULES:
            yield f"`{source.path}` has too many targets to follow them all."
            return
        elif rule is None or rule.odd:
            done.add(name)
            if rule is not None or name in goals or makefile.could_make(name):
                yield f"How `make` builds `{name}` cannot be read from `{source.path}`."
        else:
            done.add(name)
            waiting.append((name, True))
            waiting.extend((each, False) for each in reversed(rule.prerequisites))


def _lines(makefile: Makefile, rule: Rule, name: str, *, lenient: bool) -> Iterator[Recipe]:
    first = rule.prerequisites[0] if rule.prerequisites else ""
    known = {"@": name, "<": first, "^": " ".join(rule.prerequisites)}
    text = makefile.source.text
    for start, end in rule.lines:
        tolerated = lenient
        while start < end and text[start] in "@-+ \t":
            tolerated = tolerated or text[start] == "-"
            start += 1
        script = makefile.filled(start, end, known)
        yield Recipe(script, tolerated, errexit=makefile.errexit, pipefail=makefile.pipefail)
