"""`ghapp check`: analyse, mend if asked to, report, and say by the exit status how it went."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import replace

import click

from ghapp import report
from ghapp.cli.fix import mend
from ghapp.cli.subject import Subject
from ghapp.pipeline.engine import FileError, Outcome, analyse, compare
from ghapp.pipeline.rule import Severity
from ghapp.pipeline.tree import Tree
from ghapp.rules import catalogue

PATIENCE = 1.0
"""Seconds before a person at a terminal is told what is being read."""


def run(subject: Subject, *, form: str, fix: bool, fail_on: str) -> int:
    """Prints the report and gives the exit status. Raises Unusable."""
    began = time.perf_counter()
    with Progress() as progress:

        def examine() -> tuple[Outcome, Tree]:
            return _examine(subject, progress.reading)

        outcome, tree, mended = mend(subject, examine) if fix else (*examine(), ())
    for each in mended:
        click.echo(f"Mended {subject.shown(each.path)}:{each.place.line}: {each.rule.id}", err=True)
    if fix and not mended:
        click.echo("Nothing to mend: no finding has a fix that is proven to work.", err=True)
    outcome = replace(outcome, seconds=time.perf_counter() - began)
    click.echo(_report(form, outcome, tree, subject), nl=False)
    return _status(outcome, Severity(fail_on))


def _examine(subject: Subject, reading: Callable[[str], None]) -> tuple[Outcome, Tree]:
    unread: dict[str, FileError] = {}

    def read(path: str) -> bytes | None:
        reading(path)
        try:
            return subject.read(path)
        except OSError as error:  # said as any other broken file is: the others go on
            unread[path] = FileError(path, 1, 1, f"The file cannot be opened: {error.strerror}.")
            return None

    tree = Tree(subject.paths, read, truncated=subject.truncated)
    head = analyse(tree, subject.files, catalogue())
    head = replace(head, errors=(*head.errors, *unread.values()))
    if subject.base is not None:
        return compare(head, subject.base.analysis, renames=subject.base.renames), tree
    return Outcome(new=head.diagnostics, errors=head.errors, crashes=head.crashes, files=head.files), tree


def _status(outcome: Outcome, threshold: Severity) -> int:
    if outcome.errors or outcome.crashes:
        return 2
    return int(any(each.severity.rank <= threshold.rank for each in outcome.new))


def _report(form: str, outcome: Outcome, tree: Tree, subject: Subject) -> str:
    if form == "json":
        return report.json_report(outcome) + "\n"
    if form == "sarif":
        from importlib.metadata import version  # slow to load, and asked for here only

        return report.sarif(outcome, version("ghapp")) + "\n"
    if form == "github":
        return report.workflow_commands(outcome)
    terminal = sys.stdout.isatty()
    colour = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    width = min(max(shutil.get_terminal_size().columns, 40), 120) if terminal else 100
    return report.text(outcome, read=tree.source, colour=colour, width=width, shown=subject.shown)


class Progress:
    """One line on the terminal that says what is being read, when it takes long; gone at the end."""

    def __init__(self) -> None:
        self._next = time.monotonic() + PATIENCE if sys.stderr.isatty() else float("inf")
        self._shown = False
        self._count = 0

    def __enter__(self) -> Progress:
        return self

    def reading(self, path: str) -> None:
        self._count += 1
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + 0.1
            self._shown = True
            name = path.encode("ascii", "replace").decode()[:60]
            click.echo(f"\r\x1b[K{self._count:,} files read, now {name!r}", nl=False, err=True)

    def __exit__(self, *_: object) -> None:
        if self._shown:
            click.echo("\r\x1b[K", nl=False, err=True)
