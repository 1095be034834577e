"""The scanners on the command line: what each of them is told."""

from __future__ import annotations

from collections.abc import Callable

from ghapp.pipeline.scans.calls import UNKNOWN, Call
from ghapp.pipeline.scans.scan import Scan

TRIVY_SCANS = frozenset(
    "image i fs filesystem rootfs repo repository vm config conf sbom k8s kubernetes".split()  # noqa: SIM905
)
_TRIVY_OTHER = (
    "--download-db-only",
    "--download-java-db-only",
    "--generate-default-config",
    "--reset",
    "--clear-cache",
)
_TRIVY_LISTS = frozenset({"cyclonedx", "spdx", "spdx-json", "github"})
"""Formats that say what an image holds, not what is wrong with it."""
_TRIVY_OWN = frozenset({"secret", "misconfig", "config"})
"""Scanners of Trivy's that look for no vulnerabilities of packages."""
_GRYPE_OTHER = frozenset({"version", "db", "completion", "config", "explain", "help"})
_GRYPE_FILES = (".grype.yaml", ".grype.yml", ".grype/config.yaml", ".grype/config.yml")
_ANY_NUMBER = 1000
_SNYK_SCANS = frozenset({"test", "container", "iac", "code"})
_SEMGREP_OTHER = frozenset(
    "ci login logout publish install-semgrep-pro lsp mcp show test validate".split()  # noqa: SIM905
)
_SEMGREP_CHECKS = ("--test", "--validate", "--dump-config", "--show-supported-languages")


def _trivy(call: Call) -> Scan | None:
    form = call.value("--format", "-f", variable="TRIVY_FORMAT") or "table"
    if call.verb not in TRIVY_SCANS or call.view.has_option(*_TRIVY_OTHER) or form in _TRIVY_LISTS:
        return None
    code = call.value("--exit-code", variable="TRIVY_EXIT_CODE")
    if call.verb == "sbom" and code is None:
        return None  # older releases write an SBOM with it
    scanners = call.value("--scanners", "--security-checks", variable="TRIVY_SCANNERS")
    unfixed = call.value(variable="TRIVY_IGNORE_UNFIXED")
    elsewhere = call.opaque(2) or call.view.has_option("--config", "-c", "--exit-on-eol") or call.has_file("trivy.yaml")
    return Scan(
        call.command,
        "trivy",
        f"trivy {call.verb}",
        None if elsewhere else nonzero(code),
        told=code is not None,
        severity=call.value("--severity", "-s", variable="TRIVY_SEVERITY") or "",
        report=call.report("--output", "-o", variable="TRIVY_OUTPUT"),
        sure=_known(call),
        behind=call.view.operands[0],
        fixed_only=call.view.has_option("--ignore-unfixed") or unfixed is not None or call.verb in ("config", "conf"),
        secrets=scanners == "secret",
        own=call.verb in ("config", "conf") or own(scanners),
    )


def own(scanners: str | None) -> bool:
    """Whether these of Trivy's scanners look at nothing but what the repository itself says."""
    return scanners is not None and _TRIVY_OWN.issuperset(scanners.replace(" ", "").split(","))


def nonzero(code: str | None) -> bool | None:
    """Whether an exit code for findings fails the step; None when it is not known."""
    if not code:
        return False
    return code != "0" if code.isdigit() else None


def _grype(call: Call) -> Scan | None:
    if call.verb in _GRYPE_OTHER or len(call.view.words) < 2:
        return None
    level = call.value("--fail-on", "-f", variable="GRYPE_FAIL_ON_SEVERITY")
    elsewhere = call.opaque(1) or call.view.has_option("--config", "-c") or call.has_file(*_GRYPE_FILES)
    report = call.report("--file", variable="GRYPE_FILE")
    outputs = call.value("--output", "-o") or ""
    return Scan(
        call.command,
        "grype",
        "grype",
        None if elsewhere or level == UNKNOWN else bool(level),
        told=level is not None,
        severity=level or "",
        report=outputs.partition("=")[2] if report is None and "=" in outputs else report,
        sure=_known(call),
        behind=call.view.words[0],
    )


def _semgrep(call: Call) -> Scan | None:
    if call.verb in _SEMGREP_OTHER or len(call.view.words) < 2 or call.view.has_option(*_SEMGREP_CHECKS):
        return None
    error = call.view.has_option("--error")
    outputs = [word.raw for word in call.view.words if word.raw.startswith("--") and "-output=" in word.raw]
    return Scan(
        call.command,
        "semgrep",
        "semgrep scan" if call.verb == "scan" else "semgrep",
        None if call.opaque(_ANY_NUMBER) else error,
        told=error,
        report=call.report("--output", "-o", *(each.partition("=")[0] for each in outputs[:1])),
        behind=call.view.operands[0] if call.verb == "scan" else call.view.words[0],
    )


def _snyk(call: Call) -> Scan | None:
    operands = [word.literal for word in call.view.operands[:2]]
    plain = call.verb == "test"
    if not plain and (call.verb not in _SNYK_SCANS or operands[1:] != ["test"]):
        return None
    level = call.value("--severity-threshold")
    return Scan(
        call.command,
        "snyk",
        "snyk test" if plain else f"snyk {call.verb} test",
        None if call.opaque(1 if plain else 2) or call.view.has_option("--fail-on") else True,
        told=level is not None,
        severity=level or "",
        report=call.report("--json-file-output", "--sarif-file-output"),
        behind=call.view.operands[0 if plain else 1],
    )


def _npm(call: Call) -> Scan | None:
    others = {word.literal for word in call.view.operands[1:]}
    if call.verb != "audit" or others & {"fix", "signatures"}:
        return None
    level = call.value("--audit-level", variable="npm_config_audit_level")
    return Scan(
        call.command,
        "npm audit",
        "npm audit",
        None if level == UNKNOWN or call.opaque(1) or call.has_file(".npmrc") else level != "none",
        told=level is not None,
        severity=level or "",
        report=call.report(),
        sure=_known(call),
        behind=call.view.operands[0],
    )


def _known(call: Call) -> bool:
    return call.command.job.pipeline.tree.known


SCANNERS: dict[str, Callable[[Call], Scan | None]] = {
    "trivy": _trivy,
    "grype": _grype,
    "semgrep": _semgrep,
    "snyk": _snyk,
    "npm": _npm,
}
