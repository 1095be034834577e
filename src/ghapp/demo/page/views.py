"""What the templates need to know, worked out beforehand: rows of diffs, what stands between them, the time line."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from markupsafe import Markup

from ghapp.demo.github import Annotation, Change, CheckRun, Pull, ReviewComment, Thread
from ghapp.demo.page.markdown import markdown
from ghapp.demo.page.suggestions import Suggestion, split, suggestion

SHOWN_ABOVE = 4  # lines of code above a thread in the conversation
ORDER = ("failure", "warning", "notice")


@dataclass(frozen=True, slots=True)
class Said:
    """One comment: `before` and `after` its suggested change, which can be applied when `change` is there."""

    id: int
    author: str
    is_bot: bool
    at: datetime
    before: Markup
    suggested: tuple[str, ...] | None
    change: Suggestion | None
    after: Markup
    minimized: str | None
    edited: bool


@dataclass(frozen=True, slots=True)
class Talk:
    """A thread with the lines it stands on, as they were when it began."""

    thread: Thread
    where: str
    hunk: list[tuple[str, str]]
    said: list[Said]


@dataclass(slots=True)
class Row:
    """A line of a diff, with the annotations and threads that stand below it."""

    kind: str  # hunk, context, add, del, note
    old: int | None
    new: int | None
    text: str
    annotations: list[Annotation] = field(default_factory=list[Annotation])
    talks: list[Talk] = field(default_factory=list[Talk])


@dataclass(frozen=True, slots=True)
class FileDiff:
    change: Change
    rows: list[Row]
    elsewhere: list[Annotation]
    talks: list[Talk]


def runs_of(pull: Pull) -> list[CheckRun]:
    """The newest check run of each name on the head."""
    return list({run.name: run for run in pull.repository.check_runs(pull.head_sha)}.values())


def queued(pull: Pull) -> str:
    """How the checks of its place in the merge queue stand, as `state_of`; empty when it is not queued."""
    return (
        _state(list({run.name: run for run in pull.repository.check_runs(pull.queued)}.values())) if pull.queued else ""
    )


def state_of(pull: Pull) -> str:
    """One word for all checks of the head: waiting, in_progress, or the worst conclusion."""
    return _state(runs_of(pull))


def _state(runs: Sequence[CheckRun]) -> str:
    if not runs:
        return "waiting"
    if any(run.status != "completed" or run.suite.was_reset for run in runs):
        return "in_progress"
    worst = ("failure", "action_required", "timed_out", "cancelled", "neutral", "skipped", "success")
    return next((each for each in worst if any(run.conclusion == each for run in runs)), "neutral")


def is_pending(pull: Pull) -> bool:
    """Whether a page about the pull request will soon say something else."""
    return pull.state == "open" and not {state_of(pull), queued(pull)}.isdisjoint(("waiting", "in_progress"))


def timeline(pull: Pull) -> list[tuple[str, datetime, Any]]:
    """Commits, reviews and comments in the order in which they came."""
    commits = [pull.objects.commits[sha] for sha in pull.commits()]
    items: list[tuple[str, datetime, Any]] = [("commit", commit.date, commit) for commit in commits]
    items += [("comment", each.created_at, _said(each)) for each in pull.issue_comments]
    for review in pull.reviews:
        talks = [_talk(each) for each in pull.threads if each.comments[0].review is review]
        if talks or review.body:
            items.append(("review", review.created_at, (review, markdown(review.body), talks)))
    return sorted(items, key=lambda item: item[1])


def annotations_of(pull: Pull) -> list[Annotation]:
    found = [each for run in runs_of(pull) for each in run.annotations]
    return sorted(found, key=lambda each: (ORDER.index(each.annotation_level), each.path, each.start_line))


def diffs(pull: Pull) -> list[FileDiff]:
    return [_diff(pull, change, annotations_of(pull)) for change in pull.files()]


def unchanged(pull: Pull) -> list[Annotation]:
    """Annotations in files that the pull request does not change."""
    changed = {change.path for change in pull.files()}
    return [each for each in annotations_of(pull) if each.path not in changed]


def _diff(pull: Pull, change: Change, annotations: Sequence[Annotation]) -> FileDiff:
    rows = _rows(change)
    mine = [each for each in annotations if each.path == change.path]
    talks = [each for each in pull.threads if each.place.path == change.path and not each.is_outdated]
    new = {row.new: row for row in rows if row.new is not None}
    old = {row.old: row for row in rows if row.old is not None}
    for each in mine:
        if each.end_line in new:
            new[each.end_line].annotations.append(each)
    whole: list[Talk] = []
    for thread in talks:
        side = new if thread.place.side == "RIGHT" else old
        row = side.get(thread.lines[1]) if thread.lines else None
        (row.talks if row else whole).append(_talk(thread))
    return FileDiff(change, rows, [each for each in mine if each.end_line not in new], whole)


def _rows(change: Change) -> list[Row]:
    kinds = {" ": "context", "+": "add", "-": "del", "\\": "note"}
    rows: list[Row] = []
    for hunk in change.hunks:
        rows.append(Row("hunk", None, None, hunk.header))
        rows += [Row(kinds[line.tag], line.old, line.new, line.text) for line in hunk.lines]
    return rows


def _talk(thread: Thread) -> Talk:
    place = thread.place
    lines = thread.lines or (place.start_line or place.line, place.line)
    where = (
        "the file"
        if place.line is None
        else f"line {lines[1]}"
        if lines[0] == lines[1]
        else f"lines {lines[0]} to {lines[1]}"
    )
    above = place.hunk.split("\n")[1:][-SHOWN_ABOVE:]
    return Talk(thread, where, [(line[:1], line[1:]) for line in above], [_said(each) for each in thread.comments])


def _said(comment: Any) -> Said:
    before, block, after = split(comment.body) if isinstance(comment, ReviewComment) else (comment.body, None, "")
    return Said(
        id=comment.id,
        author=comment.user.login,
        is_bot=comment.user.type == "Bot",
        at=comment.created_at,
        before=markdown(before),
        suggested=tuple(block.split("\n")[:-1]) if block is not None else None,
        change=suggestion(comment) if isinstance(comment, ReviewComment) else None,
        after=markdown(after),
        minimized=comment.minimized,
        edited=comment.updated_at > comment.created_at,
    )
