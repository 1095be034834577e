"""What may have come onto PATH before a command of a job runs: installed, restored from a cache, or put there unseen.

A job is walked in order. Whatever names a tool and is more than talk may have installed it. What could have brought
anything (a gap, a version manager, an unknown setup action, a file written into a directory of PATH) ends the walk:
after it, no tool can be said to be missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from ghapp.pipeline import Command, Gap, Mask, Step, StepKind
from ghapp.pipeline.model import Job
from ghapp.rules._off_path import directory_of, exported_in, lost_path
from ghapp.rules._tools import (
    Base,
    Machine,
    Tool,
    called,
    contained_actions,
    installers,
    known_actions,
    machines,
)

_TALK = frozenset("echo printf cd pushd popd mkdir touch ls cat rm grep sed awk head tail jq export set : true".split())  # noqa: SIM905
_MANAGERS = frozenset(
    "mise rtx asdf aqua nix nix-shell nix-env devbox flox hermit pixi conda mamba micromamba proto pkgx eget arkade "  # noqa: SIM905
    "direnv tenv tfenv tgenv tofuenv sdk nvm fnm volta pyenv rbenv goenv jenv choco scoop winget bin".split()
)
_PYTHON_PROJECTS = frozenset({"poetry", "pipenv", "pdm", "hatch", "uv", "rye", "tox", "nox"})
_GENERIC = re.compile(
    r"^(?:jdx/|asdf-vm/|aquaproj/|determinatesystems/|cachix/|nixbuild/|jetify-com/|jetpack-io/|cashapp/activate-hermit"
    r"|volta-cli/|prefix-dev/|mamba-org/|conda-incubator/|taiki-e/install-action$|awalsh128/|homebrew/|devcontainers/|cybozu/)"
)
_OWN_SETUPS = re.compile(
    r"^(?:actions|docker|github|aws-actions|google-github-actions|hashicorp|gradle|step-security)/"
)
"""Actions whose setups bring the tool of their name, and no other."""

_ORBS = re.compile(
    r"circleci/(?:node|python|go|ruby|docker|aws-cli|aws-ecr|aws-ecs|terraform|github-cli|slack|jira|browser-tools)/"
    r"|codecov/codecov/"
)
"""Orbs whose commands bring what their name says, and no other tool."""

_SETUP = re.compile(
    r"setup|install|tool|bootstrap|prepare|provision|common|env|init|mise|asdf|aqua|nix|devbox|hermit|pixi|binar|release-download|retry|exec"
    r"|(?:^|[/-])(?:base|bin|run|ssh|deps|dependencies|ci)(?:[/-]|$)"
)
_BIN = re.compile(
    r"(?:/usr/local/s?bin|/usr/s?bin|/usr/local|\.local/bin|(?:~|\$\{?HOME\}?|/root|/home/\w+)/bin|/opt)/?(?![\w/.-])"
)
"""A directory of PATH itself, or something in it that is not known."""

_SETS_PATH = re.compile(r"\bPATH\b|\bsource\b|(?:^|[\s'\";])\.\s")
_FETCHES = frozenset({"curl", "wget", "tar", "unzip", "gunzip", "chmod", "sha256sum"})
_PACKAGERS = frozenset("apt apt-get apk yum dnf microdnf brew snap npm pnpm yarn pipx go cargo gem".split())  # noqa: SIM905
_VERBS = frozenset({"install", "add", "i", "get", "global"})
_FILE = re.compile(r"[./]")
_OTHER_SOURCE = re.compile(r"[./]|git\+|\w+://|.*@ ?(?:git\+|https?:)")
_MAKES_PATH = re.compile(r"^\s*(?:export\s+)?PATH\s*[:+?]?=", re.MULTILINE)
_WORD = re.compile(r"[\w.-]+")
_RUNS = re.compile(r"\.(?:ba)?sh\b|\bmake\b|(?:^|\s)(?:\./|source |\. )")
_QUERIES = frozenset({"--version", "-v", "-V", "version", "--help", "-h", "help"})
_MOST = 25
"""How many tools are looked for in one job; hostile files call them all, thousands of commands apart."""


class Said(NamedTuple):
    """A text that may be an installation: an action with its inputs, or a command with what is piped into it."""

    text: str
    command: Command | None = None


@dataclass(slots=True)
class Ground:
    """What has happened in a job so far. `opaque`: it may have put anything on PATH."""

    opaque: bool = False
    strange: bool = False  # an action ran of which nothing is known but its harmless name
    said: list[Said] = field(default_factory=list[Said])
    actions: set[str] = field(default_factory=set[str])
    python: bool = False  # requirements that are not read were installed
    last: Command | None = None
    sourced: Step | None = None  # the last step that has read settings into its shell
    exports: dict[str, Command] = field(default_factory=dict[str, Command])  # values that PATH was given

    def may_have(self, tool: Tool) -> bool:
        """Whether something may have put the tool on PATH, or at least somewhere."""
        return self._surely_has(tool) or any(True for _ in self._named(tool))

    def _surely_has(self, tool: Tool) -> bool:
        wheel = self.python and ("pip" in tool.data or "pypi" in tool.data)
        return self.opaque or wheel or not self.actions.isdisjoint(tool.actions)

    def _named(self, tool: Tool) -> Iterator[Said]:
        """What names the tool, its own calls aside."""
        for said in self.said:
            own = said.command is not None and said.command.name in tool.commands
            if not own and tool.brought_by(said.text):
                yield said

    def left_in(self, tool: Tool) -> tuple[str, ...]:
        """The directories, off PATH, where the tool was put; none when any of what names it may have put it on PATH."""
        if self._surely_has(tool):
            return ()
        found: list[str] = []
        for text, command in self._named(tool):
            directory = command and directory_of(command, text, tool, self.actions)
            directory = directory or exported_in(text, self.exports)
            if directory:
                found.append(directory)
            elif command is None or command.name not in _FETCHES:
                return ()
        return tuple(found)

    def contained(self, tool: Tool) -> str:
        """An action that ran the tool in a container of its own, which leaves nothing on PATH."""
        return next(iter(self.actions & tool.words("contained")), "")

    def note(self, item: Command | Gap | Step) -> None:
        if isinstance(item, Command):
            self._command(item)
            self.last = item
        elif isinstance(item, Gap):
            source = self.last.piped_from if self.last is not None else None
            if source is None or source.name not in ("curl", "wget") or not installers().search(source.raw):
                self.opaque = True
        elif item.builtin:
            self._builtin(item)
        else:
            self._action(item)

    def _command(self, command: Command) -> None:
        name = command.name
        text = " ".join([command.raw, *(each.body or "" for each in command.redirections)])
        if "GITHUB_PATH" in text or "::add-path" in text or ("BASH_ENV" in text and _SETS_PATH.search(text)):
            self.opaque = True
        for variable, value in command.assignments:
            if variable == "PATH" and value is not None:
                self.exports[value.raw] = command
        if name in ("source", ".", "eval") and not command.followed:
            self.sourced = command.step
        if name is None or name in _TALK or command.followed:
            return
        operands = [word.raw for word in command.operands]
        if name in _MANAGERS or (name == "brew" and operands[:1] == ["bundle"]) or _BIN.search(text):
            self.opaque = True
        elif name == "docker" and operands[:1] not in (["cp"], ["create"]):
            return
        elif name in _PYTHON_PROJECTS or (name.startswith("python") and "pip" in operands) or name in ("pip", "pip3"):
            self.python = self.python or name in _PYTHON_PROJECTS or _requirements(command)
        elif _installs_unseen(command, operands):
            self.opaque = True
        upstream = command.piped_from
        self.said.append(Said(text if upstream is None else f"{upstream.raw} | {text}", command))

    def _action(self, step: Step) -> None:
        name = f"{step.uses.name}/{step.uses.element}".rstrip("/").lower() if step.uses is not None else ""
        family = name.rpartition("/")[0]
        self.actions |= {name, family}
        if _GENERIC.match(name):
            self.opaque = True
        elif not {name, family} & known_actions() and not _OWN_SETUPS.match(name) and not _ORBS.match(name):
            self.opaque = self.opaque or step.kind is StepKind.ORB or bool(_SETUP.search(name))
            self.strange = True
        self.python = self.python or family == "circleci/python"
        if name not in contained_actions():
            self.said.append(Said(" ".join([name, *(node.text or "" for node in step.inputs.values())])))
        if "cache" in name and _BIN.search(step.input("path") or ""):
            self.opaque = True

    def _builtin(self, step: Step) -> None:
        """A workspace or cache of CircleCI may bring programs along."""
        if step.builtin == "attach_workspace":
            at = step.input("at") or "."
            self.opaque = self.opaque or at in ("/", "~") or bool(_BIN.search(at))
        elif step.builtin == "restore_cache":
            self.opaque = self.opaque or any(
                _BIN.search(path.text or "")
                for job in step.job.pipeline.jobs
                for each in job.steps
                if each.builtin == "save_cache" and "paths" in each.inputs
                for path in each.inputs["paths"].elements()
            )


def _requirements(command: Command) -> bool:
    """Whether `pip install` installs more than the packages that stand there by name."""
    listed = command.has_option("-r", "--requirement", "-e", "--editable", "--group", cluster=True)
    return listed or any(word.literal is None or _OTHER_SOURCE.match(word.literal) for word in command.operands)


def _installs_unseen(command: Command, operands: list[str]) -> bool:
    """Whether a package manager installs what does not stand there by name: a list, a file, the repository itself."""
    if command.name in ("dpkg", "rpm"):
        return command.has_option("-i", "-U", "--install", "--upgrade", cluster=True)
    if command.name not in _PACKAGERS or not _VERBS.intersection(operands[:2]):
        return False
    if (
        command.name in ("npm", "pnpm", "yarn")
        and not command.has_option("-g", "--global")
        and "global" not in operands
    ):
        return False
    unseen = any(word.literal is None or _FILE.match(word.literal) for word in command.operands)
    return unseen or "xargs" in command.wrappers or command.operands[-1].raw in _VERBS


@dataclass(frozen=True, slots=True)
class Missing:
    """A call of a tool that is not on PATH. `machines`: those of the job's that lack it."""

    command: Command
    tool: Tool
    machines: tuple[Machine, ...]
    sure: bool
    contained: str = ""  # an action that ran it in a container before
    left_in: str = ""  # the directory, off PATH, where it was put
    lost: Command | None = None  # the `export PATH` of an earlier step that led there

    @property
    def job(self) -> Job:
        return self.command.job

    @property
    def hidden(self) -> str:
        """What keeps the failure from failing the job; nothing usually does."""
        masks = self.command.masks
        return "`continue-on-error`" if Mask.TOLERATED in masks else "`||`" if Mask.OR in masks else ""


def missing(job: Job, *, only: str = "", every: bool = False) -> Iterator[Missing]:
    """The calls of tools that nothing has put on PATH; of each tool the first, or `every` one. `only`: one command."""
    places = machines(job)
    lacked = frozenset[str]().union(*(place.lacks for place in places))
    if only:
        lacked &= {only}
    if not lacked or not _may_call(job, lacked):
        return
    ground = Ground()
    settled: dict[str, bool] = {}
    for item in job.trail:
        if ground.opaque or len(settled) > _MOST:
            return
        tool = called(item) if isinstance(item, Command) and item.name in lacked else None
        if isinstance(item, Command) and tool is not None:
            without = tuple(place for place in places if item.name in place.lacks)
            first = tool.name not in settled and not _has_own_path(item, ground)
            left_in = ground.left_in(tool) if first else ()
            if first:
                excused = _excused(item, tool, without, places)
                settled[tool.name] = not excused and (bool(left_in) or not ground.may_have(tool))
            if settled.get(tool.name) and (first or every):
                sure = not (ground.strange or item.guards) and all(
                    each.base in (Base.HOSTED, Base.CIRCLECI) for each in without
                )
                lost = lost_path(ground.exports, left_in)
                yield Missing(item, tool, without, sure, ground.contained(tool), "".join(left_in[:1]), lost)
        ground.note(item)


def _may_call(job: Job, names: frozenset[str]) -> bool:
    """A look at the texts before their shell is read: does any of them say such a name, or run something else?"""
    texts = [step.text.value for step in job.steps if step.text is not None]
    return any(not names.isdisjoint(_WORD.findall(text)) or _RUNS.search(text) for text in texts)


def _has_own_path(command: Command, ground: Ground) -> bool:
    """Whether the command is looked for elsewhere than usual: its step, what it reads, or npm has set PATH."""
    if ground.sourced is command.step or "PATH" in command.variables:
        return True
    made = command.path.endswith(("akefile", ".mk")) and _MAKES_PATH.search(command.script.text.source.text)
    if made or command.step.scope.variable("PATH") is not None:
        return True
    return any(path.endswith("package.json") for path in (command.path, *(place.path for place in command.calls)))


def _excused(command: Command, tool: Tool, without: tuple[Machine, ...], places: tuple[Machine, ...]) -> bool:
    """Whether this call does not show that the tool is missing: its absence is thought of."""
    if any(tool.named_in(guard.test.lower()) for guard in command.guards):
        return True
    asks = any(word.raw in _QUERIES for word in command.words[1:3]) and bool(command.masks)
    elsewhere = len(without) < len(places) and (command.step.condition is not None or bool(command.guards))
    return asks or elsewhere
