"""Runs the rules over files, and tells what a change brought."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ghapp.pipeline import actions, circleci, shell
from ghapp.pipeline.edits import apply
from ghapp.pipeline.identity import anchor, fingerprint
from ghapp.pipeline.kinds import platform_of
from ghapp.pipeline.model import Pipeline
from ghapp.pipeline.proof import prove_edit
from ghapp.pipeline.rule import Diagnostic, Edit, Finding, Platform, Rule
from ghapp.pipeline.source import BrokenFile, Source
from ghapp.pipeline.tree import Tree
from ghapp.pipeline.yaml import Document, parse


@dataclass(frozen=True, slots=True, order=True)
class FileError:
    """A file that could not be read as CI: not UTF-8, broken YAML, over a limit."""

    path: str
    line: int
    column: int
    message: str


@dataclass(frozen=True, slots=True)
class Crash:
    """A rule that failed on a file: our bug. The other rules went on."""

    rule: str
    path: str
    error: str


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


def analyse(tree: Tree, paths: Sequence[str], rules: Iterable[Rule], *, prove: bool = True) -> Analysis:
    """Reads the files at `paths` (and whatever they call) out of `tree` and asks every rule.

    Paths that are no CI files are passed over. Never raises for what a file contains. `prove`: also build and prove
    the edits.
    """
    catalogue = tuple(rules)
    errors: list[FileError] = []
    crashes: list[Crash] = []
    found: dict[tuple[str, object], Diagnostic] = {}
    pipelines, files = _pipelines(tree, paths, errors)
    for pipeline in pipelines:
        for rule, finding in _findings(pipeline, catalogue, crashes):
            diagnostic = _diagnostic(pipeline, rule, finding, catalogue, prove=prove)
            known = found.get((rule.id, finding.place))
            if known is None or _gravity(diagnostic) < _gravity(known):
                found[rule.id, finding.place] = diagnostic
    return Analysis(
        diagnostics=_numbered(sorted(found.values(), key=lambda each: (each.place, each.rule.id))),
        errors=tuple(sorted(errors)),
        crashes=tuple(crashes),
        files=files,
        wanted=frozenset(tree.wanted),
    )


def compare(head: Analysis, base: Analysis, *, renames: Mapping[str, str] | None = None) -> Outcome:
    """What head has that base has not, by fingerprint. `renames`: new path → old path."""
    renames = renames or {}
    before = {each.fingerprint: each for each in base.diagnostics}
    new: list[Diagnostic] = []
    known: list[Diagnostic] = []
    seen: set[str] = set()
    for each in head.diagnostics:
        old = fingerprint(each.rule.id, renames.get(each.path, each.path), each.anchor)
        seen.add(old)
        (known if old in before else new).append(each)
    return Outcome(
        new=tuple(new),
        known=tuple(known),
        mended=tuple(each for key, each in before.items() if key not in seen),
        errors=head.errors,
        crashes=head.crashes,
        files=head.files,
    )


def _pipelines(tree: Tree, paths: Sequence[str], errors: list[FileError]) -> tuple[list[Pipeline], int]:
    """The pipelines to ask about. Scripts and actions that another of them calls are seen through their caller."""
    read: list[Pipeline] = []
    for path in dict.fromkeys(paths):
        platform = platform_of(path)
        if platform is None:
            continue
        pipeline = _pipeline(tree, path, platform, errors)
        if pipeline is not None:
            read.append(pipeline)
    parts = {each.path for each in read if each.platform in (Platform.ACTION, Platform.SHELL)}
    called = {path for each in read for path in _called(each, parts)} if parts else set[str]()
    return [each for each in read if each.path not in called], len(read)


def _called(pipeline: Pipeline, parts: set[str]) -> frozenset[str]:
    """Which of `parts` the pipeline really calls; asked only where its text may name one."""
    named = shell.callees(pipeline.source.text, pipeline.tree) - {pipeline.path}
    deeper = {path for path in named if path not in parts}
    return pipeline.called & parts - {pipeline.path} if named & parts or deeper else frozenset()


def _pipeline(tree: Tree, path: str, platform: Platform, errors: list[FileError]) -> Pipeline | None:
    try:
        source = tree.load(path)
        if source is None:
            return None
        if platform is Platform.SHELL:
            return shell.script(source, tree)
        document = parse(source)
    except BrokenFile as error:
        errors.append(FileError(error.path, error.line, error.column, error.message))
        return None
    if platform is Platform.CIRCLECI:
        return circleci.config(source, document, tree)
    errors.extend(_duplicates(document))
    build = actions.workflow if platform is Platform.ACTIONS else actions.action
    return build(source, document, tree)


def _duplicates(document: Document) -> Iterator[FileError]:
    """GitHub refuses a workflow in which a map has a key twice (actions/runner, WorkflowParser)."""
    for key in document.duplicates:
        message = f"`{key.value}` is already defined in this map; GitHub refuses the file."
        yield FileError(key.place.path, key.place.line, key.place.column, message)


def _findings(
    pipeline: Pipeline, rules: Iterable[Rule], crashes: list[Crash] | None = None
) -> Iterator[tuple[Rule, Finding]]:
    text = _readable(pipeline)
    for rule in rules:
        if pipeline.platform not in rule.platforms or not _mentions(text, rule):
            continue
        try:
            findings = tuple(rule.detect(pipeline))
        except Exception as error:  # a rule must not silence the others: it is named in the summary
            if crashes is not None:
                crashes.append(Crash(rule.id, pipeline.path, f"{type(error).__name__}: {error}"))
            continue
        for finding in findings:
            yield rule, finding


def _mentions(text: str, rule: Rule) -> bool:
    return any(all(word in text for word in words.split(" ")) for words in rule.words)


def _readable(pipeline: Pipeline) -> str:
    """The lower-cased text of the file and of everything it may call: where a rule's words can occur."""
    texts: dict[str, str] = {}
    todo = [pipeline.source]
    while todo and len(texts) < 64:
        source = todo.pop()
        texts[source.path] = source.text.lower()
        for path in shell.callees(source.text, pipeline.tree):
            if path not in texts and (called := pipeline.tree.source(path)) is not None:
                todo.append(called)
    return "\n".join(texts.values())


def _diagnostic(
    pipeline: Pipeline, rule: Rule, finding: Finding, rules: tuple[Rule, ...], *, prove: bool
) -> Diagnostic:
    diagnostic = Diagnostic(rule, finding, fingerprint="", anchor=anchor(pipeline, rule, finding))
    if not prove or rule.fix is None:
        return diagnostic
    edit = rule.fix(pipeline, finding)
    if edit is None:
        return diagnostic
    return replace(diagnostic, edit=edit, proven=_proven(pipeline, rule, edit, rules))


def _proven(pipeline: Pipeline, rule: Rule, edit: Edit, rules: tuple[Rule, ...]) -> bool:
    """Whether the edit does what it means, clears a finding of its rule and makes no rule fire anew."""
    source = pipeline.tree.source(edit.path)
    if source is None or prove_edit(source, edit) is not None:
        return False
    before = _counts(pipeline, rules)
    edited = _reread(pipeline, edit, source)
    if edited is None:
        return False
    after = _counts(edited, rules)
    return after.get(rule.id, 0) < before[rule.id] and all(after[id] <= before.get(id, 0) for id in after)  # noqa: A001


def _reread(pipeline: Pipeline, edit: Edit, source: Source) -> Pipeline | None:
    """The pipeline as it is after the edit."""
    text = apply(source, [edit]).encode()
    old = pipeline.tree

    def read(path: str) -> bytes | None:
        if path == edit.path:
            return text
        other = old.source(path)
        return None if other is None else other.text.encode()

    tree = Tree(old.paths, read, truncated=old.truncated)
    return _pipeline(tree, pipeline.path, pipeline.platform, [])


def _counts(pipeline: Pipeline, rules: Iterable[Rule]) -> dict[str, int]:
    places: dict[str, set[object]] = {}
    for rule, finding in _findings(pipeline, rules):
        places.setdefault(rule.id, set()).add(finding.place)
    return {id: len(each) for id, each in places.items()}  # noqa: A001


def _gravity(diagnostic: Diagnostic) -> tuple[int, int]:
    return diagnostic.severity.rank, -diagnostic.finding.confidence


def _numbered(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Gives every diagnostic its fingerprint; equal ones in a file are told apart by their order."""
    seen: dict[tuple[str, str, str], int] = {}
    numbered: list[Diagnostic] = []
    for each in diagnostics:
        key = (each.rule.id, each.path, each.anchor)
        seen[key] = count = seen.get(key, 0) + 1
        name = each.anchor if count == 1 else f"{each.anchor} #{count}"
        numbered.append(replace(each, anchor=name, fingerprint=fingerprint(each.rule.id, each.path, name)))
    return tuple(numbered)
