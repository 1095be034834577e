"""Suggested changes in review comments: finding them, showing them as a diff, and applying them as a commit."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ghapp.demo.github import Pull, ReviewComment

_BLOCK = re.compile(
    r"^(?P<fence>`{3,}|~{3,})suggestion[^\n]*\n(?P<text>(?:.*\n)*?)(?P=fence)[`~]*[ \t]*$", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Lines `first` to `last` of `path` become `new`; `old` is what stands there now."""

    path: str
    first: int
    last: int
    old: tuple[str, ...]
    new: tuple[str, ...]


def split(body: str) -> tuple[str, str | None, str]:
    """The text before the first suggestion block, what the block suggests (None without one), and the text after."""
    found = _BLOCK.search(body)
    return (body[: found.start()], found["text"], body[found.end() :]) if found else (body, None, "")


def suggestion(comment: ReviewComment) -> Suggestion | None:
    """The comment's suggestion, if it has one that can still be applied."""
    thread, (_, text, _) = comment.thread, split(comment.body)
    if text is None or thread.lines is None or thread.is_resolved or comment.pull.state != "open":
        return None
    first, last = thread.lines
    now = _lines(comment.pull, comment.path)[first - 1 : last]
    old, new = tuple(line.removesuffix("\n") for line in now), tuple(text.split("\n")[:-1])
    return None if old == new else Suggestion(comment.path, first, last, old, new)


def open_suggestions(pull: Pull) -> list[ReviewComment]:
    """The comments whose suggestions can be applied, in one commit too: no two touch the same lines."""
    taken: set[tuple[str, int]] = set()
    chosen: list[ReviewComment] = []
    for comment in pull.comments:
        found = suggestion(comment)
        lines = {(found.path, line) for line in range(found.first, found.last + 1)} if found else set[tuple[str, int]]()
        if lines and lines.isdisjoint(taken):
            taken |= lines
            chosen.append(comment)
    return chosen


def apply(pull: Pull, comments: Iterable[ReviewComment], author: str = "octo-dev") -> str | None:
    """Pushes one commit with the suggestions that can be applied, and gives its SHA; None if there is none.

    The threads are resolved, as GitHub does.
    """
    found = {comment: each for comment in comments if (each := suggestion(comment))}
    if not found:
        return None
    files: dict[str, list[str]] = {}
    for each in sorted(found.values(), key=lambda each: -each.first):
        lines = files.setdefault(each.path, _lines(pull, each.path))
        lines[each.first - 1 : each.last] = [f"{line}\n" for line in each.new]
    for comment in found:
        comment.thread.resolve(author)
    count = f"{len(found)} suggestions" if len(found) > 1 else "suggestion"
    bot = pull.github.bot.login
    message = f"Apply {count} from code review\n\nCo-authored-by: {bot} <{bot}@users.noreply.github.com>"
    return pull.push({path: "".join(lines) for path, lines in files.items()}, message=message, author=author)


def _lines(pull: Pull, path: str) -> list[str]:
    return pull.repository.file(path, at=pull.head_sha).decode(errors="replace").splitlines(keepends=True)
