r"""A PCI-DSS job scans another framework.

The job, the step or the report says PCI-DSS, but the framework that Prowler is given is a different one: not one
requirement of PCI-DSS is evaluated, and the report that the auditor gets proves something else.

Bad:

```yaml
jobs:
  pci-dss-compliance:
    steps:
      - run: pipx install 'prowler==5.46.0'
      - run: prowler aws --compliance cis_5.0_aws --output-formats csv json-ocsf  # <-
```

Good:

```yaml
jobs:
  pci-dss-compliance:
    steps:
      - run: pipx install 'prowler==5.46.0'
      - run: prowler aws --compliance pci_4.0_aws --output-formats csv json-ocsf
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from ghapp.pipeline import Confidence, Edit, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.edits import replace_in
from ghapp.rules._prowler import Scan, exists, scans
from ghapp.rules._prowler_intent import checked_otherwise, scanned_elsewhere, signs


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    found = [scan for scan in scans(pipeline) if scan.named]
    elsewhere = any(each.may_be_pci for each in found) or (bool(found) and scanned_elsewhere(pipeline))
    for scan in found:
        mates = [each for each in found if each.job is scan.job]
        if any(each.may_be_pci for each in mates) or checked_otherwise(scan) or _unknown(scan):
            continue
        evidence = signs(pipeline, scan, elsewhere=elsewhere)
        if evidence:
            given = ", ".join(f"`{scan.said(word)}`" for word in scan.named)
            message = (
                f"This is a PCI-DSS scan ({'; '.join(each.text for each in evidence)}), but Prowler evaluates {given}: "
                f"no requirement of PCI-DSS is checked. Its framework is {_framework(scan)}."
            )
            sure = len(evidence) > 1 or "the policy" in evidence[0].text
            severity, confidence = (None, Confidence.HIGH) if sure else (Severity.WARNING, Confidence.MEDIUM)
            yield Finding(scan.place(scan.named[0]), message, severity, confidence, tuple(evidence), subject=scan)


def _unknown(scan: Scan) -> bool:
    """Whether a name is none of Prowler's, which another rule says, or the cloud has no PCI-DSS framework."""
    names = [scan.said(word) or "" for word in scan.frameworks]
    return not all(exists(name, scan.version) for name in names) or not exists(f"pci_4.0_{scan.provider}", None)


def _framework(scan: Scan) -> str:
    if not scan.frameworks:
        return "`-g pci` in Prowler 2, `--compliance pci_4.0_aws` since 5.4"
    return f"`{scan.pci}`" if scan.pci else f"`pci_4.0_{scan.provider}`, since Prowler 5.4"


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    """Only where the release is known and the one framework is written here."""
    scan = cast(Scan, finding.subject)
    if len(scan.frameworks) != 1 or scan.pci is None or not scan.written(scan.frameworks[0]):
        return None
    return replace_in(scan.text, scan.frameworks[0].start, scan.frameworks[0].end, scan.pci)


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S1.4",),
    platforms=(Platform.ACTIONS, Platform.ACTION, Platform.CIRCLECI, Platform.SHELL),
    words=("prowler --compliance", "prowler -g"),
    detect=detect,
    fix=fix,
)
