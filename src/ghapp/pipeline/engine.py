"""Runs the rules over files, and tells what a change brought."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from ghapp.pipeline.eclipse import split
from ghapp.pipeline.identity import anchor, exactly, loosely
from ghapp.pipeline.ignores import NOTHING, Agreed, Ignores
from ghapp.pipeline.model import Pipeline
from ghapp.pipeline.pipelines import Crash as Crash
from ghapp.pipeline.pipelines import FileError as FileError
from ghapp.pipeline.pipelines import Trouble, read_pipelines, seen_through_another
from ghapp.pipeline.policy import Policy
from ghapp.pipeline.reach import Reach
from ghapp.pipeline.rule import Diagnostic, Finding, Rule
from ghapp.pipeline.sieve import Ignored as Ignored
from ghapp.pipeline.sieve import Sieve, order
from ghapp.pipeline.tree import Tree
from ghapp.pipeline.trial import Trial, ask


@dataclass(frozen=True, slots=True)
class Analysis:
    """What the rules say of one commit's files.

    `wanted`: paths whose text the analysis asked the tree for and did not get; hand them over and analyse again.
    `eclipsed`: what need not be said while something graver stands at the same command. `pipelines`: what was read.
    """

    diagnostics: tuple[Diagnostic, ...] = ()
    errors: tuple[FileError, ...] = ()
    crashes: tuple[Crash, ...] = ()
    files: int = 0
    wanted: frozenset[str] = frozenset()
    ignored: tuple[Ignored, ...] = ()
    eclipsed: tuple[Diagnostic, ...] = ()
    pipelines: tuple[Pipeline, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a change did: `new` is what it brought, `known` was there before, `mended` is gone.

    `errors` and `crashes` are the head's. `files`: how many CI files of the change were read. `seconds`: time taken.
    `ignored`: what is not reported, `hushed` those of them that were not ignored before.
    """

    new: tuple[Diagnostic, ...] = ()
    known: tuple[Diagnostic, ...] = ()
    mended: tuple[Diagnostic, ...] = ()
    errors: tuple[FileError, ...] = ()
    crashes: tuple[Crash, ...] = ()
    files: int = 0
    seconds: float = 0.0
    ignored: tuple[Ignored, ...] = ()
    hushed: tuple[Ignored, ...] = ()


def analyse(
    tree: Tree,
    paths: Sequence[str],
    rules: Iterable[Rule],
    *,
    policy: Policy | None = None,
    today: date | None = None,
    agreed: Agreed = NOTHING,
    prove: bool = True,
) -> Analysis:
    """Reads the files at `paths` (and whatever they call) out of `tree` and asks every rule.

    Paths that are no CI files are passed over. Never raises for what a file contains. `policy`: what the repository
    demands; rules that it has off are not asked. `today`: for ignores that end; without it they do not. `agreed`:
    what people agreed to ignore. `prove`: also build and prove the edits.
    """
    policy = policy or Policy()
    every = tuple(rules)
    catalogue = tuple(filter(policy.asks, every))
    trouble = Trouble()
    reach = Reach(tree, catalogue)
    pipelines = read_pipelines(tree, paths, policy, trouble)
    answers = {pipeline: tuple(ask(pipeline, reach, trouble)) for pipeline in pipelines}
    said = {
        pipeline: findings
        for pipeline, findings in answers.items()
        if not (findings and seen_through_another(pipeline, pipelines, reach, trouble))
    }
    trial = Trial(tree, reach, said) if prove else None
    sieve = Sieve(policy, Ignores(tree, policy, [rule.id for rule in every], today, agreed))
    for pipeline, findings in said.items():
        for rule, finding in findings:
            sieve.add(pipeline, _diagnostic(pipeline, rule, finding, trial, trouble))
    sieve.close(catalogue, pipelines, trouble)
    reported, ignored = sieve.sorted()
    diagnostics, eclipsed = split(reported)
    return Analysis(
        diagnostics=diagnostics,
        errors=tuple(sorted(trouble.errors)),
        crashes=tuple(trouble.crashes),
        files=len(pipelines),
        wanted=frozenset(tree.wanted),
        ignored=ignored,
        eclipsed=eclipsed,
        pipelines=tuple(pipelines),
    )


def compare(head: Analysis, base: Analysis, *, renames: Mapping[str, str] | None = None) -> Outcome:
    """What head has that base has not. `renames`: new path → old path.

    A finding is the same when rule, path and anchor are; failing that, when only the names of its steps differ.
    """
    ignored = {id(each.diagnostic): each for each in head.ignored}
    unheard = [each.diagnostic for each in head.ignored]
    new, gone = _difference(head.diagnostics, base.diagnostics, renames or {})
    new, _ = _difference(new, base.eclipsed, renames or {})
    _, mended = _difference([*unheard, *head.eclipsed], gone, renames or {})
    hushed, _ = _difference(unheard, [each.diagnostic for each in base.ignored], renames or {})
    fresh = {id(each) for each in new}
    return Outcome(
        new=tuple(new),
        known=tuple(each for each in head.diagnostics if id(each) not in fresh),
        mended=tuple(sorted(mended, key=order)),
        errors=head.errors,
        crashes=head.crashes,
        files=head.files,
        ignored=head.ignored,
        hushed=tuple(ignored[id(each)] for each in hushed),
    )


def _difference(
    head: Sequence[Diagnostic], base: Sequence[Diagnostic], renames: Mapping[str, str]
) -> tuple[Sequence[Diagnostic], Sequence[Diagnostic]]:
    """What only head has, and what only base has."""
    for name in (exactly, loosely):
        head, base = _unmatched(head, base, name, renames)
    return head, base


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
    diagnostic = Diagnostic(
        rule, pipeline.policy.weighed(rule, finding), fingerprint="", anchor=anchor(pipeline, finding)
    )
    if trial is None or rule.fix is None:
        return diagnostic
    try:
        edit = rule.fix(pipeline, finding)
        return diagnostic if edit is None else replace(diagnostic, edit=edit, proven=trial.proven(pipeline, rule, edit))
    except Exception as error:  # the finding stands, without an edit
        trouble.crashed(rule.id, pipeline.path, error)
        return diagnostic
