"""Whether a scan of Prowler is about PCI-DSS: what says so, and what else may prove it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline import Command, Evidence, Gap, Pipeline, Word
from ghapp.pipeline.source import Place
from ghapp.rules._prowler import PCI, Scan

_SCANNED = re.compile(r"\bpci_\d|-g\s+pci\b")
_CI_FILES = (".github/workflows/", ".circleci/")


def signs(pipeline: Pipeline, scan: Scan, *, elsewhere: bool = False) -> list[Evidence]:
    """What says that the scan is about PCI-DSS: names, the report's path, comments of the job or the script.

    `elsewhere`: another scan proves PCI-DSS already, so what is said of the whole workflow or repository is no sign.
    """
    found = dict[str, Evidence]()
    for place, who, text in _said(pipeline, scan, elsewhere=elsewhere):
        if match := PCI.search(text):
            found[who] = Evidence(place, f"{who} says `{match[0]}`")
    return list(found.values())


def _said(pipeline: Pipeline, scan: Scan, *, elsewhere: bool) -> Iterator[tuple[Place, str, str]]:
    yield scan.job.key.place, "the job", f"{scan.job.id} {scan.job.name}"
    yield scan.step.place, "the step", scan.step.name
    for word in _report(scan):
        yield scan.place(word), "the report", word.raw
    for place, text in _comments(pipeline, scan):
        yield place, "a comment", text
    workflow = pipeline.root.get("name") if pipeline.root is not None else None
    if workflow is not None and not elsewhere:
        yield workflow.place, "the workflow", workflow.text or ""
    for demand in () if elsewhere else pipeline.policy.evidence("compliance", ""):
        yield demand.place, "the policy", " ".join(pipeline.policy.compliance)


def _report(scan: Scan) -> Iterator[Word]:
    """Where the findings are written to."""
    for names in (("-o", "--output-directory"), ("-F", "--output-filename")):
        yield from scan.values(*names)
    if isinstance(scan.item, Command):
        yield from (each.target for each in scan.item.redirections if each.target is not None)


def _comments(pipeline: Pipeline, scan: Scan) -> Iterator[tuple[Place, str]]:
    at = 0
    for line in scan.text.value.split("\n"):
        if line.lstrip().startswith("#"):
            yield scan.text.place(at, at + len(line)), line
        at += len(line) + 1
    if pipeline.document is not None and scan.job.key.source is pipeline.source:
        first, last = scan.job.key.place.line, scan.job.node.place.end_line
        for comment in pipeline.document.comments:
            if first <= comment.line <= last:
                yield pipeline.source.place(comment.start, comment.end), comment.text


def scanned_elsewhere(pipeline: Pipeline) -> bool:
    """Whether another CI file of the repository, as far as they are at hand, scans PCI-DSS."""
    paths = (path for path in pipeline.tree.paths or () if path.startswith(_CI_FILES) and path != pipeline.path)
    return any(source is not None and _SCANNED.search(source.text) for source in map(pipeline.tree.source, paths))


def checked_otherwise(scan: Scan) -> bool:
    """Whether Security Hub, AWS Config or Audit Manager looks at PCI-DSS in this job, or what cannot be read may."""
    for item in scan.job.trail:
        if isinstance(item, Gap) and ("prowler" in item.reason or "complian" in item.reason or PCI.search(item.reason)):
            return True
        if isinstance(item, Command) and item.name == "aws" and PCI.search(item.raw):
            return True
    return False
