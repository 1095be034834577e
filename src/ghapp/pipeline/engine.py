"""Runs the rules over files, and tells what a change brought."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ghapp.pipeline.identity import anchor, exactly, fingerprint, loosely, numbered
from ghapp.pipeline.model import Pipeline
from ghapp.pipeline.pipelines import Crash as Crash
from ghapp.pipeline.pipelines import FileError as FileError
from ghapp.pipeline.pipelines import Trouble, read_pipelines, seen_through_another
from ghapp.pipeline.policy import Policy
from ghapp.pipeline.reach import Reach
from ghapp.pipeline.rule import Diagnostic, Finding, Rule
from ghapp.pipeline.source import Place
from ghapp.pipeline.tree import Tree
from ghapp.pipeline.trial import Trial, ask


@dataclass(frozen=True, slots=True)
class Analysis:
    """What the rules say of one commit's files.

    `wanted`: paths whose text the analysis asked the tree for and did not get; hand them over and analyse again.
    """

    diagnostics: tuple[Diagnostic, ...] = ()
    errors: tuple[FileError, ...] = ()
    crashes: tuple[Crash, ...] = ()
    files: int = 0
    wanted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a change did: `new` is what it brought, `known` was there before, `mended` is gone.

    `errors` and `crashes` are the head's. `files`: how many CI files of the change were read. `seconds`: time taken.
    """

    new: tuple[Diagnostic, ...] = ()
    known: tuple[Diagnostic, ...] = ()
    mended: tuple[Diagnostic, ...] = ()
    errors: tuple[FileError, ...] = ()
    crashes: tuple[Crash, ...] = ()
    files: int = 0
    seconds: float = 0.0


def analyse(
    tree: Tree, paths: Sequence[str], rules: Iterable[Rule], *, policy: Policy | None = None, prove: bool = True
) -> Analysis:
    """Reads the files at `paths` (and whatever they call) out of `tree` and asks every rule.

    Paths that are no CI files are passed over. Never raises for what a file contains. `policy`: what the repository
    demands; rules that it has off are not asked. `prove`: also build and prove the edits.
    """
    policy = policy or Policy()
    catalogue = tuple(rule for rule in rules if policy.severities.get(rule.id, rule.severity) is not None)
    trouble = Trouble()
    reach = Reach(tree, catalogue)
    pipelines = read_pipelines(tree, paths, policy, trouble)
    answers = {pipeline: tuple(ask(pipeline, reach, trouble)) for pipeline in pipelines}
    said = {
        pipeline: findings
        for pipeline, findings in answers.items()
        if not (findings and seen_through_another(pipeline, pipelines, reach, trouble))
    }
    trial = Trial(tree, catalogue, reach, said) if prove else None
    found: dict[tuple[str, object], Diagnostic] = {}
    for pipeline, findings in said.items():
        for rule, finding in findings:
            diagnostic = _diagnostic(pipeline, rule, finding, trial, trouble)
            known = found.get((rule.id, finding.place))
            if known is None or _gravity(diagnostic) < _gravity(known):
                found[rule.id, finding.place] = diagnostic
    return Analysis(
        diagnostics=tuple(_numbered(sorted(found.values(), key=_order))),
        errors=tuple(sorted(trouble.errors)),
        crashes=tuple(trouble.crashes),
        files=len(pipelines),
        wanted=frozenset(tree.wanted),
    )


def compare(head: Analysis, base: Analysis, *, renames: Mapping[str, str] | None = None) -> Outcome:
    """What head has that base has not. `renames`: new path → old path.

    A finding is the same when rule, path and anchor are; failing that, when only the names of its steps differ.
    """
    new, gone = list(head.diagnostics), list(base.diagnostics)
    for name in (exactly, loosely):
        new, gone = _unmatched(new, gone, name, renames or {})
    fresh = {id(each) for each in new}
    return Outcome(
        new=tuple(new),
        known=tuple(each for each in head.diagnostics if id(each) not in fresh),
        mended=tuple(sorted(gone, key=_order)),
        errors=head.errors,
        crashes=head.crashes,
        files=head.files,
    )


def _unmatched(
    head: Sequence[Diagnostic], base: Sequence[Diagnostic], name: Callable[[str], str], renames: Mapping[str, str]
) -> tuple[list[Diagnostic], list[Diagnostic]]:
    """What of both sides has no counterpart of the same rule, path and name."""
    left: dict[tuple[str, str, str], list[Diagnostic]] = {}
    for each in base:
        left.setdefault((each.rule.id, each.path, name(each.anchor)), []).append(each)
    new: list[Diagnostic] = []
    for each in head:
        same = left.get((each.rule.id, renames.get(each.path, each.path), name(each.anchor)))
        if same:
            same.pop(0)
        else:
            new.append(each)
    return new, [each for several in left.values() for each in several]


def _diagnostic(pipeline: Pipeline, rule: Rule, finding: Finding, trial: Trial | None, trouble: Trouble) -> Diagnostic:
    """The finding as severe as the policy wants it, with its anchor, and with the edit that the rule offers for it."""
    severity = pipeline.policy.severities.get(rule.id)
    finding = finding if severity is None else replace(finding, severity=severity)
    diagnostic = Diagnostic(rule, finding, fingerprint="", anchor=anchor(pipeline, finding))
    if trial is None or rule.fix is None:
        return diagnostic
    try:
        edit = rule.fix(pipeline, finding)
        return diagnostic if edit is None else replace(diagnostic, edit=edit, proven=trial.proven(pipeline, rule, edit))
    except Exception as error:  # the finding stands, without an edit
        trouble.crashed(rule.id, pipeline.path, error)
        return diagnostic


def _gravity(diagnostic: Diagnostic) -> tuple[int, int, bool]:
    return diagnostic.severity.rank, -diagnostic.finding.confidence, not diagnostic.proven


def _order(diagnostic: Diagnostic) -> tuple[Place, str]:
    return diagnostic.place, diagnostic.rule.id


def _numbered(diagnostics: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Gives every diagnostic its fingerprint; equal ones in a file are told apart by their order."""
    seen: Counter[tuple[str, str, str]] = Counter()
    for each in diagnostics:
        key = (each.rule.id, each.path, each.anchor)
        seen[key] += 1
        name = numbered(each.anchor, seen[key])
        yield replace(each, anchor=name, fingerprint=fingerprint(each.rule.id, each.path, name))
