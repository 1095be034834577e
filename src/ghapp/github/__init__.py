"""Everything said to GitHub, in our words. The only room that knows githubkit."""

from ghapp.github.commits import Commit, Grant, NotCommitted, commit, commit_files, grant, permissions_for
from ghapp.github.errors import GitHubError, RateLimited, Refused, Uncertain
from ghapp.github.line import PERMISSIONS, Line
from ghapp.github.missed import Attempt, ask_again, attempts
from ghapp.github.pulls import (
    Comparison,
    PullRequestState,
    compare,
    differences,
    pull_request,
    pull_requests_with,
)
from ghapp.github.reading import (
    MAX_CHANGED_FILES,
    ChangedFile,
    Entry,
    Listing,
    Reading,
    changed_files,
    merge_base,
    read,
    tree,
)
from ghapp.github.shared import REPOSITORY as SHARING
from ghapp.github.shared import SharedFile
from ghapp.github.talking import MAY_WRITE, MOST_COMMENTS, Comment, comments, permission, reply, review_comment
from ghapp.github.telephone import Telephone
from ghapp.github.threads import RESOLVING, Change, OwnThread, change_threads
from ghapp.github.writing import CheckRun, Output, complete_check_run, find_check_runs, open_check_run, put_note, review

__all__ = [
    "MAX_CHANGED_FILES",
    "MAY_WRITE",
    "MOST_COMMENTS",
    "PERMISSIONS",
    "RESOLVING",
    "SHARING",
    "Attempt",
    "Change",
    "ChangedFile",
    "CheckRun",
    "Comment",
    "Commit",
    "Comparison",
    "Entry",
    "GitHubError",
    "Grant",
    "Line",
    "Listing",
    "NotCommitted",
    "Output",
    "OwnThread",
    "PullRequestState",
    "RateLimited",
    "Reading",
    "Refused",
    "SharedFile",
    "Telephone",
    "Uncertain",
    "ask_again",
    "attempts",
    "change_threads",
    "changed_files",
    "comments",
    "commit",
    "commit_files",
    "compare",
    "complete_check_run",
    "differences",
    "find_check_runs",
    "grant",
    "merge_base",
    "open_check_run",
    "permission",
    "permissions_for",
    "pull_request",
    "pull_requests_with",
    "put_note",
    "read",
    "reply",
    "review",
    "review_comment",
    "tree",
]
