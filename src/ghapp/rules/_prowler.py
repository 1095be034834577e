"""Prowler as a job runs it: which release, which frameworks, and whether PCI-DSS is what the job is about.

From 3.0 on `--compliance` takes a closed list (argparse choices): an unknown id ends with status 2 before anything is
scanned. In 2.x the group is `-g`. Ids and the releases that have them: facts/prowler.json.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ghapp.pipeline import Command, Pipeline, Word
from ghapp.rules._facts import facts

Version = tuple[int, ...]

PCI = re.compile(r"(?<![a-z])pci(?![a-z])|payment card", re.IGNORECASE)

_IMAGE = re.compile(r"(?:^|/)prowler(?::([\w.-]+))?(?:@|$)")
_PIN = re.compile(r"\bprowler(?:\[\w+\])?==([\d.]+)")


@dataclass(frozen=True, slots=True)
class Scan:
    """One run of Prowler. `ids`: the words that name frameworks; `legacy`: given with 2.x's `-g`."""

    command: Command
    words: tuple[Word, ...]
    ids: tuple[Word, ...]
    legacy: bool
    version: Version | None

    def name(self, word: Word) -> str | None:
        """The id that a word says; None when it depends on something unknown."""
        return self.command.literal(word)

    @property
    def unknown(self) -> tuple[Word, ...]:
        """The ids that this release does not have; where the release is not known, that none has."""
        if self.legacy:
            newer = self.version is not None and self.version >= (3,)
            return self.ids if newer else ()
        return tuple(
            word for word in self.ids if (name := self.name(word)) is not None and not exists(name, self.version)
        )

    @property
    def pci(self) -> str | None:
        """The PCI-DSS framework of this release, where the release is known."""
        if self.version is None or self.version < (3, 2):
            return None
        return "pci_4.0_aws" if self.version >= (5, 4) else "pci_3.2.1_aws"


def exists(name: str, version: Version | None) -> bool:
    """Whether a release has the framework. Other clouds' ids are not listed: they count as existing."""
    if not name.endswith("_aws") and name.endswith(("_azure", "_gcp", "_kubernetes", "_m365", "_github")):
        return True
    first, gone = facts("prowler")["first_seen"].get(name), facts("prowler")["removed_after"].get(name)
    if first is None:
        return False
    if version is None:
        return True
    return parsed(first) <= version and (gone is None or version <= parsed(gone))


def parsed(version: str) -> Version:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def scans(pipeline: Pipeline) -> Iterator[Scan]:
    for job in pipeline.jobs:
        version: Version | None = None
        if job.runner.image and (match := _IMAGE.search(job.runner.image)) and match.group(1):
            version = parsed(match.group(1)) or None
        for command in job.commands:
            if pin := _PIN.search(command.raw):
                version = parsed(pin.group(1))
            yield from _scan(command, version)


def _scan(command: Command, version: Version | None) -> Iterator[Scan]:
    words = command.words
    if command.is_a("docker", "run"):
        found = [(n, match) for n, word in enumerate(words) if (match := _IMAGE.search(command.expand(word)))]
        if not found:
            return
        at, match = found[-1]
        words = words[at:]
        version = parsed(match.group(1)) or None if match.group(1) else None
    elif command.name != "prowler":
        at = next((n for n, word in enumerate(words[:4]) if re.search(r"(^|/)prowler(-cli)?\.py$", word.raw)), 0)
        if not at:
            return
        words = words[at:]
    if {word.raw for word in words} & {"-h", "--help", "-v", "--version", "dashboard"} or "--list-" in command.raw:
        return
    yield Scan(command, words, *_ids(words), version)


def _ids(words: tuple[Word, ...]) -> tuple[tuple[Word, ...], bool]:
    for at, word in enumerate(words):
        if word.raw.startswith("--compliance="):
            return ((value,) if (value := word.after(len("--compliance="))) else ()), False
        if word.raw in ("--compliance", "-g"):
            rest = words[at + 1 :]
            end = next((n for n, each in enumerate(rest) if each.raw.startswith("-")), len(rest))
            return rest[:end], word.raw == "-g"
    return (), False


def intent(pipeline: Pipeline, scan: Scan) -> list[str]:
    """The words that say that the scan is about PCI-DSS: names, report paths, comments of the job or script."""
    job, step = scan.command.job, scan.command.step
    workflow = pipeline.root.get("name") if pipeline.root is not None else None
    said = {
        "the job": f"{job.id} {job.name}",
        "the step": step.name,
        "the workflow": (workflow.text or "") if workflow is not None else "",
        "the report": " ".join(
            [word.raw for word in scan.words if word not in scan.ids]
            + [each.target.raw for each in scan.command.redirections if each.target is not None]
        ),
        "a comment": _comments(pipeline, scan),
    }
    return [f"{who} says `{match[0]}`" for who, text in said.items() if (match := PCI.search(text))]


def _comments(pipeline: Pipeline, scan: Scan) -> str:
    """Comments of the script that runs it, and of the job in the workflow."""
    script = scan.command.script.text.value
    lines = [line for line in script.split("\n") if line.lstrip().startswith("#")]
    if pipeline.document is not None:
        job = scan.command.job
        first, last = job.key.place.line, job.node.place.end_line
        lines.extend(each.text for each in pipeline.document.comments if first <= each.line <= last)
    return " ".join(lines)
