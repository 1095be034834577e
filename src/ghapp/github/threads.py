"""Our threads on a pull request: how they are read, and how they are changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ghapp.github.errors import Uncertain
from ghapp.github.line import Line

Json = dict[str, Any]

CHANGES_A_REQUEST = 25  # GitHub stops after ten seconds
MOST_PAGES = 20

THREADS = """pageInfo { hasPreviousPage startCursor } nodes { id path line startLine isResolved isOutdated
  resolvedBy { login } comments(first: 1) { totalCount nodes {
    id databaseId body viewerDidAuthor isMinimized author { login } } } }"""
"""The fields that `threads_in` reads."""
MORE = f"""query($owner: String!, $name: String!, $pull: Int!, $before: String!) {{
  repository(owner: $owner, name: $name) {{ pullRequest(number: $pull) {{
    reviewThreads(last: 100, before: $before) {{ {THREADS} }} }} }} }}"""

LACKS_IT = ("FORBIDDEN", "NOT_FOUND", "UNPROCESSABLE")
"""What GraphQL's errors are called that come again however often one asks."""
CHANGES = {
    "edit": ("updatePullRequestReviewComment", "pullRequestReviewCommentId", "pullRequestReviewComment"),
    "resolve": ("resolveReviewThread", "threadId", "thread"),
    "unresolve": ("unresolveReviewThread", "threadId", "thread"),
    "hide": ("minimizeComment", "subjectId", "minimizedComment"),
    "show": ("unminimizeComment", "subjectId", "unminimizedComment"),
}
"""Each change's mutation, the field of its input that names what is changed, and a field of its answer."""

RESOLVING = {"metadata": "read", "contents": "write", "pull_requests": "write"}
"""What a token needs to resolve a thread: with contents: read, GitHub says FORBIDDEN (github/gh-aw#35726)."""


@dataclass(frozen=True, slots=True)
class OwnThread:
    """A thread that the App began. `id` is the thread's; `comment` and `number` are its first comment's, as a node and
    as REST counts them; `body`, `hidden` (minimised) and `author` (a login) are that comment's, too.

    `line`, `start_line`: where it stands at head; 0 when it is outdated or stands on a whole file; `start_line` is
    `line` unless it covers several. `resolved_by`: a login, empty where nobody resolved it or GitHub does not tell who.
    `answered`: others, or we, have written below.
    """

    id: str
    path: str
    line: int
    start_line: int
    resolved: bool
    resolved_by: str
    comment: str
    number: int
    body: str
    author: str
    hidden: bool
    answered: bool


@dataclass(frozen=True, slots=True)
class Change:
    """One change: `edit`, `hide` or `show` the comment `id`, `resolve` or `unresolve` the thread `id`. `body`: the new
    text of an edited comment."""

    kind: str
    id: str
    body: str = ""


async def threads_in(line: Line, pull: int, connection: Json) -> list[OwnThread]:
    """Our threads, oldest first: those of the page that was read, and of the pages before it."""
    pages = [connection]
    while pages[-1]["pageInfo"]["hasPreviousPage"] and len(pages) < MOST_PAGES:
        owner, _, name = line.name.partition("/")
        before = pages[-1]["pageInfo"]["startCursor"]
        answer = await line.graphql(MORE, {"owner": owner, "name": name, "pull": pull, "before": before})
        repository: Json = answer.get("repository") or {}
        found: Json = repository.get("pullRequest") or {}
        if not found.get("reviewThreads"):  # without them, everything would be said once more
            raise Uncertain("GitHub left the threads out")
        pages.append(found["reviewThreads"])
    return [_thread(each) for page in reversed(pages) for each in page["nodes"] if each and _is_own(each)]


def _is_own(thread: Json) -> bool:
    first: list[Json] = thread["comments"]["nodes"]
    return bool(first) and first[0]["viewerDidAuthor"]


def _thread(thread: Json) -> OwnThread:
    first: Json = thread["comments"]["nodes"][0]
    resolver: Json = thread["resolvedBy"] or {}
    author: Json = first["author"] or {}
    line: int = 0 if thread["isOutdated"] else thread["line"] or 0
    return OwnThread(
        id=thread["id"],
        path=thread["path"],
        line=line,
        start_line=(thread["startLine"] or line) if line else 0,
        resolved=thread["isResolved"],
        resolved_by=resolver.get("login") or "",
        comment=first["id"],
        number=first["databaseId"] or 0,
        body=first["body"],
        author=author.get("login") or "",
        hidden=first["isMinimized"],
        answered=thread["comments"]["totalCount"] > 1,
    )


async def change_threads(line: Line, changes: Sequence[Change]) -> list[Change]:
    """Makes the changes, in their order, as many as possible in one request. Gives those that GitHub refused.

    Each change says how things are to be, so that it may be repeated when its fate is unknown.
    """
    refused: list[Change] = []
    for at in range(0, len(changes), CHANGES_A_REQUEST):
        refused += await _changed(line, changes[at : at + CHANGES_A_REQUEST])
    return refused


async def _changed(line: Line, changes: Sequence[Change]) -> list[Change]:
    declared, fields, variables = list[str](), list[str](), Json()
    for at, change in enumerate(changes):
        mutation, name, answer = CHANGES[change.kind]
        more = ""
        if change.kind == "edit":
            more = f", body: $b{at}"
            declared.append(f"$b{at}: String!")
            variables[f"b{at}"] = change.body
        elif change.kind == "hide":
            more = ", classifier: RESOLVED"
        declared.append(f"$i{at}: ID!")
        variables[f"i{at}"] = change.id
        fields.append(f"c{at}: {mutation}(input: {{{name}: $i{at}{more}}}) {{ {answer} {{ __typename }} }}")
    query = f"mutation({', '.join(declared)}) {{ {' '.join(fields)} }}"
    _, errors = await line.mutate(query, variables, repeatable=True)
    wrong = {str(error["path"][0]): str(error.get("type")) for error in errors if error.get("path")}
    if len(wrong) < len({str(error.get("path")) for error in errors}) or set(wrong.values()) - {*LACKS_IT}:
        raise Uncertain("; ".join(str(error.get("message")) for error in errors)[:500])
    return [change for at, change in enumerate(changes) if f"c{at}" in wrong]
