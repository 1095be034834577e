"""What is said of an unknown framework and what is suggested for it are the same."""

from __future__ import annotations

import pytest

from ghapp.pipeline.engine import analyse
from ghapp.pipeline.rule import Diagnostic
from ghapp.pipeline.tree import Tree
from ghapp.rules import catalogue

CI = ".github/workflows/scan.yml"
SCAN = """\
on: push
jobs:
  {job}:
    runs-on: ubuntu-24.04
    steps:
      - run: pipx install 'prowler==5.46.0'
      - run: prowler aws --compliance {framework}
"""


def said(job: str, framework: str) -> Diagnostic:
    rules = [each for each in catalogue() if each.id == "prowler-unknown-framework"]
    tree = Tree.of({CI: SCAN.format(job=job, framework=framework)})
    (found,) = analyse(tree, [CI], rules).diagnostics
    return found


@pytest.mark.parametrize(
    ("job", "framework", "hint", "suggested"),
    [
        ("pci-dss-compliance", "cis_level2_aws", "This scan is for PCI-DSS: that is `pci_4.0_aws`.", "pci_4.0_aws"),
        ("compliance", "pci_dss", "Did you mean `pci_4.0_aws`?", "pci_4.0_aws"),
        ("compliance", "soc2", "Did you mean `soc2_aws`?", "soc2_aws"),
        ("compliance", "cis_4.0_awz", "Did you mean `cis_4.0_aws`?", ""),
    ],
)
def test_the_hint_names_what_the_suggestion_puts_there(job: str, framework: str, hint: str, suggested: str) -> None:
    found = said(job, framework)
    lines = found.mend.lines if found.mend is not None else ()

    assert found.finding.message.endswith(hint)
    assert [line.rpartition(" ")[2] for line in lines] == ([suggested] if suggested else [])
