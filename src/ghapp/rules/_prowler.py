"""Prowler as a job runs it: which release, with which frameworks and options.

From 3.0 on the command line is argparse's: `--compliance` takes a closed list of ids, and whatever is not known ends
with status 2 before anything is scanned. In 2.x the group is `-g`. Read in prowler/lib/cli/parser.py of 3.0.0, 3.16.17,
4.0.0, 5.4.0 and 5.46.0, and in action.yml of github.com/prowler-cloud/prowler. Ids and their releases:
facts/prowler.json.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import cast

from ghapp.pipeline import Command, Gap, Job, Mask, Pipeline, Step, Word
from ghapp.pipeline.source import Place, Text
from ghapp.pipeline.word import Part, PartKind
from ghapp.rules._facts import facts

Version = tuple[int, ...]

PCI = re.compile(r"(?<![a-z])(?<!non.)(?<!not\s)(?<!no\s)pci(?:[-_ ]?dss)?(?![a-z])|payment card", re.IGNORECASE)

ACTION = "prowler-cloud/prowler"
_IMAGE = re.compile(r"(?:[^\s./~$=-][^\s=]*/prowler(?::([\w.-]+))?|prowler:([\w.-]+))(?:@sha256:\w+)?")
_PIN = re.compile(r"prowler(?:\[[\w,-]+\])?(?:==|@)([\w.]+)")
_PROGRAM = re.compile(r"(?:.*/)?prowler(?:-cli)?(?:\.py)?(?:(?:==|@).*)?")
_INSTALLERS = frozenset({"pip", "pip3", "pipx", "uv", "uvx", "poetry", "python", "python3"})
_RUNNER = re.compile(r"(?:poetry|pipenv|pdm|hatch|rye|uv|pipx) run\b|uv tool run\b|uvx\b|python[\d.]*\b")
_ONLY_LOOKS = frozenset({"-h", "--help", "-v", "--version", "-l", "dashboard"})
_PIECE = re.compile(r"(?:\$\{\{.*?\}\}|\S)+")

_MOST_SCANS = 100
"""Of one pipeline; what is asked about each walks through its job."""
_MASKS = {
    Mask.OR: "`||`",
    Mask.TOLERATED: "`continue-on-error`",
    Mask.NO_ERREXIT: "`set +e`",
    Mask.PIPE: "the pipe without `pipefail`",
}


@dataclass(frozen=True, slots=True)
class Scan:
    """One run of Prowler. `words`: its arguments, which stand in `text`."""

    item: Command | Step
    text: Text
    words: tuple[Word, ...]
    version: Version | None

    @property
    def job(self) -> Job:
        return self.item.job

    @property
    def step(self) -> Step:
        return self.item if isinstance(self.item, Step) else self.item.step

    @property
    def start(self) -> Place:
        """The command, or where the step names the action."""
        uses = self.item.uses if isinstance(self.item, Step) else None
        return uses.node.place if uses is not None else self.item.place

    def said(self, word: Word) -> str | None:
        """What a word says; None when it depends on something unknown."""
        return self.item.literal(word) if isinstance(self.item, Command) else word.literal

    def place(self, word: Word) -> Place:
        return self.text.place(word.start, word.end)

    def written(self, word: Word) -> bool:
        """Whether the word stands in its file as it reads, so that it can be replaced there."""
        place = self.text.source.text[self.text.offset(word.start) : self.text.offset(word.end - 1) + 1]
        return place == word.raw and word.literal == word.raw.strip("\"'")

    def option(self, *names: str) -> Word | None:
        """The word that gives one of the options."""
        return next((word for word in self.words if self._reads(word).partition("=")[0] in names), None)

    def values(self, *names: str) -> tuple[Word, ...]:
        """The words that stand behind one of the options, up to the next option."""
        word = self.option(*names)
        if word is None:
            return ()
        name, sign, _ = self._reads(word).partition("=")
        if sign:
            return (word.after(len(name) + 1),)
        rest = self.words[self.words.index(word) + 1 :]
        end = next((at for at, each in enumerate(rest) if self._reads(each).startswith("-")), len(rest))
        return rest[:end]

    def _reads(self, word: Word) -> str:
        return self.said(word) or word.raw

    @property
    def frameworks(self) -> tuple[Word, ...]:
        """The words that name compliance frameworks, as Prowler 3 and later take them."""
        return self.values("--compliance")

    @property
    def named(self) -> tuple[Word, ...]:
        """The words that say what is scanned: frameworks, or the group of Prowler 2."""
        return self.frameworks or self.values("-g")

    @property
    def provider(self) -> str:
        """The cloud that is scanned, aws where none is named."""
        if isinstance(self.item, Step):
            return self.item.input("provider") or ""
        first = self._reads(self.words[0]) if self.words else "-"
        return "aws" if first.startswith("-") else first

    def newer_than(self, major: int) -> bool:
        """Whether the release is known and is `major`.0 or newer."""
        return self.version is not None and self.version >= (major,)

    @property
    def may_be_pci(self) -> bool:
        """Whether it scans PCI-DSS, or something that is not known."""
        names = [self.said(word) for word in self.named]
        return any(name is None or PCI.search(name) for name in names)

    @property
    def pci(self) -> str | None:
        """The newest PCI-DSS framework of this release; None where there is none or the release is not known."""
        names = (f"pci_4.0_{self.provider}", f"pci_3.2.1_{self.provider}")
        return next((name for name in names if self.version is not None and exists(name, self.version)), None)

    @property
    def ignored(self) -> str:
        """What makes findings pass for success, as the middle of a sentence; empty when nothing does."""
        if self.option("-z", "--ignore-exit-code-3"):
            return "`-z` makes Prowler end well whatever it finds"
        masks = self.item.masks if isinstance(self.item, Command) else (Mask.TOLERATED,) * self.item.tolerated
        for mask, name in _MASKS.items():
            if mask in masks:
                return f"{name} throws its status away"
        if isinstance(self.item, Step) and self.item.input("fail-on-findings") in (None, "false"):
            return "the action ends well unless `fail-on-findings` is set"
        return ""


def exists(name: str, version: Version | None) -> bool:
    """Whether a release has the framework; where the release is not known, whether any has.

    A newer edition of a framework that is known (`cis_9.0_aws`) may be in a release newer than the facts.
    """
    known = facts("prowler")
    first, gone = known["first_release"].get(name), known["gone_since"].get(name)
    if first is None:
        return (version is None or version > _release(known["newest"])) and _family(name) in _families()
    return version is None or (_release(first) <= version and (gone is None or version < _release(gone)))


def _family(name: str) -> str:
    return re.sub(r"\d[\d.]*", "", name)


def _families() -> set[str]:
    return {_family(name) for name in facts("prowler")["first_release"] if re.search(r"\d", name)}


def release(text: str | None) -> Version | None:
    """`5.4.0`, `v5.4`; None for anything that does not name one release."""
    match = re.fullmatch(r"v?(\d+)\.(\d+)(?:\.(\d+))?", text or "")
    return tuple(int(part or 0) for part in match.groups()) if match else None


def _release(text: str) -> Version:
    return cast(Version, release(text))


def shown(version: Version) -> str:
    return ".".join(map(str, version))


def scans(pipeline: Pipeline) -> Iterator[Scan]:
    """The runs of Prowler, by command, image or action, with the release that the job has pinned before."""
    return islice(_scans(pipeline), _MOST_SCANS)


def _scans(pipeline: Pipeline) -> Iterator[Scan]:
    for job in pipeline.jobs:
        version = _tag(job.runner.image or "")
        for item in job.trail:
            if isinstance(item, Gap):
                continue
            version = _pinned(item) or version
            scan = _command(item, version) if isinstance(item, Command) else _action(item)
            if scan is not None and not _only_looks(scan):
                yield scan


def _only_looks(scan: Scan) -> bool:
    said = [scan.said(word) or "" for word in scan.words]
    return any(each in _ONLY_LOOKS or each.startswith("--list-") for each in said)


def _tag(image: str) -> Version | None:
    match = _IMAGE.fullmatch(image)
    return release(match[1] or match[2]) if match else None


def _pinned(item: Command | Step) -> Version | None:
    """The release that this installs or checks out."""
    if isinstance(item, Step):
        of_prowler = item.uses is not None and (item.input("repository") or "").endswith("/prowler")
        return release(item.input("ref")) if of_prowler else None
    if item.name in _INSTALLERS:
        pins = (_PIN.fullmatch(item.literal(word) or "") for word in item.words)
        return next((release(pin[1]) for pin in pins if pin), None)
    if item.is_a("git", "clone") and "prowler" in item.raw:
        branch = item.option("-b", "--branch")
        return release(item.literal(branch)) if branch is not None else None
    return None


def _command(command: Command, version: Version | None) -> Scan | None:
    words = command.words
    if command.is_a("docker", "run") or command.is_a("podman", "run"):
        images = [at for at, word in enumerate(words) if _IMAGE.fullmatch(command.expand(word))]
        if not images or command.has_option("--entrypoint"):
            return None
        at = images[0]
        version = _tag(command.expand(words[at]))
    elif command.name == "prowler":
        at = 0
    elif _RUNNER.match(" ".join(word.raw for word in words[:3])):
        at = next((at for at in range(1, min(len(words), 6)) if _is_program(words, at)), 0)
        if not at:
            return None
    else:
        return None
    return Scan(command, command.script.text, words[at + 1 :], version)


def _is_program(words: tuple[Word, ...], at: int) -> bool:
    """`prowler` behind poetry, uv, pipx, python, but not as the value of one of their options."""
    literal = words[at].literal or ""
    return bool(_PROGRAM.fullmatch(literal)) and words[at - 1].raw not in ("--from", "--spec", "--with")


def _action(step: Step) -> Scan | None:
    """The official action; its input `flags` holds the options."""
    if step.uses is None or step.uses.name != ACTION:
        return None
    flags = step.inputs.get("flags")
    text = (flags or step.uses.node).as_text()
    pieces = _PIECE.finditer(text.value) if flags is not None else ()
    words = tuple(Word((_part(piece[0]),), piece[0], piece.start(), piece.end()) for piece in pieces)
    return Scan(step, text, words, release(step.input("image-tag")))


def _part(text: str) -> Part:
    return Part(PartKind.EXPRESSION if "${{" in text else PartKind.LITERAL, text.strip("\"'"))
