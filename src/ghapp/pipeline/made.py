"""What a job may have put into its workspace besides the repository's own files.

A path that the repository lacks may still be there: copied, unpacked, downloaded, built. What commands and steps do is
sorted by how much can be told: nothing (`kubectl`), files that they name (`cp`, `curl -o x`, `> x`), files somewhere of
their own (an installer, an unknown action), or anything at all (a script that is not read, `git checkout`).
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from itertools import zip_longest

from ghapp.pipeline import effects
from ghapp.pipeline.command import Command
from ghapp.pipeline.glob import LONGEST_PATH, glob_regex
from ghapp.pipeline.model import Step
from ghapp.pipeline.operand_table import READ_OPTIONS
from ghapp.pipeline.operands import program
from ghapp.pipeline.shell.paths import joined, locate
from ghapp.pipeline.shell.shells import SHELLS
from ghapp.pipeline.word import Part, PartKind, Word

_OWN = re.compile(r"github\.repository\b|head\.repo\.full_name")
_OWN_REF = re.compile(r"$|(?:refs/heads/)?(?:main|master)$|.*(?:sha|github\.(?:head_)?ref|head)", re.IGNORECASE)
_MOST = 300


@dataclass(slots=True)
class Made:
    """`ready`: the repository has been checked out. `anything`: what happened may have made any file. `somewhere`: it
    may have made files, though hardly among the repository's own. `unread`: a shell script of the repository did
    what could not be read; it hardly wrote another script."""

    ready: bool = False
    anything: bool = False
    somewhere: bool = False
    unread: bool = False
    paths: set[str] = field(default_factory=set[str])  # files and directories that were named
    around: set[str] = field(default_factory=set[str])  # the directories around them
    names: set[str] = field(default_factory=set[str])  # base names of those whose directory is not known
    downloads: set[str] = field(default_factory=set[str])

    def holds(self, path: str, *, glob: bool = False) -> bool:
        """Whether something at `path`, or that the glob `path` matches, may have been made."""
        if self.anything or "" in self.paths:
            return True
        names = path.split("/")
        above = ["/".join(names[: at + 1]) for at in range(len(names))]
        if not self.paths.isdisjoint(above) or path in self.around or not self.names.isdisjoint(names):
            return True
        if not glob:
            return False
        matches = glob_regex(path).fullmatch
        named = glob_regex(names[-1]).fullmatch
        return any(map(matches, self.paths | self.around)) or any(map(named, self.names))

    def twin(self, path: str) -> str | None:
        """A path of the same name that was made in another directory, and so hardly at `path`."""
        name = path.rpartition("/")[2]
        return min((each for each in self.paths if each != path and each.rpartition("/")[2] == name), default=None)

    def gap(self, last: Command | Step | None) -> None:
        """Something ran that cannot be read: an installer, an action of which the name tells, or who knows what."""
        known = isinstance(last, Step) and last.uses is not None and effects.QUIET_STEPS.search(last.uses.name)
        if known or (isinstance(last, Command) and self._downloaded(last)):
            self.somewhere = True
        else:
            self.anything = True

    def _downloaded(self, command: Command) -> bool:
        """Whether the command runs a script of somebody else's: `curl … | bash`, `bash <(curl …)`, `./get_helm.sh`."""
        upstream = command.piped_from
        if upstream is not None and upstream.name in ("curl", "wget") and command.name in SHELLS:
            return True
        return bool(effects.DOWNLOAD.search(command.raw)) or any(
            word.raw.strip("\"'").rpartition("/")[2] in self.downloads for word in command.words[:3]
        )

    def command(self, command: Command) -> None:
        for redirection in command.redirections:
            if ">" in redirection.operator and redirection.target is not None and "&" not in redirection.operator[-1]:
                self._make(command, redirection.target)
        if not command.words or command.followed:
            return
        self._options(command)
        name, words = program(command)
        said = " ".join([name, *(word.raw for word in words[1:])])
        if effects.ANYTHING.match(said):
            self.anything = True
        elif effects.IN_CONTAINER.match(said):
            self._volumes(command)
        elif name in effects.UNPACKS:
            self._unpack(command, said)
        elif name in effects.COPYING:
            self._copy(command, [word for word in words[1:] if not word.raw.startswith("-")])
        elif name == "curl" and not effects.SAVES.search(said):
            return  # it prints what it gets
        elif name in effects.NAMING or effects.NAMES.match(said):
            for word in words[1:]:
                self._make(command, word)
        elif name not in effects.QUIET and not self._quiet(name, words):
            self.somewhere = True
            for word in words[1:]:
                self._make(command, word, only_known=True)

    def _quiet(self, name: str, words: tuple[Word, ...]) -> bool:
        raws = [word.raw for word in words[1:]]
        if name == "npm" and {"-g", "--global"} & set(raws):
            return True
        first = next((raw for raw in raws if not raw.startswith("-")), None)
        return name in effects.QUIET_SUBCOMMANDS and (first is None or first in effects.QUIET_SUBCOMMANDS[name])

    def _options(self, command: Command) -> None:
        """`-o x`, `--output=x`: files that are written, unless they are known to be read."""
        for word, following in zip_longest(command.words[1:], command.words[2:]):
            option = effects.OUTPUT.match(word.raw) if word.raw.startswith("-") else None
            if option is None or option[0].rstrip("=") in READ_OPTIONS:
                continue
            if option[1]:
                self._make(command, word.after(option.end()))
            elif following is not None:
                self._make(command, following, only_known=True)

    def _volumes(self, command: Command) -> None:
        """A container may write to the directories that it is given: `docker run -v "$PWD/x":/x`."""
        words = command.words
        self.somewhere = self.somewhere or not command.is_a("docker", "run")
        for word, following in zip_longest(words[1:], words[2:], fillvalue=words[0]):
            option = effects.VOLUME.match(word.raw)
            if option is None:
                continue
            given = command.expand(word).partition("=")[2] if option[1] else command.expand(following)
            host, colon, _ = given.partition(":")
            if colon and not effects.PLACE.search(host):
                continue  # a volume of docker's own
            path = locate(command, word._replace(parts=(Part(PartKind.LITERAL, host),))) if colon else None
            if path:
                self._add(path)
            elif path == "" or not effects.ELSEWHERE.match(host):
                self.somewhere = True  # the whole workspace, or it cannot be told

    def _unpack(self, command: Command, said: str) -> None:
        """`tar`, `unzip`: an archive that was downloaded is taken for a program's, any other may hold anything."""
        unzips = command.name == "unzip"
        target = command.option("-d") if unzips else command.option("-C", "--directory")
        upstream = command.piped_from
        if not unzips and effects.PACKS.match(said):
            for word in command.words[1:]:
                self._make(command, word, only_known=True)
        elif target is not None:
            self._make(command, target)
        elif (upstream is not None and upstream.name in ("curl", "wget")) or self._downloaded(command):
            self.somewhere = True
        else:
            self._add(command.directory)

    def _copy(self, command: Command, words: list[Word]) -> None:
        """`cp a b dir/` makes `dir/a` and `dir/b`; `cp a b` makes `b`, and if that is a directory something in it."""
        *sources, target = words or [command.words[0]]
        directory = command.expand(target).rstrip("/")
        if directory not in ("", ".") or not sources:
            self._make(command, target)
            return
        for source in sources:
            name = command.expand(source).rstrip("/").rpartition("/")[2]
            path = joined(command.directory or "", name)
            if command.directory is None or not path:
                self.anything = True
            else:
                self._add(path)

    def _make(self, command: Command, word: Word, *, only_known: bool = False) -> None:
        """The word's path is there from now on. `only_known`: a word that is not known is none."""
        text = command.expand(word).partition("=")[2] if word.raw.startswith("-") else command.expand(word)
        if not text or effects.ELSEWHERE.match(text):
            path = locate(command, word) if text else None
            if path is not None:
                self._add(path)
            return
        if word.parts and word.parts[-1].kind is PartKind.SUBSTITUTION:
            text = "$()"  # its name is not known, whatever stands in the computation
        elif "://" in text or text.startswith("git@"):
            text = posixpath.basename(text.partition("?")[0].rstrip("/")).removesuffix(".git")
            self.downloads.add(text)
        directory, _, name = text.rpartition("/")
        known = joined(command.directory, text) if command.directory is not None else None
        if command.name in ("curl", "wget"):
            self.downloads.add(name)
        if known is not None:
            self._add(known)
        elif name and joined("", name) is not None and len(self.names) < _MOST:
            self.names.add(name)
        elif command.directory is not None and joined("", directory):
            self._add(joined(command.directory, directory))
        elif not only_known and command.name != "mkdir":
            self.anything = True

    def _add(self, path: str | None) -> None:
        if path is None or len(path) > LONGEST_PATH or len(self.paths) + len(self.names) >= _MOST:
            self.anything = True
            return
        self.paths.add(path)
        while path := path.rpartition("/")[0]:
            self.around.add(path)

    def step(self, step: Step) -> None:
        """What an action, an orb's command or a builtin of CircleCI makes."""
        if step.builtin:
            self._builtin(step)
            return
        for name, node in step.inputs.items():
            if effects.OUTPUT_INPUT.search(name) and node.text and (path := joined("", node.text.strip())):
                self._add(path)
        name = f"{step.uses.name}/{step.uses.element}".rstrip("/") if step.uses is not None else ""
        if name.lower() == "actions/checkout":
            self._checkout(step)
        elif effects.QUIET_STEPS.search(name):
            return
        elif effects.LOUD_STEPS.search(name):
            self._named(step)
        else:
            self.somewhere = True

    def _named(self, step: Step) -> None:
        """A cache, an artifact: what lies at `path`, or anything."""
        for line in (step.input("path") or ".").split("\n"):
            path = line.strip()
            if path and not effects.ELSEWHERE.match(path):
                place = joined("", path)
                self._add(place or None)

    def _checkout(self, step: Step) -> None:
        path, repository, ref = (step.input(name) or "" for name in ("path", "repository", "ref"))
        if repository and not _OWN.search(repository):
            self._add(joined("", path) or None)
            return
        self.ready = True
        partial = "sparse-checkout" in step.inputs or step.condition is not None
        if partial or not _OWN_REF.match(ref):
            self.anything = True

    def _builtin(self, step: Step) -> None:
        if step.builtin == "checkout":
            self.ready = True
            self.anything = self.anything or step.condition is not None
        elif step.builtin == "attach_workspace":
            aside = step.directory is None and effects.ASIDE.match(step.input("at") or ".")
            self.anything = self.anything or not aside
        elif step.builtin == "restore_cache":
            self.somewhere = True
