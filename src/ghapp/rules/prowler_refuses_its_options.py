r"""Prowler is given options that its release does not take.

The command line changed with every major release: the group `-g` is gone since 3, `-q` and the output format `json`
since 4, and `--compliance` never goes together with single checks, services or categories. Prowler then prints its
usage and ends with status 2: nothing is scanned.

Bad:

```yaml
jobs:
  audit:
    steps:
      - run: pipx install 'prowler==5.46.0'
      - run: prowler aws --compliance cis_5.0_aws -M csv json  # <-
```

Good:

```yaml
jobs:
  audit:
    steps:
      - run: pipx install 'prowler==5.46.0'
      - run: prowler aws --compliance cis_5.0_aws -M csv json-ocsf
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from ghapp.pipeline import Edit, Finding, Pipeline, Platform, Rule, Severity, Word
from ghapp.pipeline.edits import replace_in
from ghapp.rules._prowler import PCI, Scan, scans, shown

CHANGES = {
    3: ("Prowler 2", {"-g": "--compliance", "-L": "--list-compliance", "-Z": ""}),
    4: ("Prowler 3", {"-q": "--status FAIL", "--quiet": "--status FAIL", "--allowlist-file": "--mutelist-file"}),
}
"""Since which major release an option of an earlier one is refused, and what took its place."""

FORMATS = ("-M", "--output-modes", "--output-formats")
CHECKS = ("-c", "--check", "--checks", "-C", "--checks-file")
KINDS = ("-s", "--service", "--services", "--category", "--categories", "--resource-group", "--resource-groups")


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for scan in scans(pipeline):
        found = next(_refused(scan), None)
        if found is not None:
            word, why = found
            yield Finding(scan.place(word), f"{why} It ends with status 2 and nothing is scanned.", subject=scan)


def _refused(scan: Scan) -> Iterator[tuple[Word, str]]:
    for major, (before, options) in CHANGES.items():
        word = scan.option(*options)
        if word is not None and scan.version is not None and scan.version >= (major,):
            new = options[word.raw.partition("=")[0]]
            instead = f": say `{new}` instead." if new else "."
            yield word, f"`{word.raw}` is an option of {before} that Prowler {shown(scan.version)} refuses{instead}"
    if scan.version is not None and scan.version >= (4,):
        for word in scan.values(*FORMATS):
            if scan.said(word) == "json":
                yield word, f"Prowler {shown(scan.version)} has no output format `json`, only `json-ocsf`."
    word = scan.option(*CHECKS, *KINDS)
    if word is not None and scan.frameworks:
        yield word, f"Prowler refuses `{word.raw}` together with `--compliance`: a framework names its checks itself."


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    """Only what has one new name and the same meaning."""
    scan = cast(Scan, finding.subject)
    word = next(each for each in scan.words if scan.place(each) == finding.place)
    groups = scan.values("-g")
    if word.raw == "-g" and groups and PCI.search(groups[0].literal or "") and scan.pci is not None:
        return replace_in(scan.text, word.start, groups[0].end, f"--compliance {scan.pci}")
    new = {"json": "json-ocsf", "-q": "--status FAIL", "--quiet": "--status FAIL"}.get(word.raw)
    return replace_in(scan.text, word.start, word.end, new) if new is not None else None


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S1.4",),
    platforms=(Platform.ACTIONS, Platform.ACTION, Platform.CIRCLECI, Platform.SHELL),
    words=("prowler",),
    detect=detect,
    fix=fix,
)
