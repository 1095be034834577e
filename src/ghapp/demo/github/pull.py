"""A pull request: its two ends, its changes, and what people do with it."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from ghapp.demo.github.clock import stamp
from ghapp.demo.github.conversation import IssueComment, Review, ReviewComment, Thread
from ghapp.demo.github.diff import Change, compare
from ghapp.demo.github.git import File, Objects, Person
from ghapp.demo.github.shapes import Json, repository_json, user_json

if TYPE_CHECKING:
    from ghapp.demo.github.repository import Repository
    from ghapp.demo.github.state import User

MOST_FILES = 3_000


class Pull:
    def __init__(
        self,
        repository: "Repository",
        number: int,
        head_repo: "Repository",
        head_ref: str,
        base_ref: str,
        title: str,
        body: str | None,
        draft: bool,
        user: "User",
    ) -> None:
        self.repository, self.number, self.github = repository, number, repository.github
        self.head_repo = head_repo
        self.head_ref, self.base_ref = head_ref, base_ref
        self.head_sha, self.base_sha = head_repo.head(head_ref), repository.head(base_ref)
        self.title, self.body, self.draft, self.user = title, body, draft, user
        self.state, self.merged = "open", False
        self.id, self.node_id = self.github.identify("PR", self)
        self.created_at = self.updated_at = self.github.clock.now()
        self.closed_at = None
        self.queued = ""  # the head of its group in the merge queue
        self.reviews: list[Review] = []
        self.threads: list[Thread] = []
        self.issue_comments: list[IssueComment] = []
        self._changes: tuple[str, str, list[Change]] = ("", "", [])

    @property
    def objects(self) -> Objects:
        return self.repository.objects

    @property
    def merge_base(self) -> str:
        return self.objects.merge_base(self.base_sha, self.head_sha) or self.base_sha

    @property
    def comments(self) -> list[ReviewComment]:
        """All review comments that everyone can see, oldest first."""
        seen = [each for thread in self.threads for each in thread.comments if each.review.state != "PENDING"]
        return sorted(seen, key=lambda comment: comment.id)

    def files(self) -> list[Change]:
        """What the pull request changes: its head against the merge base, at most 3,000 files."""
        key = (self.merge_base, self.head_sha)
        if self._changes[:2] != key:
            self._changes = (*key, self.changes_at(self.head_sha))
        return self._changes[2]

    def changes_at(self, sha: str) -> list[Change]:
        base = self.objects.merge_base(self.base_sha, sha) or self.base_sha
        return compare(self.objects, base, sha, self.github.most_changed_lines)[:MOST_FILES]

    def commits(self) -> list[str]:
        return [commit.sha for commit in self.objects.between(self.base_sha, self.head_sha)]

    # -- what people do --------------------------------------------------------------------------------------------

    def push(
        self,
        files: Mapping[str, str | bytes | File] | None = None,
        *,
        deletes: Iterable[str] = (),
        renames: Mapping[str, str] | None = None,
        message: str = "Change files",
        author: str = "octo-dev",
        force: bool = False,
    ) -> str:
        """Pushes a commit to the head branch; with `force` it replaces all that stands on the merge base."""
        onto = self.merge_base if force else None
        return self.head_repo.commit(
            files,
            branch=self.head_ref,
            deletes=deletes,
            renames=renames,
            message=message,
            author=author,
            onto=onto,
        )

    def synchronize(self, before: str, after: str, sender: "User") -> None:
        self.head_sha, self.base_sha, self.queued = after, self.repository.head(self.base_ref), ""
        self.emit("synchronize", {"before": before, "after": after}, sender)

    def close(self) -> None:
        self.state, self.closed_at = "closed", self.github.clock.now()
        self.emit("closed")

    def reopen(self) -> None:
        self.state, self.closed_at = "open", None
        self.emit("reopened")

    def ready(self) -> None:
        self.draft = False
        self.emit("ready_for_review")

    def convert_to_draft(self) -> None:
        self.draft = True
        self.emit("converted_to_draft")

    def edit(self, *, title: str | None = None, body: str | None = None, base: str | None = None) -> None:
        changes: Json = {}
        if title is not None:
            changes["title"], self.title = {"from": self.title}, title
        if body is not None:
            changes["body"], self.body = {"from": self.body}, body
        if base is not None:
            changes["base"] = {"ref": {"from": self.base_ref}, "sha": {"from": self.base_sha}}
            self.base_ref, self.base_sha = base, self.repository.head(base)
        self.emit("edited", {"changes": changes})

    def merge(self) -> str:
        """Merges into the base branch with a merge commit, and gives its SHA."""
        sha = self.merged_onto(self.repository.head(self.base_ref))
        self.repository.force_push(self.base_ref, sha)
        self.state, self.merged, self.closed_at = "closed", True, self.github.clock.now()
        self.emit("closed")
        return sha

    def merged_onto(self, base: str, author: str = "") -> str:
        """A merge commit of the head and of that one, by the head's author unless told; no branch leads to it yet."""
        files = dict(self.objects.files(base))
        for change in self.files():
            files.pop(change.previous or change.path, None)
            if change.status != "removed":
                files[change.path] = self.objects.files(self.head_sha)[change.path]
        own = self.objects.commits[self.head_sha].author
        person = Person(author, f"{author}@users.noreply.github.com") if author else own
        message = f"Merge pull request #{self.number}"
        now = self.github.clock.now()
        return self.objects.add_commit(self.objects.add_tree(files), (base, self.head_sha), message, person, now)

    def say(self, login: str, body: str) -> IssueComment:
        """Someone writes below the pull request."""
        comment = IssueComment(self, self.github.user(login), body)
        self.issue_comments.append(comment)
        payload = {"issue": self.issue_json(), "comment": comment.json()}
        self.repository.emit("issue_comment", "created", payload, comment.user)
        return comment

    def emit(self, action: str, more: Json | None = None, sender: "User | None" = None) -> None:
        self.updated_at = self.github.clock.now()
        payload = {"number": self.number, "pull_request": self.json(), **(more or {})}
        self.repository.emit("pull_request", action, payload, sender or self.user)

    # -- JSON ------------------------------------------------------------------------------------------------------

    @property
    def api(self) -> str:
        return f"{self.github.api_url}/repos/{self.repository.full_name}/pulls/{self.number}"

    @property
    def url(self) -> str:
        return f"{self.github.web_url}/{self.repository.full_name}/pull/{self.number}"

    def minimal_json(self) -> Json:
        def end(ref: str, sha: str, repository: "Repository") -> Json:
            url = f"{self.github.api_url}/repos/{repository.full_name}"
            return {"ref": ref, "sha": sha, "repo": {"id": repository.id, "url": url, "name": repository.name}}

        return {
            "id": self.id,
            "number": self.number,
            "url": self.api,
            "head": end(self.head_ref, self.head_sha, self.head_repo),
            "base": end(self.base_ref, self.base_sha, self.repository),
        }

    def issue_json(self) -> Json:
        """What an `issue_comment` event tells about the pull request."""
        issue = self.simple_json()
        kept = ("id", "node_id", "number", "title", "user", "labels", "state", "locked", "body", "html_url")
        return {key: issue[key] for key in kept} | {"pull_request": {"url": self.api, "html_url": self.url}}

    def simple_json(self) -> Json:
        """A pull request as lists show it (`pull-request-simple`)."""
        issue, urls = self._urls()
        links = {**urls, "html": self.url, "issue": issue, "self": self.api}
        closed = stamp(self.closed_at) if self.closed_at else None
        return {
            "url": self.api,
            "id": self.id,
            "node_id": self.node_id,
            "html_url": self.url,
            "diff_url": f"{self.url}.diff",
            "patch_url": f"{self.url}.patch",
            "issue_url": issue,
            **{f"{key}_url": url for key, url in urls.items()},
            "number": self.number,
            "state": self.state,
            "locked": False,
            "title": self.title,
            "user": user_json(self.github, self.user),
            "body": self.body,
            "labels": [],
            "milestone": None,
            "active_lock_reason": None,
            "created_at": stamp(self.created_at),
            "updated_at": stamp(self.updated_at),
            "closed_at": closed,
            "merged_at": closed if self.merged else None,
            "merge_commit_sha": None,
            "assignee": None,
            "assignees": [],
            "requested_reviewers": [],
            "requested_teams": [],
            "head": self._end(self.head_ref, self.head_sha, self.head_repo),
            "base": self._end(self.base_ref, self.base_sha, self.repository),
            "_links": {key: {"href": url} for key, url in links.items()},
            "author_association": "MEMBER" if self.head_repo is self.repository else "CONTRIBUTOR",
            "auto_merge": None,
            "draft": self.draft,
        }

    def _urls(self) -> tuple[str, Json]:
        """The address as an issue, and those of what belongs to the pull request."""
        repo = f"{self.github.api_url}/repos/{self.repository.full_name}"
        issue = f"{repo}/issues/{self.number}"
        return issue, {
            "comments": f"{issue}/comments",
            "commits": f"{self.api}/commits",
            "statuses": f"{repo}/statuses/{self.head_sha}",
            "review_comments": f"{self.api}/comments",
            "review_comment": f"{repo}/pulls/comments{{/number}}",
        }

    def json(self) -> Json:
        """A pull request on its own, in REST and in webhooks (`pull-request`)."""
        changes = self.files()
        return self.simple_json() | {
            "merged": self.merged,
            "mergeable": None,
            "rebaseable": None,
            "mergeable_state": "unknown",
            "merged_by": user_json(self.github, self.user) if self.merged else None,
            "comments": len(self.issue_comments),
            "review_comments": len(self.comments),
            "maintainer_can_modify": False,
            "commits": len(self.commits()),
            "additions": sum(change.additions for change in changes),
            "deletions": sum(change.deletions for change in changes),
            "changed_files": len(changes),
        }

    def _end(self, ref: str, sha: str, repository: "Repository") -> Json:
        """One end of the pull request; a fork that was deleted is null."""
        there = repository.full_name in self.github.repositories
        return {
            "label": f"{repository.owner.login}:{ref}",
            "ref": ref,
            "sha": sha,
            "user": user_json(self.github, repository.owner),
            "repo": repository_json(repository) if there else None,
        }

    def thread_of(self, comment_id: int) -> Thread | None:
        return next((t for t in self.threads if any(each.id == comment_id for each in t.comments)), None)
