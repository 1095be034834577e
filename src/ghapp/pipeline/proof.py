"""Whether an edit does to a file exactly what it means, and nothing else."""

from __future__ import annotations

from collections import Counter

from ghapp.pipeline.edits import Meaning, apply
from ghapp.pipeline.edits.meaning import Replaced, signature
from ghapp.pipeline.rule import Edit
from ghapp.pipeline.shell.grammar import parse as parse_shell
from ghapp.pipeline.source import BrokenFile, Source
from ghapp.pipeline.yaml import Node, comments_of, parse

YAML = (".yml", ".yaml")
SCRIPTS = ("run", "command")
"""The keys that hold shell on GitHub and CircleCI."""
UNREADABLE = "The edited script can no longer be read."


def prove_edit(source: Source, edit: Edit) -> str | None:
    """Why the edit must not be offered, or None when it is proven."""
    done = edited(source, edit)
    return done if isinstance(done, str) else None


def edited(source: Source, edit: Edit) -> Source | str:
    """The file with the edit made, when it is proven; else why it must not be offered.

    A YAML file is read again: its tree must equal the old one with the meant change (order, values, quoting, tags,
    anchors), and its comments the old ones with those that were meant to come and go. In any other file an edit of
    whole lines can change only these. Shell that could be read before can be read after: an unreadable script would
    only seem to be free of findings. That the finding is gone is for the engine to see.
    """
    try:
        after = Source(source.path, apply(source, [edit]))
    except ValueError as error:
        return f"The edit does not fit the file: {error}."
    if after.text == source.text:
        return "The edit changes nothing."
    if not source.path.endswith(YAML):
        return UNREADABLE if _breaks_shell(source.text, after.text) else after
    if not isinstance(edit.expects, Meaning) or not edit.expects.changes:
        return "The edit does not say what it means for the tree."
    return _refusal(source, after, edit.expects) or after


def _refusal(source: Source, after: Source, meaning: Meaning) -> str | None:
    old: Node = meaning.changes[0].node.root
    if any(change.node.root is not old for change in meaning.changes) or old.source.text != source.text:
        return "The edit was made for another text of the file."
    try:
        document = parse(after)
    except BrokenFile as error:
        return f"The edited file is broken in line {error.line}: {error.message}"
    if document.root is None or signature(document.root) != signature(old, meaning.changes):
        return "The edited file says something else than was meant."
    scripts = [
        (change.node.value, change.by.value)
        for change in meaning.changes
        if isinstance(change, Replaced) and change.node.key is not None and change.node.key.value in SCRIPTS
    ]
    if any(_breaks_shell(before, after) for before, after in scripts):
        return UNREADABLE
    comments = Counter(comment.text for comment in comments_of(old))
    comments.subtract(meaning.comments_dropped)
    comments.update(meaning.comments_added)
    if comments != Counter(comment.text for comment in document.comments):
        return "The edit loses or invents a comment."
    return None


def _breaks_shell(before: str, after: str) -> bool:
    return parse_shell(before).error is None and parse_shell(after).error is not None
