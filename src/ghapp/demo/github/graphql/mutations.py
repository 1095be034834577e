"""What GraphQL can change. Each rule that GitHub's schema does not state names where it was seen."""

import base64
from collections.abc import Callable
from typing import Any

from ghapp.demo.github.conversation import Review, ReviewComment, Said, Thread
from ghapp.demo.github.errors import Refused
from ghapp.demo.github.git import File
from ghapp.demo.github.graphql.base import View, failure, find, permit
from ghapp.demo.github.graphql.views import branch, comment, commit, review, said, thread
from ghapp.demo.github.pull import Pull
from ghapp.demo.github.routes import reviews
from ghapp.demo.github.wire import Call

Input = dict[str, Any]


def _resolve(call: Call, given: Input) -> View:
    """Needs contents: write, whatever the permission on pull requests is: github/gh-aw#35726."""
    found = find(call, given["threadId"], Thread)
    permit(call, "pull_requests", "write")
    permit(call, "contents", "write")
    found.resolve(call.github.bot)
    return {"thread": thread(call, found)}


def _unresolve(call: Call, given: Input) -> View:
    found = find(call, given["threadId"], Thread)
    permit(call, "pull_requests", "write")
    permit(call, "contents", "write")
    found.unresolve(call.github.bot)
    return {"thread": thread(call, found)}


def _minimize(call: Call, given: Input) -> View:
    found = find(call, given["subjectId"], Said)
    permit(call, "pull_requests", "write")
    found.minimized = given["classifier"]
    return {"minimizedComment": _minimizable(call, found)}


def _unminimize(call: Call, given: Input) -> View:
    found = find(call, given["subjectId"], Said)
    permit(call, "pull_requests", "write")
    found.minimized = None
    return {"unminimizedComment": _minimizable(call, found)}


def _update_comment(call: Call, given: Input) -> View:
    found = find(call, given["pullRequestReviewCommentId"], ReviewComment)
    permit(call, "pull_requests", "write")
    if found.user is not call.github.bot:
        raise failure("FORBIDDEN", "Resource not accessible by integration")
    try:
        reviews.check_length(given["body"])
    except Refused as refused:
        raise failure("UNPROCESSABLE", "; ".join(map(str, refused.errors or [refused.message]))) from None
    found.edit(given["body"])
    return {"pullRequestReviewComment": comment(call, found)}


def _minimizable(call: Call, it: Said) -> View:
    kinds = {"IC": "IssueComment", "PRR": "PullRequestReview", "PRRC": "PullRequestReviewComment"}
    return said(call, it, kinds[it.node_id.partition("_")[0]])


def _add_review(call: Call, given: Input) -> View:
    permit(call, "pull_requests", "write")
    found = find(call, given["pullRequestId"], Pull)
    sha = given.get("commitOID") or found.head_sha
    try:
        threads: list[Input] = given.get("threads") or []
        changes = reviews.changes_at(found, sha)
        places = [(reviews.place(changes, sha, _as_rest(each)), str(each["body"])) for each in threads]
    except Refused as refused:
        raise failure("UNPROCESSABLE", "; ".join(map(str, refused.errors or [refused.message]))) from None
    made = Review(found, call.github.bot, given.get("body") or "", reviews.STATES[given.get("event")], sha)
    found.reviews.append(made)
    for place, body in places:
        reviews.add_thread(found, place, made, body)
    return {"pullRequestReview": review(call, made), "reviewEdge": {"cursor": "", "node": review(call, made)}}


def _add_thread(call: Call, given: Input) -> View:
    """Lines outside of the diff are taken without a word and then lost: github/github-mcp-server#2495."""
    permit(call, "pull_requests", "write")
    wanted = given.get("pullRequestReviewId")
    into = find(call, wanted, Review) if wanted else None
    found = into.pull if into else find(call, given["pullRequestId"], Pull)
    if into is None:
        into = Review(found, call.github.bot, "", "COMMENTED", found.head_sha)
    try:
        if given.get("subjectType") == "FILE":
            at = reviews.file_place(reviews.changes_at(found, into.commit), into.commit, given["path"])
        else:
            at = reviews.place(reviews.changes_at(found, into.commit), into.commit, _as_rest(given))
    except Refused:
        return {"thread": None}
    if into not in found.reviews:
        found.reviews.append(into)
    return {"thread": thread(call, reviews.add_thread(found, at, into, given["body"]).thread)}


def _as_rest(given: Input) -> Input:
    names = {"path": "path", "line": "line", "side": "side", "startLine": "start_line", "startSide": "start_side"}
    return {names[key]: value for key, value in given.items() if key in names and value is not None}


def _commit(call: Call, given: Input) -> View:
    """A commit on a branch, if the branch still stands where the caller saw it."""
    permit(call, "contents", "write")
    where: Input = given["branch"]
    changes: dict[str, list[dict[str, str]]] = given.get("fileChanges") or {}
    here = call.github.repositories.get(where.get("repositoryNameWithOwner") or "")
    name = (where.get("branchName") or "").removeprefix("refs/heads/")
    if here is None or call.token is None or not call.token.sees(here) or name not in here.branches:
        raise failure("NOT_FOUND", f"Could not resolve to a Ref with the name '{name}'.")
    expected, actual = given["expectedHeadOid"], here.head(name)
    if expected != actual:
        message = f'Expected branch to point to "{actual}" but it did not. Pull and try again.'
        raise failure("STALE_DATA", message)
    if name in here.protected:  # Thinkmill/keystatic#1598
        raise failure("BRANCH_PROTECTION_RULE_VIOLATION", "Changes must be made through a pull request.")
    added = {each["path"]: File(base64.b64decode(each["contents"])) for each in changes.get("additions") or []}
    deleted = [each["path"] for each in changes.get("deletions") or []]
    if any(path.startswith(".github/workflows/") for path in (*added, *deleted)):
        permit(call, "workflows", "write")
    words = given["message"]
    message = "\n\n".join(filter(None, (words["headline"], words.get("body"))))
    sha = here.commit(added, branch=name, deletes=deleted, message=message, author=call.github.bot.login)
    return {"commit": commit(call, here, sha), "ref": branch(call, here, name)}


def mutations(call: Call) -> View:
    """The fields of `Mutation`."""
    changes: dict[str, Callable[[Call, Input], View]] = {
        "resolveReviewThread": _resolve,
        "unresolveReviewThread": _unresolve,
        "minimizeComment": _minimize,
        "unminimizeComment": _unminimize,
        "addPullRequestReview": _add_review,
        "addPullRequestReviewThread": _add_thread,
        "updatePullRequestReviewComment": _update_comment,
        "createCommitOnBranch": _commit,
    }

    def field(change: Callable[[Call, Input], View]) -> Callable[[Input], View]:
        def resolve(input: Input) -> View:  # noqa: A002 - GraphQL's name
            return {"clientMutationId": input.get("clientMutationId"), **change(call, input)}

        return resolve

    return {name: field(change) for name, change in changes.items()}
