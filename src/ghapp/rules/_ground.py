"""What has happened in a job before a command of it runs, as far as it may have put programs onto PATH.

Whatever names a tool and is more than talk may have installed it. Some things could have brought anything: a gap, a
version manager, an unknown setup action, a file written into a directory of PATH.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from ghapp.pipeline import Command, Gap, Step, StepKind
from ghapp.pipeline.tree import Tree
from ghapp.rules._off_path import directory_of, exported_in
from ghapp.rules._tools import Tool, contained_actions, installers, known_actions, tools

_TALK = frozenset("echo printf cd pushd popd mkdir touch ls cat rm grep sed awk head tail jq export set : true".split())  # noqa: SIM905
_MANAGERS = frozenset(
    "mise rtx asdf aqua nix nix-shell nix-env devbox flox hermit pixi conda mamba micromamba proto pkgx eget arkade "  # noqa: SIM905
    "direnv tenv tfenv tgenv tofuenv sdk nvm fnm volta pyenv rbenv goenv jenv choco scoop winget bin".split()
)
_PYTHON_PROJECTS = frozenset({"poetry", "pipenv", "pdm", "hatch", "uv", "rye", "tox", "nox"})
_GENERIC = re.compile(
    r"^(?:jdx/|asdf-vm/|aquaproj/|determinatesystems/|cachix/|nixbuild/|jetify-com/|jetpack-io/|cashapp/activate-hermit"
    r"|volta-cli/|prefix-dev/|mamba-org/|conda-incubator/|taiki-e/install-action$|awalsh128/|homebrew/|devcontainers/"
    r"|cybozu/)"
)
_OWN_SETUPS = re.compile(
    r"^(?:actions|docker|github|aws-actions|google-github-actions|hashicorp|gradle|step-security)/"
)
"""Actions whose setups bring the tool of their name, and no other."""

_INSTALL_NOTHING = re.compile(
    r"actions/(?:checkout|upload-artifact)$|aws-actions/(?:configure-aws-credentials|amazon-ecr-login)$"
    r"|google-github-actions/auth$|azure/login$|docker/(?:login|metadata)-action$|dorny/paths-filter$"
    r"|tj-actions/changed-files$"
)
"""Actions that bring no program, even where an input of theirs names one: a role, a path, a branch."""

_ORBS = re.compile(
    r"circleci/(?:node|python|go|ruby|docker|aws-cli|aws-ecr|aws-ecs|terraform|github-cli|slack|jira|browser-tools)/"
    r"|codecov/codecov/"
)
"""Orbs whose commands bring what their name says, and no other tool."""

_SETUP = re.compile(
    r"setup|install|tool|bootstrap|prepare|provision|common|env|init|mise|asdf|aqua|nix|devbox|hermit|pixi|binar"
    r"|release-download|retry|exec"
    r"|(?:^|[/-])(?:base|bin|run|ssh|deps|dependencies|ci)(?:[/-]|$)"
)
_HOME = re.compile(r"(?:/|~|\.\.|\$HOME|/home/circleci|/root)/?(?:go/?)?")  # `go/bin` lies below
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
        if name not in contained_actions() and not _INSTALL_NOTHING.match(name):
            self.said.append(Said(" ".join([name, *(node.text or "" for node in step.inputs.values())])))
        if "cache" in name and _BIN.search(step.input("path") or ""):
            self.opaque = True

    def _builtin(self, step: Step) -> None:
        """A workspace or cache of CircleCI may bring programs along."""
        if step.builtin == "attach_workspace":
            at = step.input("at") or "."
            self.opaque = self.opaque or bool(_HOME.fullmatch(at) or _BIN.search(at))
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
    if command.name == "go" and all(word.raw.startswith("./") for word in command.operands[1:]):
        return _may_be_own(command.job.pipeline.tree)
    unseen = any(word.literal is None or _FILE.match(word.literal) for word in command.operands)
    return unseen or "xargs" in command.wrappers or command.operands[-1].raw in _VERBS


def _may_be_own(tree: Tree) -> bool:
    """Whether one of the repository's own Go programs may be a tool: they are called like their directories.

    One at the root is called like its module, which is not known.
    """
    around = {path.rpartition("/")[0].rpartition("/")[2] for path in tree.paths or () if path.endswith(".go")}
    return not tree.known or "" in around or not tools().keys().isdisjoint(around)
