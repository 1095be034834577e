"""The world as GraphQL sees it: each function gives the fields of one type, those that cost something as functions."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ghapp.demo.github.clock import stamp
from ghapp.demo.github.conversation import IssueComment, Review, ReviewComment, Said, Thread
from ghapp.demo.github.git import Entry, type_of
from ghapp.demo.github.graphql.base import View, connection, failure, find, permit
from ghapp.demo.github.pull import Pull
from ghapp.demo.github.repository import Repository
from ghapp.demo.github.wire import Call

if TYPE_CHECKING:
    from ghapp.demo.github.state import User

TEXT_BYTES = 512_000  # where GitHub cuts Blob.text: sveltia/sveltia-cms#950


# -- queries ---------------------------------------------------------------------------------------------------------


def queries(call: Call) -> View:
    """The fields of `Query`."""

    def named(owner: str, name: str, **_: Any) -> View:
        found = call.github.named(f"{owner}/{name}")  # also by a name that it had: followRenames
        if found is None or (call.token and found.private and not call.token.sees(found)):
            raise failure("NOT_FOUND", f"Could not resolve to a Repository with the name '{owner}/{name}'.")
        return repository(call, found)

    def rate_limit(**_: Any) -> View:
        state = call.github.limits.json(call.installation or 0, "graphql")
        reset = stamp(datetime.fromtimestamp(state["reset"], UTC))
        return {**state, "cost": 1, "nodeCount": 0, "resetAt": reset}

    def one(id: str) -> View:  # noqa: A002 - GraphQL's name
        return node(call, id)

    def several(ids: list[str]) -> list[View]:
        return [node(call, each) for each in ids]

    return {
        "repository": named,
        "node": one,
        "nodes": several,
        "rateLimit": rate_limit,
        "viewer": lambda: actor(call.github.bot),
    }


def node(call: Call, name: str) -> View:
    """Anything by its node id."""
    shown: dict[type[Any], Callable[[Call, Any], View]] = {
        Pull: pull,
        Thread: thread,
        ReviewComment: comment,
        Review: review,
        IssueComment: lambda call, each: said(call, each, "IssueComment"),
        Repository: repository,
    }
    thing = find(call, name, object)
    return shown[type(thing)](call, thing)


def actor(user: "User") -> View:
    """A bot's login comes without `[bot]` here, unlike in REST."""
    return {
        "__typename": user.type,
        "id": user.node_id,
        "databaseId": user.id,
        "login": user.login.removesuffix("[bot]"),
        "url": f"https://github.com/{user.login}",
    }


def repository(call: Call, here: Repository) -> View:
    def at(expression: str | None = None, oid: str | None = None) -> View | None:
        permit(call, "contents")
        return _git_object(call, here, expression or oid or "")

    def numbered(number: int) -> View:
        permit(call, "pull_requests")
        if number not in here.pulls:
            raise failure("NOT_FOUND", f"Could not resolve to a PullRequest with the number of {number}.")
        return pull(call, here.pulls[number])

    def ref(qualifiedName: str) -> View | None:  # noqa: N803 - GraphQL's name
        name = qualifiedName.removeprefix("refs/heads/")
        return branch(call, here, name) if name in here.branches else None

    return {
        "__typename": "Repository",
        "id": here.node_id,
        "databaseId": here.id,
        "name": here.name,
        "nameWithOwner": here.full_name,
        "owner": lambda: actor(here.owner),
        "url": f"{call.github.web_url}/{here.full_name}",
        "isPrivate": here.private,
        "isFork": here.parent is not None,
        "isArchived": False,
        "defaultBranchRef": lambda: branch(call, here, here.default_branch),
        "object": at,
        "ref": ref,
        "pullRequest": numbered,
    }


def branch(call: Call, here: Repository, name: str) -> View:
    return {
        "__typename": "Ref",
        "id": f"REF_{here.id}_{name}",
        "name": name,
        "prefix": "refs/heads/",
        "target": lambda: commit(call, here, here.head(name)),
    }


def _git_object(call: Call, here: Repository, expression: str) -> View | None:
    """`REV:path` as git reads it, a branch, or any object's full name; None when nothing is there."""
    rev, colon, path = expression.partition(":")
    sha = here.resolve(rev)
    if sha and colon:
        entry = here.objects.entry_at(sha, path)
        return git_entry(call, here, entry) if entry and entry.mode != "160000" else None
    if sha:
        return commit(call, here, sha)
    mode = "100644" if rev in here.objects.blobs else "040000" if rev in here.objects.trees else None
    return git_entry(call, here, Entry(mode, rev)) if mode and not colon else None


def git_entry(call: Call, here: Repository, entry: Entry) -> View:
    base = {"oid": entry.sha, "abbreviatedOid": entry.sha[:7], "repository": lambda: repository(call, here)}
    if type_of[entry.mode] == "tree":
        inside = here.objects.trees[entry.sha].items()
        entries = [_tree_entry(call, here, name, each) for name, each in inside]
        return {"__typename": "Tree", "id": f"T_{entry.sha}", **base, "entries": entries}
    data = here.objects.blobs[entry.sha]
    binary = b"\0" in data
    return {
        "__typename": "Blob",
        "id": f"B_{entry.sha}",
        **base,
        "byteSize": len(data),
        "isBinary": binary,
        "isTruncated": len(data) > TEXT_BYTES and not binary,
        "text": None if binary else data[:TEXT_BYTES].decode(errors="replace"),
    }


def _tree_entry(call: Call, here: Repository, name: str, entry: Entry) -> View:
    kind = type_of[entry.mode]
    return {
        "name": name,
        "path": name,
        "mode": int(entry.mode, 8),
        "type": kind,
        "oid": entry.sha,
        "size": len(here.objects.blobs.get(entry.sha, b"")),
        "object": lambda: None if kind == "commit" else git_entry(call, here, entry),
    }


def commit(call: Call, here: Repository, sha: str) -> View:
    found = here.objects.commits[sha]
    return {
        "__typename": "Commit",
        "id": f"C_{sha}",
        "oid": sha,
        "abbreviatedOid": sha[:7],
        "repository": lambda: repository(call, here),
        "message": found.message,
        "messageHeadline": found.message.partition("\n")[0],
        "committedDate": stamp(found.date),
        "tree": lambda: git_entry(call, here, Entry("040000", found.tree)),
        "url": f"{call.github.web_url}/{here.full_name}/commit/{sha}",
    }


def pull(call: Call, it: Pull) -> View:
    there = it.head_repo.full_name in call.github.repositories  # a fork may have been deleted
    return {
        "__typename": "PullRequest",
        "id": it.node_id,
        "databaseId": it.id,
        "fullDatabaseId": str(it.id),
        "number": it.number,
        "title": it.title,
        "body": it.body or "",
        "state": "MERGED" if it.merged else it.state.upper(),
        "isDraft": it.draft,
        "closed": it.state == "closed",
        "merged": it.merged,
        "url": it.url,
        "createdAt": stamp(it.created_at),
        "updatedAt": stamp(it.updated_at),
        "author": lambda: actor(it.user),
        "headRefName": it.head_ref,
        "headRefOid": it.head_sha,
        "baseRefName": it.base_ref,
        "baseRefOid": it.base_sha,
        "headRepository": lambda: repository(call, it.head_repo) if there else None,
        "baseRepository": lambda: repository(call, it.repository),
        "repository": lambda: repository(call, it.repository),
        "isCrossRepository": it.head_repo is not it.repository,
        "maintainerCanModify": False,
        "changedFiles": lambda: len(it.files()),
        "additions": lambda: sum(change.additions for change in it.files()),
        "deletions": lambda: sum(change.deletions for change in it.files()),
        "reviewThreads": connection("reviewThreads", lambda: [thread(call, each) for each in it.threads]),
        "reviews": connection("reviews", lambda: [review(call, each) for each in it.reviews]),
    }


def thread(call: Call, it: Thread) -> View:
    place, lines = it.place, it.lines
    may = call.token is not None and call.token.may("contents", "write") and call.token.may("pull_requests", "write")
    return {
        "__typename": "PullRequestReviewThread",
        "id": it.node_id,
        "path": place.path,
        "line": lines[1] if lines else None,
        "originalLine": place.line,
        "startLine": lines[0] if lines and place.start_line else None,
        "originalStartLine": place.start_line,
        "diffSide": place.side,
        "startDiffSide": place.side if place.start_line else None,
        "subjectType": place.subject.upper(),
        "isResolved": it.is_resolved,
        "isOutdated": it.is_outdated,
        "isCollapsed": it.is_resolved,
        "resolvedBy": actor(it.resolved_by) if it.resolved_by else None,
        "viewerCanResolve": may and not it.is_resolved,
        "viewerCanUnresolve": may and it.is_resolved,
        "viewerCanReply": True,
        "comments": connection("comments", lambda: [comment(call, each) for each in it.comments]),
        "pullRequest": lambda: pull(call, it.pull),
        "repository": lambda: repository(call, it.pull.repository),
    }


def said(call: Call, it: Said, kind: str) -> View:
    """What comments, review comments and reviews have in common."""
    mine = it.user is call.github.bot
    return {
        "__typename": kind,
        "id": it.node_id,
        "databaseId": it.id,
        "fullDatabaseId": str(it.id),
        "author": lambda: actor(it.user),
        "body": it.body,
        "url": f"{it.pull.url}#{it.id}",
        "createdAt": stamp(it.created_at),
        "updatedAt": stamp(it.updated_at),
        "isMinimized": it.minimized is not None,
        "minimizedReason": it.minimized.lower() if it.minimized else None,
        "viewerDidAuthor": mine,
        "viewerCanMinimize": call.token is not None and call.token.may("pull_requests", "write"),
        "viewerCanUpdate": mine,
        "viewerCanDelete": mine,
    }


def comment(call: Call, it: ReviewComment) -> View:
    place, here = it.thread.place, it.pull.repository
    first = it.thread.comments[0]
    return {
        **said(call, it, "PullRequestReviewComment"),
        "path": it.path,
        "line": it.line,
        "originalLine": place.line,
        "startLine": it.start_line,
        "originalStartLine": place.start_line,
        "outdated": it.thread.is_outdated,
        "subjectType": place.subject.upper(),
        "diffHunk": place.hunk,
        "state": "PENDING" if it.review.state == "PENDING" else "SUBMITTED",
        "commit": lambda: commit(call, here, it.pull.head_sha),
        "originalCommit": lambda: commit(call, here, place.commit),
        "pullRequestReview": lambda: review(call, it.review),
        "replyTo": lambda: None if it is first else comment(call, first),
        "pullRequest": lambda: pull(call, it.pull),
    }


def review(call: Call, it: Review) -> View:
    return {
        **said(call, it, "PullRequestReview"),
        "state": it.state,
        "submittedAt": None if it.state == "PENDING" else stamp(it.created_at),
        "commit": lambda: commit(call, it.pull.repository, it.commit),
        "comments": connection("comments", lambda: [comment(call, each) for each in it.comments]),
        "pullRequest": lambda: pull(call, it.pull),
    }
