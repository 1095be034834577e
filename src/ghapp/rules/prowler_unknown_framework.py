r"""Prowler is given a compliance framework that it does not have.

`--compliance` takes a closed list of ids. With any other Prowler ends with status 2 before it has scanned anything, and
the compliance that the job is there to prove is proven by nobody.

Bad:

```yaml
jobs:
  pci-dss-compliance:
    steps:
      - run: pipx install 'prowler==5.46.0'
      - run: prowler aws --compliance cis_level2_aws --output-formats csv json-ocsf  # <-
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
from difflib import get_close_matches
from typing import cast

from ghapp.pipeline import Edit, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.edits import replace_in
from ghapp.rules._facts import facts
from ghapp.rules._prowler import PCI, Scan, exists, scans, shown
from ghapp.rules._prowler_intent import signs


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for scan in scans(pipeline):
        for word in scan.frameworks:
            name = scan.said(word)
            if name is None or exists(name, scan.version):
                continue
            where = f"Prowler {shown(scan.version)}" if scan.version else "any release of Prowler"
            message = f"`{name}` is not a framework of {where}: it stops with status 2 and nothing is scanned."
            yield Finding(scan.place(word), message + _hint(pipeline, scan, name), subject=scan)


def _hint(pipeline: Pipeline, scan: Scan, name: str) -> str:
    if (since := facts("prowler")["first_release"].get(name)) is not None:
        gone = facts("prowler")["gone_since"].get(name)
        return f" It came with {since}{f' and went with {gone}' if gone else ''}."
    meant = _meant(scan, name)
    if meant is None and (pci := _for_pci(pipeline, scan)):
        return f" This scan is for PCI-DSS: that is `{pci}`."
    if meant is None:
        real = [each for each in facts("prowler")["first_release"] if exists(each, scan.version)]
        meant = next(iter(get_close_matches(name, real, n=1, cutoff=0.6)), None)
    return f" Did you mean `{meant}`?" if meant else f" `prowler {scan.provider} --list-compliance` lists them."


def _meant(scan: Scan, name: str) -> str | None:
    """The id that can be nothing else: the same words with the provider behind them, or PCI-DSS."""
    plain = name.lower().replace("-", "_")
    whole = next((each for each in (plain, f"{plain}_{scan.provider}") if exists(each, scan.version)), None)
    return whole or (scan.pci if PCI.search(plain) else None)


def _for_pci(pipeline: Pipeline, scan: Scan) -> str | None:
    """The id of PCI-DSS, where the scan is meant for that and names nothing else."""
    return scan.pci if len(scan.frameworks) == 1 and signs(pipeline, scan) else None


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    """Only where the release is known: the ids differ from one to the next."""
    scan = cast(Scan, finding.subject)
    if scan.version is None:
        return None
    word = next(each for each in scan.frameworks if scan.place(each) == finding.place)
    meant = _meant(scan, word.literal or "") or _for_pci(pipeline, scan)
    if meant is None or not scan.written(word):
        return None
    return replace_in(scan.text, word.start, word.end, meant)


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S1.4",),
    platforms=(Platform.ACTIONS, Platform.ACTION, Platform.CIRCLECI, Platform.SHELL),
    words=("prowler --compliance",),
    detect=detect,
    fix=fix,
)
