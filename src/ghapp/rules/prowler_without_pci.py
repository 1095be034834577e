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

from ghapp.pipeline import Confidence, Edit, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.edits import replace_in
from ghapp.rules._prowler import Scan, intent, scans


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    by_job: dict[int, list[Scan]] = {}
    for scan in scans(pipeline):
        by_job.setdefault(id(scan.command.job), []).append(scan)
    for found in by_job.values():
        names = [scan.name(word) for scan in found for word in scan.ids]
        if None in names or any((name or "").startswith("pci") for name in names):
            continue  # PCI-DSS is scanned, or may be
        for scan in found:
            signs = intent(pipeline, scan)
            if scan.ids and signs and not scan.unknown:
                given = ", ".join(f"`{scan.name(word)}`" for word in scan.ids)
                message = (
                    f"This is a PCI-DSS scan ({'; '.join(signs)}), but Prowler evaluates {given}: no requirement of "
                    f"PCI-DSS is checked. Its framework is {_framework(scan)}."
                )
                sure = len(signs) > 1
                severity, confidence = (None, Confidence.HIGH) if sure else (Severity.WARNING, Confidence.MEDIUM)
                place = scan.command.word_place(scan.ids[0])
                yield Finding(place, message, severity, confidence, subject=scan)


def _framework(scan: Scan) -> str:
    if scan.legacy:
        return "`-g pci` in Prowler 2, `--compliance pci_4.0_aws` since 5.4"
    return f"`{scan.pci}`" if scan.pci else "`pci_4.0_aws` since Prowler 5.4, `pci_3.2.1_aws` since 3.2"


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    scan = finding.subject
    if not isinstance(scan, Scan) or scan.legacy or len(scan.ids) != 1 or scan.pci is None:
        return None
    word = scan.ids[0]
    return replace_in(scan.command.script.text, word.start, word.end, scan.pci) if word.literal else None


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S1.4",),
    platforms=(Platform.ACTIONS, Platform.ACTION, Platform.CIRCLECI, Platform.SHELL),
    words=("prowler pci", "prowler payment"),
    detect=detect,
    fix=fix,
)
