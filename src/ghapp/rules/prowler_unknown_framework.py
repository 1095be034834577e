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

from ghapp.pipeline import Edit, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.edits import replace_in
from ghapp.rules._facts import facts
from ghapp.rules._prowler import PCI, Scan, exists, intent, scans


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for scan in scans(pipeline):
        for word in scan.unknown:
            release = ".".join(map(str, scan.version)) if scan.version else ""
            if scan.legacy:
                message = (
                    f"`-g` is an option of Prowler 2; Prowler {release} does not know it and stops with status 2: "
                    "nothing is scanned. Name the framework with `--compliance`."
                )
            else:
                message = (
                    f"`{scan.name(word)}` is not a framework of {f'Prowler {release}' if release else 'any Prowler'}: "
                    f"it stops with status 2 and nothing is scanned.{_hint(scan, scan.name(word) or '')}"
                )
            yield Finding(scan.command.word_place(word), message, subject=scan)


def _hint(scan: Scan, name: str) -> str:
    real = [each for each in facts("prowler")["first_seen"] if exists(each, scan.version)]
    close = get_close_matches(name, real, n=1, cutoff=0.5)
    meant = scan.pci if PCI.search(name.replace("_", " ")) else close[0] if close else None
    return f" Its nearest id is `{meant}`." if meant else " `prowler aws --list-compliance` lists them."


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    scan = finding.subject
    if not isinstance(scan, Scan) or scan.legacy or len(scan.ids) != 1 or scan.pci is None:
        return None
    word = scan.ids[0]
    if word.literal is None or not (PCI.search(word.literal.replace("_", " ")) or intent(pipeline, scan)):
        return None
    return replace_in(scan.command.script.text, word.start, word.end, scan.pci)


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S1.4",),
    platforms=(Platform.ACTIONS, Platform.ACTION, Platform.CIRCLECI, Platform.SHELL),
    words=("prowler --compliance", "prowler -g"),
    detect=detect,
    fix=fix,
)
