"""Which packages a command installs from PyPI or npm."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline import Command
from ghapp.pipeline.model import Job
from ghapp.rules._facts import facts
from ghapp.rules._tools import called, machines

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_OTHER_INDEX = ("-i", "--index-url", "--extra-index-url", "-f", "--find-links", "--no-index", "--index", "--registry")
_SETS_INDEX = re.compile(r"codeartifact|(?:pip|npm|yarn) (?:config|set)\b|pip\.conf|pypirc|npmrc|_index")
_SETTERS = frozenset({"aws", "pip", "pip3", "npm", "yarn", "echo", "printf", "cat", "cp", "tee", "export"})
_OF_NPM = ("npm", "pnpm", "yarn")
_INSTALLS = re.compile(r"p?npm$|yarn$|pipx?$|pip3$|python|uv")
_VARIABLES = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "UV_INDEX_URL", "UV_INDEX", "NPM_CONFIG_REGISTRY")


def installs(job: Job) -> Iterator[tuple[Command, str, set[str]]]:
    """The job's installations with their registry (`pypi` or `npm`) and the packages that stand there by name.

    It ends where an index of the organisation's own may be in use: what its names stand for is not known.
    """
    programs = list(filter(_INSTALLS.match, job.programs))
    for command in job.running(*_SETTERS, *programs) if programs else ():
        if command.name in _SETTERS and _SETS_INDEX.search(_line(command).lower()):
            return
        registry = _registry(command)
        if registry is not None and not any(map(command.step.scope.variable, _VARIABLES)):
            operands = [word.literal or "" for word in command.operands]
            verb = next((at for at, word in enumerate(operands) if word in ("install", "add", "i")), len(operands))
            matches = (_NAME.match(operand) for operand in operands[verb + 1 :] if "/" not in operand)
            if not command.has_option(*_OTHER_INDEX):
                yield command, registry, {match[0].lower() for match in matches if match is not None}


def _line(command: Command) -> str:
    """The command with the files that it writes."""
    return " ".join([command.raw, *(each.target.raw for each in command.redirections if each.target is not None)])


def _registry(command: Command) -> str | None:
    name = command.name or ""
    if name in _OF_NPM:
        return "npm"
    inner = name.startswith(("python", "uv")) and {word.raw for word in command.words[1:4]} & {"pip", "tool"}
    return "pypi" if inner or name in ("pip", "pip3", "pipx") else None


def called_later(command: Command, name: str) -> bool:
    """Whether the job goes on to call the program that was meant, which its machine does not have by itself.

    Some packages have a program of the same name: then only by subcommands that theirs does not know.
    """
    if any(name in machine.has for machine in machines(command.job)):
        return False
    meant = facts("packages")["subcommands"].get(name, "").split()
    later = (item for item in command.job.after(command) if isinstance(item, Command) and item.name == name)
    return any(called(item) is not None and (not meant or _any(item, meant)) for item in later)


def _any(command: Command, subcommands: list[str]) -> bool:
    return any(word.raw in subcommands for word in command.operands)
