"""Which of Prowler's options its release refuses, and what took their place.

Read in the getopts of 2.12.1 and in prowler/lib/cli/parser.py and providers/aws/lib/arguments of 3.0.0 to 5.46.0.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ghapp.pipeline import Word
from ghapp.rules._prowler import PCI, Scan, shown

_GONE = {
    3: {"-g": "--compliance", "-r": "--region", "-E": "--excluded-checks", "-L": "--list-compliance", "-Z": ""}
    | dict.fromkeys(("-A", "-V", "-a", "-d", "-k", "-m", "-n", "-u"), ""),
    4: {"-q": "--status FAIL", "--quiet": "--status FAIL", "--allowlist-file": ""},
}
"""Since which major release the options of the one before are refused for AWS, and what took their place."""

_FORMATS = ("-M", "--output-modes", "--output-formats")
_CHECKS = ("-c", "--check", "--checks", "-C", "--checks-file")
_KINDS = ("-s", "--service", "--services", "--category", "--categories", "--resource-group", "--resource-groups")


class Refusal(NamedTuple):
    """What is refused: from a word up to `end`. `new`: what may stand there instead, where that means the same."""

    word: Word
    end: int
    why: str
    new: str = ""


def refused(scan: Scan) -> list[Refusal]:
    """What Prowler stops at, in the order of the command line."""
    found = [*_exclusive(scan)]
    if scan.version is not None:
        release = f"Prowler {shown(scan.version)}"
        found += [*_gone(scan, release), *_formats(scan, release)]
    return sorted(found, key=lambda each: each.word.start)


def _exclusive(scan: Scan) -> Iterator[Refusal]:
    word = scan.option(*_CHECKS, *_KINDS)
    if word is not None and scan.frameworks:
        yield Refusal(word, word.end, f"`{word.raw}` does not go together with `--compliance`, which names its checks")


def _gone(scan: Scan, release: str) -> Iterator[Refusal]:
    for since, options in _GONE.items():
        for option, new in options.items() if scan.newer_than(since) and scan.provider == "aws" else ():
            word = scan.option(option)
            if word is None:
                continue
            why = f"{release} has no `{option}`" + (f", but `{new}`" if new else "")
            yield _group(scan, word, why) if option == "-g" else Refusal(word, word.end, why, new)


def _group(scan: Scan, word: Word, why: str) -> Refusal:
    """Of the groups of Prowler 2, only PCI-DSS has one framework in its place."""
    group = next(iter(scan.values("-g")), word)
    if scan.pci is None or not PCI.search(group.literal or ""):
        return Refusal(word, word.end, why)
    return Refusal(word, group.end, why, f"--compliance {scan.pci}")


def _formats(scan: Scan, release: str) -> Iterator[Refusal]:
    for word in scan.values(*_FORMATS):
        names = (scan.said(word) or "").split(",")
        if scan.newer_than(3) and (len(names) > 1 or (names == ["json"] and scan.newer_than(4))):
            new = " ".join("json-ocsf" if name == "json" and scan.newer_than(4) else name for name in names)
            yield Refusal(word, word.end, f"{release} has no output format `{','.join(names)}`, but `{new}`", new)
