"""Small rules of the tests' own, and analyses made with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from textwrap import dedent

from ghapp.pipeline import Command, Edit, Evidence, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.edits import replace_in
from ghapp.pipeline.engine import Analysis, analyse
from ghapp.pipeline.tree import Tree

WORKFLOW = ".github/workflows/ci.yml"
EVERY = tuple(Platform)


def rule(name: str, detect, fix=None, words: tuple[str, ...] = ("",), platforms: tuple[Platform, ...] = EVERY) -> Rule:
    return Rule("A toy.", Severity.WARNING, ("F1",), platforms, words, detect, fix, name)


def commands(name: str):
    """A detector of every command of that name."""

    def detect(pipeline: Pipeline) -> Iterator[Finding]:
        for command in pipeline.commands():
            if command.name == name:
                yield Finding(command.place, f"`{command.raw}` is not allowed.", subject=command)

    return detect


def instead(new: str):
    """A fix that writes `new` for the command's name."""

    def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
        command = finding.subject
        assert isinstance(command, Command)
        word = command.words[0]
        return replace_in(command.script.text, word.start, word.end, new)

    return fix


NO_FAIL = rule("no-fail", commands("fail"), instead("true"))


def analysed(files: dict[str, str], rules: Sequence[Rule] = (NO_FAIL,), paths: Sequence[str] | None = None) -> Analysis:
    """The analysis of a repository of these files (dedented); all of them are asked for unless `paths` says which."""
    texts = {path: dedent(text) for path, text in files.items()}
    return analyse(Tree.of(texts), list(texts) if paths is None else paths, rules)


def workflow(text: str, rules: Sequence[Rule] = (NO_FAIL,)) -> Analysis:
    return analysed({WORKFLOW: text}, rules)


def at(analysis: Analysis) -> list[tuple[str, str, int]]:
    """What was found: rule, path, line."""
    return [(each.rule.id, each.path, each.place.line) for each in analysis.diagnostics]


__all__ = [
    "EVERY", "NO_FAIL", "WORKFLOW", "Evidence", "analysed", "at", "commands", "instead", "replace", "rule", "workflow",
]  # fmt: skip
