"""Vulnerability scans, one form for Trivy and Grype, on the command line and as actions: what fails them.

Defaults, read in trivy v0.74.0, trivy-action v0.36.0, grype v0.116.0 and anchore/scan-action v7.4.0: `trivy` and `grype`
end with 0 whatever they find unless told otherwise; scan-action fails from `medium` on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ghapp.pipeline.command import Command, Mask
from ghapp.pipeline.model import Job, Step
from ghapp.pipeline.source import Place
from ghapp.pipeline.word import PartKind, Word

TRIVY_SCANS = frozenset(
    "image i fs filesystem rootfs repo repository vm config conf sbom k8s kubernetes".split()  # noqa: SIM905
)
_TRIVY_IMAGES = ("aquasec/trivy", "aquasecurity/trivy")
_GRYPE_IMAGES = ("anchore/grype",)
_GRYPE_OTHER = frozenset({"version", "db", "completion", "config", "explain", "help"})
_TABLE = ("table", "")


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan. What stands in the file decides; None means that it cannot be told.

    `fails`: whether a finding fails it. `severity`: the severities that count, as written; empty when all do.
    `read`: whether its result goes anywhere but to the log. `secrets`: it looks for secrets alone.
    """

    item: Command | Step
    tool: str
    fails: bool | None
    severity: str
    read: bool
    secrets: bool = False

    @property
    def step(self) -> Step:
        return self.item if isinstance(self.item, Step) else self.item.step

    @property
    def place(self) -> Place:
        if isinstance(self.item, Command):
            return self.item.place
        return self.item.uses.node.place if self.item.uses is not None else self.item.place

    @property
    def words(self) -> str:
        """What to call it in a message: `trivy image`, or the action's name."""
        if isinstance(self.item, Step):
            return self.item.uses.name if self.item.uses is not None else self.tool
        return " ".join([self.tool, *(word.raw for word in self.item.operands[:1] if self.tool == "trivy")])

    @property
    def ignored(self) -> str:
        """How a failure of the scan is thrown away: `|| …`, `continue-on-error`, or nothing."""
        if isinstance(self.item, Command) and Mask.OR in self.item.masks:
            return "`||`"
        return "`continue-on-error`" if self.step.tolerated else ""


def scans(job: Job) -> Iterator[Scan]:
    """The job's scans, in order."""
    for item in job.trail:
        found = _command(item) if isinstance(item, Command) else _action(item) if isinstance(item, Step) else None
        if found is not None:
            yield found


def _command(command: Command) -> Scan | None:
    words = command.words
    if command.is_a("docker", "run"):
        images = (*_TRIVY_IMAGES, *_GRYPE_IMAGES)
        at = next((n for n, word in enumerate(words) if any(image in word.raw for image in images)), None)
        if at is None:
            return None
        tool, words = ("grype" if "grype" in words[at].raw else "trivy"), words[at:]
    elif command.name in ("trivy", "grype"):
        tool = command.name
    else:
        return None
    asked = {word.raw for word in words}
    if asked & {"--version", "--help", "-h", "--download-db-only", "--list-all-pkgs"} or len(words) < 2:
        return None
    return _trivy(command, words) if tool == "trivy" else _grype(command, words)


def _trivy(command: Command, words: tuple[Word, ...]) -> Scan | None:
    if not any(word.literal in TRIVY_SCANS for word in words[1:]):
        return None
    code = _value(command, words, ("--exit-code",), "TRIVY_EXIT_CODE")
    severity = _value(command, words, ("--severity", "-s"), "TRIVY_SEVERITY")
    configured = _open(words, ("--config", "-c")) or command.job.pipeline.tree.has("trivy.yaml")
    report = _value(command, words, ("--format", "-f"), "TRIVY_FORMAT")
    return Scan(
        command,
        "trivy",
        None if configured else _nonzero(code),
        severity or "",
        _output_is_read(command, words, report, ("--output", "-o", "--template", "-t")),
        _value(command, words, ("--scanners", "--security-checks"), "TRIVY_SCANNERS") == "secret",
    )


def _grype(command: Command, words: tuple[Word, ...]) -> Scan | None:
    if words[1].literal in _GRYPE_OTHER:
        return None
    level = _value(command, words, ("--fail-on", "-f"), "GRYPE_FAIL_ON_SEVERITY")
    names = (".grype.yaml", ".grype.yml", ".grype/config.yaml")
    configured = _open(words, ("--config", "-c")) or any(map(command.job.pipeline.tree.has, names))
    report = _value(command, words, ("--output", "-o"), "GRYPE_OUTPUT")
    read = _output_is_read(command, words, report, ("--file", "--template", "-t"))
    return Scan(command, "grype", None if configured else bool(level), level or "", read)


def _value(command: Command, words: tuple[Word, ...], names: tuple[str, ...], variable: str) -> str | None:
    """An option's value, or its environment variable's; as written where it is not known."""
    for at, word in enumerate(words):
        name, equals, _ = word.raw.partition("=")
        if name in names:
            if equals:
                return command.expand(word).partition("=")[2]
            return command.expand(words[at + 1]) if at + 1 < len(words) else ""
    assigned = command.variables.get(variable)
    return command.expand(assigned) if assigned is not None else command.step.scope.variable(variable)


def _open(words: tuple[Word, ...], names: tuple[str, ...]) -> bool:
    """Whether options may come from elsewhere: one of `names`, or an unquoted variable that may hold any."""
    return any(
        word.raw.partition("=")[0] in names
        or (len(word.parts) == 1 and word.parts[0].kind is not PartKind.LITERAL and not word.parts[0].quote)
        for word in words[1:]
    )


def _nonzero(code: str | None) -> bool | None:
    if code is None or code == "":
        return False
    return code != "0" if code.isdigit() else None


def _output_is_read(command: Command, words: tuple[Word, ...], report: str | None, options: tuple[str, ...]) -> bool:
    return (
        (report or "") not in _TABLE
        or any(word.raw.partition("=")[0] in options for word in words)
        or bool(command.redirections)
        or command.substituted
        or command.piped_to is not None
        or Mask.CONDITION in command.masks
    )


def _action(step: Step) -> Scan | None:
    name = step.uses.name if step.uses is not None else ""
    if name == "aquasecurity/trivy-action":
        code = step.input("exit-code") or step.scope.variable("TRIVY_EXIT_CODE")
        severity = step.input("severity") or step.scope.variable("TRIVY_SEVERITY") or ""
        configured = "trivy-config" in step.inputs or step.job.pipeline.tree.has("trivy.yaml")
        read = (step.input("format") or "table") not in _TABLE or "output" in step.inputs
        secrets = step.input("scanners") == "secret"
        return Scan(step, "trivy", None if configured else _nonzero(_plain(step, code)), severity, read, secrets)
    if name == "anchore/scan-action":
        severity, build = step.input("severity-cutoff") or "medium", step.input("fail-build") or "true"
        return Scan(step, "grype", {"true": True, "false": False}.get(build.lower()), severity, read=True)
    return None


def _plain(step: Step, text: str | None) -> str | None:
    """The input's value where an expression in it is certain."""
    return step.scope.expression(text) or text if text is not None and text.startswith("${{") else text
