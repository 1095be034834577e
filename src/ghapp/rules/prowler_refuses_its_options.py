r"""Prowler is given options that its release does not take.

The command line changed with every major release: the group `-g` and the region `-r` are gone since 3, `-q` and the
output format `json` since 4, and `--compliance` never goes together with single checks, services or categories. Prowler
then prints its usage and ends with status 2: nothing is scanned.

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

from ghapp.pipeline import Edit, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.edits import replace_in
from ghapp.rules._prowler import Scan, scans
from ghapp.rules._prowler_options import Refusal, refused


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for scan in scans(pipeline):
        found = refused(scan)
        if found:
            why = "; ".join(each.why for each in found)
            message = f"{why}. Prowler ends with status 2 and nothing is scanned."
            yield Finding(scan.place(found[0].word), message, subject=(scan, found))


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    """All of them at once; None where one has no other name, or they stand on several lines."""
    scan, found = cast(tuple[Scan, list[Refusal]], finding.subject)
    start, end = found[0].word.start, found[-1].end
    text = scan.text.value[start:end]
    if "\n" in text or not all(each.new and scan.written(each.word) for each in found):
        return None
    for each in reversed(found):
        text = text[: each.word.start - start] + each.new + text[each.end - start :]
    return replace_in(scan.text, start, end, text)


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S1.4",),
    platforms=(Platform.ACTIONS, Platform.ACTION, Platform.CIRCLECI, Platform.SHELL),
    words=("prowler",),
    detect=detect,
    fix=fix,
)
