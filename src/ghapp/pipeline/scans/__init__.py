"""Vulnerability scans, one form for several scanners, on the command line, as actions and as orbs: what fails them.

What each does when the file does not say so: `trivy`, `grype` and `semgrep scan` end with 0 whatever they find;
`npm audit` and `snyk` fail on every finding; scan-action fails from `medium` on. Sources: trivy v0.74.0, trivy-action
v0.36.0, grype v0.116.0, anchore/scan-action v7.4.0, snyk-orb v2.3.0, docs.npmjs.com/cli/commands/npm-audit,
docs.snyk.io/snyk-cli, semgrep.dev/docs/cli-reference.
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline.command import Command
from ghapp.pipeline.model import Job, Step
from ghapp.pipeline.scans.calls import call_of
from ghapp.pipeline.scans.commands import SCANNERS
from ghapp.pipeline.scans.scan import Loss as Loss
from ghapp.pipeline.scans.scan import Scan as Scan
from ghapp.pipeline.scans.steps import step_scan


def scans(job: Job) -> Iterator[Scan]:
    """The job's scans, in order."""
    for item in job.trail:
        found = _command(item) if isinstance(item, Command) else step_scan(item) if isinstance(item, Step) else None
        if found is not None:
            yield found


def _command(command: Command) -> Scan | None:
    call = call_of(command)
    return SCANNERS[call.tool](call) if call is not None and not call.asks_for_help else None
