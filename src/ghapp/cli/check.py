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
from ghapp.cli.fix import write
from ghapp.cli.patience import patience
from ghapp.cli.subject import Subject, today
from ghapp.pipeline.engine import FileError, Outcome, analyse, compare
from ghapp.pipeline.memory import leave_garbage
from ghapp.pipeline.mending import mend
from ghapp.pipeline.rule import Diagnostic, Severity
from ghapp.pipeline.tree import Tree
from ghapp.rules import catalogue


def run(subject: Subject, *, form: str, fix: bool, fail_on: str) -> int:
    """Prints the report and gives the exit status. Raises Unusable."""
    began = time.perf_counter()
    leave_garbage()
    with patience(f"Checking {len(subject.files):,} files"):
        outcome, tree, mended = _mended(subject) if fix else (*_examined(subject), ())
    for each in mended:
        click.echo(f"Mended {subject.shown(each.path)}:{each.place.line}: {each.rule.id}", err=True)
    if fix and not mended:
        click.echo("Nothing to mend: no finding has a fix that is proven to work.", err=True)
    outcome = replace(outcome, seconds=time.perf_counter() - began)
    click.echo(_report(form, outcome, tree, subject), nl=False)
    return _status(outcome, Severity(fail_on))


def _mended(subject: Subject) -> tuple[Outcome, Tree, tuple[Diagnostic, ...]]:
    tree, examine = _examiner(subject)
    done = mend(tree, examine(tree), examine)
    write(subject, done.texts)
    return done.outcome, done.tree, done.mended


def _examined(subject: Subject) -> tuple[Outcome, Tree]:
    tree, examine = _examiner(subject)
    return examine(tree), tree


def _examiner(subject: Subject) -> tuple[Tree, Callable[[Tree], Outcome]]:
    """The files as they are, and how to examine them, also with edits in them."""
    unread: dict[str, FileError] = {}

    def read(path: str) -> bytes | None:
        try:
            return subject.read(path)
        except OSError as error:  # said as any other broken file is: the others go on
            unread[path] = FileError(path, 1, 1, f"The file cannot be opened: {error.strerror}.")
            return None

    def examine(tree: Tree) -> Outcome:
        head = analyse(tree, subject.files, catalogue(), policy=subject.policy, today=today())
        head = replace(head, errors=(*head.errors, *unread.values()))
        if subject.base is not None:
            return compare(head, subject.base.analysis, renames=subject.base.renames)
        return Outcome(
            new=head.diagnostics, errors=head.errors, crashes=head.crashes, files=head.files, ignored=head.ignored
        )

    return Tree(subject.paths, read, truncated=subject.truncated, runs=subject.runs), examine


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
