"""What to tell a vulnerability scanner so that it stops what must be stopped: words for the rules on scans."""

from __future__ import annotations

from ghapp.pipeline import Command, Edit, StepKind
from ghapp.pipeline.edits import add_entries, replace_in, set_key
from ghapp.pipeline.scans import Scan

WORDS = ("trivy", "grype", "anchore/scan-action", "semgrep", "snyk", "npm audit")
LOWEST = ("", "negligible", "low", "info")
REMEDIES = {
    "trivy": "`--exit-code 1 --severity HIGH,CRITICAL`",
    "grype": "`--fail-on high`",
    "semgrep": "`--error`",
    "snyk": "`--severity-threshold=high`",
    "npm audit": "`--audit-level=high`",
}


def too_strict(scan: Scan) -> bool:
    """Whether findings of every severity fail it. Trivy's list is taken at its word; Semgrep's rules are chosen."""
    if scan.tool == "semgrep" or scan.own:
        return False
    return bool(scan.fails) and scan.severity.lower() in (("",) if scan.tool == "trivy" else LOWEST)


def gating(scan: Scan) -> Edit | None:
    """The scan fails on what must be stopped, and on nothing less."""
    if not isinstance(scan.item, Command):
        return _inputs(scan)
    text = scan.item.script.text
    if (level := scan.item.option(*_LEVELS.get(scan.tool, ()))) is not None:
        return replace_in(text, level.start, level.end, "high")
    behind = scan.item.option("--exit-code") or scan.behind
    flags = _flags(scan)
    return replace_in(text, behind.end, behind.end, flags) if behind is not None and flags else None


_LEVELS = {"grype": ("--fail-on", "-f"), "snyk": ("--severity-threshold",), "npm audit": ("--audit-level",)}


def _flags(scan: Scan) -> str:
    """The options that a command lacks, each with a blank before it."""
    if scan.tool != "trivy":
        return f" {REMEDIES[scan.tool].strip('`')}"
    flags = "" if scan.told else " --exit-code 1"
    if not (scan.secrets or scan.severity):
        flags += " --severity HIGH,CRITICAL"
    return flags if scan.secrets or scan.fixed_only else f"{flags} --ignore-unfixed"


def _inputs(scan: Scan) -> Edit | None:
    """The inputs that an action or an orb's command lacks."""
    step = scan.step
    inputs = step.node.pairs[0][1] if step.kind is StepKind.ORB and step.node.pairs else step.node.get("with")
    for name in ("severity-cutoff", "severity-threshold"):
        if name in step.inputs and inputs is not None:
            return set_key(inputs, name, "high")
    if step.kind is StepKind.ORB:
        return None
    lines = ["args: --severity-threshold=high"] if scan.tool == "snyk" else ["severity: HIGH,CRITICAL"]
    lines += [] if scan.fixed_only else ["ignore-unfixed: true"]
    if inputs is None:
        return add_entries(step.node, "\n  ".join(["with:", *lines]))
    return add_entries(inputs, "\n".join(lines), after="exit-code" if inputs.get("exit-code") is not None else None)
