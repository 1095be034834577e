"""What a file says together with everything it may call, and so which rules it can concern at all."""

from __future__ import annotations

from copy import copy

from ghapp.pipeline.model import Pipeline
from ghapp.pipeline.rule import Rule
from ghapp.pipeline.shell import callees
from ghapp.pipeline.source import Source
from ghapp.pipeline.tree import Tree
from ghapp.pipeline.vocabulary import vocabulary

MOST_FILES = 64


class Reach:
    """The texts of one commit as rules are gated by them. Each file is looked through once."""

    def __init__(self, tree: Tree, rules: tuple[Rule, ...]) -> None:
        self._tree = tree
        self._vocabulary = vocabulary(rules)
        self._callees: dict[str, set[str]] = {}
        self._said: dict[str, frozenset[str]] = {}
        self._texts: dict[str, str] = {}
        self._files: dict[str, dict[str, Source]] = {}

    def edited(self, path: str, tree: Tree) -> Reach:
        """As it is in a tree that differs by the text of one file."""
        other = copy(self)
        other._tree, other._files = tree, {}
        other._callees, other._said, other._texts = dict(self._callees), dict(self._said), dict(self._texts)
        for known in (other._callees, other._said, other._texts):
            known.pop(path, None)
        return other

    def callees(self, source: Source) -> set[str]:
        """The paths that the file may call; rather too many than too few."""
        if source.path not in self._callees:
            self._callees[source.path] = callees(self._terse(source), self._tree) - {source.path}
        return self._callees[source.path]

    def files(self, pipeline: Pipeline) -> dict[str, Source]:
        """The pipeline's file and those at hand that it may call, directly or through another, by path."""
        if pipeline.path not in self._files:
            files = self._files[pipeline.path] = dict[str, Source]()
            todo = [pipeline.source]
            while todo and len(files) < MOST_FILES:
                source = todo.pop()
                files[source.path] = source
                called = map(self._tree.source, sorted(self.callees(source) - files.keys()))
                todo += [each for each in called if each is not None]
        return self._files[pipeline.path]

    def concerned(self, pipeline: Pipeline) -> list[Rule]:
        """The rules whose words occur in the pipeline's file or in what it may call."""
        said = frozenset[str]().union(*map(self._said_in, self.files(pipeline).values()))
        return self._vocabulary.concerned(said, pipeline.platform)

    def _said_in(self, source: Source) -> frozenset[str]:
        """Which of the rules' words the file says."""
        if source.path not in self._said:
            self._said[source.path] = self._vocabulary.found(self._terse(source))
        return self._said[source.path]

    def _terse(self, source: Source) -> str:
        """Each run of signs of the text once, in any order: half of it or less to look through."""
        if source.path not in self._texts:
            self._texts[source.path] = "\n".join(set(source.text.split()))
        return self._texts[source.path]
