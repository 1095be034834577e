"""The scanners as actions and orbs: what each of them is told."""

from __future__ import annotations

import re
from collections.abc import Callable

from ghapp.pipeline.model import Step
from ghapp.pipeline.scans.calls import mentions
from ghapp.pipeline.scans.commands import nonzero, own
from ghapp.pipeline.scans.scan import SOMEWHERE, Scan

_THRESHOLD = re.compile(r"--severity-threshold[= ]\s*[\"']?([\w$\{\}. ]+)")


def step_scan(step: Step) -> Scan | None:
    """The scan that an action or an orb's command is, or None."""
    if step.uses is None:
        return None
    name = f"{step.uses.name}/{step.uses.element}".rstrip("/")
    if name.startswith("snyk/actions/") and name != "snyk/actions/setup":  # that one only installs
        name = "snyk/actions"
    return _SCANNERS[name](step) if name in _SCANNERS else None


def _trivy(step: Step) -> Scan:
    code = _given(step, "exit-code", "TRIVY_EXIT_CODE")
    tree = step.job.pipeline.tree
    configured = "trivy-config" in step.inputs or tree.has("trivy.yaml")
    output = _given(step, "output", "TRIVY_OUTPUT")
    scanners = _given(step, "scanners", "TRIVY_SCANNERS")
    return Scan(
        step,
        "trivy",
        "aquasecurity/trivy-action",
        None if configured else nonzero(code),
        told=bool(code),
        severity=_given(step, "severity", "TRIVY_SEVERITY") or "",
        report=SOMEWHERE if _given(step, "format", "TRIVY_FORMAT") == "github" else output or None,
        sure=tree.known,
        fixed_only="ignore-unfixed" in step.inputs,
        secrets=scanners == "secret",
        own=_given(step, "scan-type", "") == "config" or own(scanners),
    )


def _grype(step: Step) -> Scan:
    fails = _given(step, "fail-build", "") or "true"
    return Scan(
        step,
        "grype",
        "anchore/scan-action",
        {"true": True, "false": False}.get(fails.lower()),
        told="fail-build" in step.inputs or "severity-cutoff" in step.inputs,
        severity=_given(step, "severity-cutoff", "") or "medium",
        report=SOMEWHERE,
    )


def _snyk_action(step: Step) -> Scan | None:
    if (_given(step, "command", "") or "test") != "test":
        return None
    arguments = _given(step, "args", "") or ""
    level = _THRESHOLD.search(arguments)
    unknown = ("$" in arguments and level is None) or "--fail-on" in arguments
    return Scan(
        step,
        "snyk",
        step.uses.name if step.uses is not None else "",
        None if unknown else True,
        told=level is not None,
        severity=level[1] if level is not None else "",
        report=SOMEWHERE,
    )


def _snyk_orb(step: Step) -> Scan | None:
    if "test" not in (_given(step, "command", "") or "test"):
        return None
    level = _given(step, "severity-threshold", "")
    arguments = " ".join(_given(step, name, "") or "" for name in ("additional-arguments", "additional-test-arguments"))
    fails = _given(step, "fail-on-issues", "") or "true"
    unknown = any(sign in arguments for sign in ("$", "<<", "--severity-threshold", "--fail-on"))
    return Scan(
        step,
        "snyk",
        "snyk/scan",
        None if unknown else {"true": True, "false": False}.get(fails),
        told=level is not None or "fail-on-issues" in step.inputs,
        severity=level or "",
        report=SOMEWHERE,
    )


def _given(step: Step, name: str, variable: str) -> str | None:
    """An input's value or its environment variable's, with expressions filled in where they are certain."""
    text = step.input(name)
    if text is None and variable:
        text = step.scope.variable(variable)
        if text is None and mentions(step.job.pipeline.source, variable):
            return f"${variable}"
    known = step.scope.expression(text) if text is not None and text.startswith(("${{", "<<")) else None
    return text if known is None else known


_SCANNERS: dict[str, Callable[[Step], Scan | None]] = {
    "aquasecurity/trivy-action": _trivy,
    "anchore/scan-action": _grype,
    "snyk/actions": _snyk_action,
    "snyk/snyk/scan": _snyk_orb,
}
