"""Edits tried out: whether the rules agree that an edit mends what it is for, and breaks nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ghapp.pipeline.model import Pipeline
from ghapp.pipeline.pipelines import MODEL, Trouble, read_pipeline
from ghapp.pipeline.proof import edited
from ghapp.pipeline.reach import Reach
from ghapp.pipeline.rule import Edit, Finding, Rule
from ghapp.pipeline.source import Source
from ghapp.pipeline.tree import Tree

Said = tuple[Rule, Finding]

MOST_READ = 2 << 20
"""How many characters are read again at the most to try the edits of one analysis. Those beyond are not proven: a
stranger's file may have thousands of findings."""


def ask(pipeline: Pipeline, reach: Reach, trouble: Trouble) -> Iterator[Said]:
    """What the rules say of a pipeline. One that crashes does not silence the others."""
    try:
        rules = reach.concerned(pipeline)
    except Exception as error:
        trouble.crashed(MODEL, pipeline.path, error)
        return
    for rule in rules:
        try:
            findings = tuple(rule.detect(pipeline))
        except Exception as error:
            broken = _broken(pipeline)
            trouble.crashed(rule.id if broken is None else MODEL, pipeline.path, broken or error)
            continue
        for finding in findings:
            yield rule, finding


def _broken(pipeline: Pipeline) -> Exception | None:
    """What goes wrong when the whole model is built, if anything does: then no rule is to blame."""
    try:
        for job in pipeline.jobs:
            _ = job.trail
    except Exception as error:
        return error
    return None


class Trial:
    """Tries edits on one commit. `said`: what the rules say of each of its pipelines as it is.

    A file that many pipelines call gets the same edit from each of them: it is tried once.
    """

    def __init__(self, tree: Tree, reach: Reach, said: Mapping[Pipeline, Sequence[Said]]):
        self._tree = tree
        self._reach = reach
        self._said = said
        self._counted: dict[Pipeline, dict[str, int]] = {}
        self._tried: dict[Edit, Mapping[Pipeline, dict[str, int]]] = {}
        self._left = MOST_READ

    def proven(self, pipeline: Pipeline, rule: Rule, edit: Edit) -> bool:
        """Whether the edit does what it means, clears a finding of the rule in the pipeline, and makes no rule fire
        anew in any pipeline that may read the edited file."""
        source = self._tree.source(edit.path)
        if source is None or self._left < 0 or isinstance(done := edited(source, edit), str):
            return False
        if edit in self._tried:
            self._left -= len(source.text)
        else:
            self._tried[edit] = self._try(done, pipeline)
        after = self._tried[edit].get(pipeline)
        return after is not None and after.get(rule.id, 0) < self._before(pipeline)[rule.id]

    def _try(self, edited: Source, pipeline: Pipeline) -> Mapping[Pipeline, dict[str, int]]:
        """How often each rule fires in the readers of the edited file; nothing where one of them fires anew."""
        readers = [each for each in self._said if each is pipeline or edited.path in self._reach.files(each)]
        self._left -= sum(len(each.source.text) for each in readers)
        if self._left < 0:
            return {}
        tree = self._tree.edited(edited)
        reach = self._reach.edited(edited.path, tree)
        tried: dict[Pipeline, dict[str, int]] = {}
        for each in readers:
            before, after = self._before(each), _after(each, tree, reach)
            if after is None or any(count > before.get(name, 0) for name, count in after.items()):
                return {}
            tried[each] = after
        return tried

    def _before(self, pipeline: Pipeline) -> dict[str, int]:
        if pipeline not in self._counted:
            self._counted[pipeline] = _count(self._said[pipeline])
        return self._counted[pipeline]


def _after(pipeline: Pipeline, tree: Tree, reach: Reach) -> dict[str, int] | None:
    """How often each rule fires in the edited pipeline; None when that cannot be told."""
    trouble = Trouble()
    edited = read_pipeline(tree, pipeline.path, pipeline.policy, trouble)
    counts = _count(ask(edited, reach, trouble)) if edited is not None else None
    return None if trouble.crashes else counts


def _count(said: Sequence[Said] | Iterator[Said]) -> dict[str, int]:
    """At how many places each rule fires."""
    places: dict[str, set[object]] = {}
    for rule, finding in said:
        places.setdefault(rule.id, set()).add(finding.place)
    return {name: len(each) for name, each in places.items()}
