"""Which paths that a job needs are not there: neither in the repository, nor made by anything that ran before."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ghapp.pipeline.absent import absent, ignored
from ghapp.pipeline.actions.workflow import triggers
from ghapp.pipeline.command import Command, Gap
from ghapp.pipeline.elsewhere import elsewhere
from ghapp.pipeline.kept import kept
from ghapp.pipeline.lacking import Lack, lacking
from ghapp.pipeline.made import Made
from ghapp.pipeline.model import Job, Pipeline, Step
from ghapp.pipeline.operands import Kind, operands
from ghapp.pipeline.rule import Platform

_QUESTIONS = frozenset({"[", "[[", "test", "ls", "stat", "find", "compgen", "file", "realpath"})
_FOR = re.compile(r"for (\w+) in ")
_ANCHOR = re.compile(r"dirname|BASH_SOURCE|\$\{0%|rev-parse --show-toplevel")
_LINTERS = frozenset({"shellcheck", "shfmt", "yamllint", "hadolint", "actionlint", "tflint", "tfsec", "checkov"})
_SCRIPT = re.compile(r"\.(?:sh|bash)$|(?:^|/)(?:scripts?|ci|\.ci|\.circleci|\.github|hack)/[^/]+$")
_HANDLING = frozenset({"cp", "mv", "chmod", "cd", "pushd"})
"""Programs that are as often given what has just been built."""

_MOST = 100
"""How many missing paths of a pipeline are looked into: a stranger can bring many, and a repository many files."""

_GLOBS = 20
"""Among how many of them globs are looked for in all directories."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A path that is not there.

    `elsewhere`: where the repository has what may be meant. `guessed`: something ran before that makes files of its
    own, though hardly this one. `made`: where the job has made a file of this name.
    """

    lack: Lack
    elsewhere: tuple[str, ...]
    guessed: bool
    made: str | None = None


@kept
def _looked_into(pipeline: Pipeline) -> Counter[str]:
    """How many of its missing paths were looked into."""
    return Counter()


@kept
def missing(job: Job) -> tuple[Missing, ...]:
    """The paths that the job needs and that are not there, in order, as far as it is certain."""
    lacks = lacking(job) if job.pipeline.tree.known else {}
    return tuple(_Walk(job).found(lacks)) if lacks and not _of_others(job.pipeline) else ()


def _of_others(pipeline: Pipeline) -> bool:
    """Whether the workflow is there for other repositories, which it then checks out: nothing here calls it."""
    if pipeline.platform is not Platform.ACTIONS or {*map(str.lower, triggers(pipeline))} != {"workflow_call"}:
        return False
    siblings = [path for path in pipeline.tree.paths or () if path.startswith(".github/workflows/")]
    texts = (source.text for path in siblings if (source := pipeline.tree.source(path)) is not None)
    return not any(f"/{pipeline.path}" in text for text in texts)


def _of_loops(command: Command) -> Iterator[str]:
    """The names in the heads of those loops around a question that it asks about: `for x in a/b*` and `[ -e "$x" ]`."""
    for loop in (guard for guard in command.guards if guard.kind == "loop"):
        head = _FOR.match(loop.test)
        if head is not None and re.search(rf"\$\{{?{head[1]}\b", command.raw):
            yield from filter(None, re.split(r"[\s/\"']", loop.test[head.end() :]))


class _Walk:
    """One job, walked in order, up to what may have made anything."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.pipeline = job.pipeline
        loose = self.pipeline.platform is Platform.SHELL
        self.made = Made(ready=loose, somewhere=loose)
        self.anchored = not loose  # where the commands run is known
        self.asked: set[str] = set()  # names that a test, or `ls`, has asked for: the job knows they may be missing
        self.options: set[str] = set()  # of bash: globstar, nullglob
        self.last: Command | Step | None = None
        self.told: set[str] = set()
        self.lost = False  # the last item misses what it needs: it makes nothing, nor does the gap behind it

    def found(self, lacks: dict[int, list[Lack]]) -> Iterator[Missing]:
        for item in self.job.trail:
            if self.made.anything:
                return
            if isinstance(item, Gap):
                self._gap(item)
                continue
            self.last, self.lost = item, False
            for lack in lacks.get(id(item), ()):
                if self._stands(lack):
                    self.lost = True
                    where = self._elsewhere(lack)
                    if self._certain(lack, where) and (len(where) == 1 or lack.path not in self.told):
                        self.told.add(lack.path)
                        yield Missing(lack, where, self.made.somewhere, self.made.twin(lack.path))
            if isinstance(item, Command):
                self._note(item)
            elif not self.lost:
                self.made.step(item)

    def _note(self, command: Command) -> None:
        """What the command changes for those behind it."""
        if command.name in _QUESTIONS and len(self.asked) < 1_000:
            self.asked.update(command.expand(word).rstrip("/*").rpartition("/")[2] for word in command.words[1:])
            self.asked.update(_of_loops(command))
        elif command.name == "shopt" and command.has_option("-s"):
            self.options.update(word.raw for word in command.operands)
        elif command.name in ("cd", "pushd") and _ANCHOR.search(command.raw):
            self.anchored = True
        if not self.lost:
            self.made.command(command)

    def _gap(self, gap: Gap) -> None:
        """What ran cannot be read: nothing at all, a script or action of the repository, or something else."""
        last = self.last if self.last is not None and self.last.place == gap.place else None
        if self.lost and last is not None:
            return
        called = (each.path for each in operands(last) if each.kind is Kind.SCRIPT) if isinstance(last, Command) else ()
        if any(path.endswith((".sh", ".bash")) and self.pipeline.tree.has(path) for path in called):
            self.made.unread = True
        else:
            self.made.gap(last)

    def _stands(self, lack: Lack) -> bool:
        """Whether nothing that ran before can have made the path, or knows that it may be missing."""
        made, path, item = self.made, lack.path, lack.item
        looked = _looked_into(self.pipeline)
        looked["paths"] += 1
        if looked["paths"] > _MOST:
            return False
        if isinstance(item, Step) and item.uses is not None and item.uses.at_commit:
            return True
        if isinstance(item, Command):
            own = self.pipeline.platform is Platform.ACTION and "action_path" in item.raw.lower()
            placed = self.anchored or item.name in _LINTERS or _ANCHOR.search(item.raw)
            if not placed or not (made.ready or own) or (lack.glob and self._globs(path)):
                return False
        elif not made.ready or (made.somewhere and not made.twin(path)):
            return False
        if made.unread and lack.kind is not Kind.SCRIPT:
            return False
        names = path.split("/")
        return (
            self.asked.isdisjoint(names)
            and not made.holds(path, glob=lack.glob)
            and not ignored(self.pipeline.tree, names)
        )

    def _globs(self, path: str) -> bool:
        """Whether options of bash make a glob do no harm: `nullglob`, or `globstar` where it matches with that."""
        deep = "globstar" in self.options and not absent(self.pipeline.tree, path, glob=True)
        return deep or "nullglob" in self.options

    def _elsewhere(self, lack: Lack) -> tuple[str, ...]:
        if lack.glob and _looked_into(self.pipeline)["paths"] > _GLOBS:
            return ()
        return elsewhere(self.pipeline, lack.path, glob=lack.glob, directory=lack.kind is Kind.DIRECTORY)

    def _certain(self, lack: Lack, where: tuple[str, ...]) -> bool:
        """Where something else may have made files, a file of that name elsewhere speaks for a wrong path."""
        if not self.made.somewhere or (isinstance(lack.item, Step) and self.made.twin(lack.path)):
            return True
        if lack.kind is not Kind.SCRIPT:
            return bool(where) and isinstance(lack.item, Command) and lack.item.name not in _HANDLING
        around = lack.path.rpartition("/")[0]
        known = bool(where) or (around != "" and around in self.pipeline.tree.directories)
        return known and _SCRIPT.search(lack.path) is not None
