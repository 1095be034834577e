"""What a rule is and what it says: Rule, Finding, Edit, Diagnostic."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

from ghapp.pipeline.source import Place

if TYPE_CHECKING:
    from ghapp.pipeline.ignores import Ignores
    from ghapp.pipeline.model import Pipeline


class Severity(StrEnum):
    """GitHub's annotation levels, gravest first."""

    FAILURE = "failure"
    WARNING = "warning"
    NOTICE = "notice"

    @property
    def rank(self) -> int:
        """0 is the gravest."""
        return list(Severity).index(self)


class Confidence(IntEnum):
    """HIGH: all evidence resolved. MEDIUM: one open point that can hardly matter. LOW: never posted inline."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3


class Platform(StrEnum):
    """What kind of file a pipeline was read from."""

    ACTIONS = "github-actions"
    ACTION = "composite-action"
    CIRCLECI = "circleci"
    SHELL = "shell"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A place that proves or explains a finding, with a few words on why it matters."""

    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule fired here.

    `place` is the cause (the marked line); it may lie in a script that the pipeline calls. `subject` is whatever the
    rule's `fix` needs (a Command, a Step, a Node). `severity` overrides the rule's.
    """

    place: Place
    message: str
    severity: Severity | None = None
    confidence: Confidence = Confidence.HIGH
    evidence: tuple[Evidence, ...] = ()
    subject: object = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the whole lines `first`..`last` (1-based, inclusive) of `path` by `lines`: what one suggestion can say.

    `lines` have no line ends; an empty tuple deletes. `expects` is what the edit means for the YAML tree; the proof
    (`prove`) compares the re-parsed file with it. None for files that are not YAML.
    """

    path: str
    first: int
    last: int
    lines: tuple[str, ...]
    expects: object = field(default=None, compare=False)

    @property
    def text(self) -> str:
        """The replacement as text: every line ends with a newline, nothing at all deletes."""
        return "".join(f"{line}\n" for line in self.lines)


Detect = Callable[["Pipeline"], Iterable[Finding]]
Fix = Callable[["Pipeline", Finding], Edit | None]
After = Callable[["Ignores"], Iterable[Finding]]


def nothing(pipeline: Pipeline) -> Iterable[Finding]:
    """The `detect` of a rule that speaks only when the others have spoken."""
    return ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of the catalogue: the card at the bottom of each rule file.

    `words`: the rule is asked only about files in whose lower-cased text (called scripts included) at least one of them
    occurs; where an entry holds several words, all of them.
    `sources`: the entries of the catalogue it implements (`S1.4`, `C2`, `F13`). `id` and `title` come from the file
    name and the page when the catalogue is loaded. `after`: asked once, when all rules have spoken, about what people
    do not want to hear of. `eclipses`: entries whose findings at the same command are not worth saying while this one
    stands. `shows_order`: its findings are about which job runs before which, so that a picture of the jobs helps.
    """

    page: str | None
    severity: Severity
    sources: tuple[str, ...]
    platforms: tuple[Platform, ...]
    words: tuple[str, ...]
    detect: Detect
    fix: Fix | None = None
    id: str = ""
    after: After | None = None
    eclipses: tuple[str, ...] = ()
    shows_order: bool = False

    def __post_init__(self) -> None:
        if not (self.page or "").strip():
            raise ValueError("A rule needs its page: is Python running with -OO, which strips docstrings?")

    @property
    def title(self) -> str:
        return (self.page or "").strip().splitlines()[0].rstrip(".")


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A finding with its rule, file, identity and, where there is one, the edit that mends it.

    `anchor`: what identifies it within its file, without line numbers; `fingerprint`: rule, path and anchor, hashed.
    """

    rule: Rule
    finding: Finding
    fingerprint: str
    anchor: str = ""
    edit: Edit | None = None
    proven: bool = False

    @property
    def place(self) -> Place:
        return self.finding.place

    @property
    def path(self) -> str:
        return self.finding.place.path

    @property
    def severity(self) -> Severity:
        return self.finding.severity or self.rule.severity

    @property
    def mend(self) -> Edit | None:
        """The edit, if it is proven and the finding is no guess."""
        return self.edit if self.proven and self.finding.confidence is not Confidence.LOW else None
