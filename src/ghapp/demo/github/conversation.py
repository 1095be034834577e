"""Reviews, their comments, the threads these form, and comments below a pull request.

A comment stays at the commit it was made on. Where its lines stand now is found by following them to the head: when
one of them changed, or left the pull request's diff, the thread is outdated and its line is null.
"""

from typing import TYPE_CHECKING

from ghapp.demo.github.clock import stamp
from ghapp.demo.github.diff import opcodes, split
from ghapp.demo.github.shapes import Json, user_json

if TYPE_CHECKING:
    from ghapp.demo.github.pull import Pull
    from ghapp.demo.github.state import User


class Said:
    """What all comments have."""

    def __init__(self, pull: "Pull", user: "User", body: str, prefix: str) -> None:
        self.pull, self.user, self.body, self.github = pull, user, body, pull.github
        self.id, self.node_id = self.github.identify(prefix, self)
        self.created_at = self.updated_at = self.github.clock.now()
        self.minimized: str | None = None

    def since(self, moment: str) -> bool:
        """Whether it was written or edited at that moment (in GitHub's form) or after it."""
        return stamp(self.updated_at) >= moment

    def edit(self, body: str) -> None:
        self.body, self.updated_at = body, self.github.clock.now()

    @property
    def association(self) -> str:
        return "NONE" if self.user.type == "Bot" else "MEMBER"

    def _common(self) -> Json:
        return {
            "id": self.id,
            "node_id": self.node_id,
            "user": user_json(self.github, self.user),
            "body": self.body,
            "author_association": self.association,
        }

    def _times(self) -> Json:
        return {"created_at": stamp(self.created_at), "updated_at": stamp(self.updated_at)}


class IssueComment(Said):
    def __init__(self, pull: "Pull", user: "User", body: str) -> None:
        super().__init__(pull, user, body, "IC")

    def json(self) -> Json:
        issue = f"{self.github.api_url}/repos/{self.pull.repository.full_name}/issues"
        return {
            **self._common(),
            **self._times(),
            "url": f"{issue}/comments/{self.id}",
            "html_url": f"{self.pull.url}#issuecomment-{self.id}",
            "issue_url": f"{issue}/{self.pull.number}",
            "performed_via_github_app": None,
        }


class Review(Said):
    """A review; `state` is PENDING, COMMENTED, APPROVED, CHANGES_REQUESTED or DISMISSED."""

    def __init__(self, pull: "Pull", user: "User", body: str, state: str, commit: str) -> None:
        super().__init__(pull, user, body, "PRR")
        self.state, self.commit = state, commit

    @property
    def comments(self) -> list["ReviewComment"]:
        found = [each for thread in self.pull.threads for each in thread.comments if each.review is self]
        return sorted(found, key=lambda comment: comment.id)

    def json(self) -> Json:
        html = f"{self.pull.url}#pullrequestreview-{self.id}"
        submitted = {} if self.state == "PENDING" else {"submitted_at": stamp(self.created_at)}
        return {
            **self._common(),
            **submitted,
            "state": self.state,
            "commit_id": self.commit,
            "html_url": html,
            "pull_request_url": self.pull.api,
            "_links": {"html": {"href": html}, "pull_request": {"href": self.pull.api}},
        }


class Place:
    """Where a thread was put: on lines of one side of a commit's file, or on the file as a whole (`line` None)."""

    def __init__(
        self,
        path: str,
        commit: str,
        line: int | None = None,
        side: str = "RIGHT",
        start_line: int | None = None,
        hunk: str = "",
        position: int = 1,
    ) -> None:
        self.path, self.commit, self.line, self.side, self.start_line = path, commit, line, side, start_line
        self.hunk, self.position = hunk, position

    @property
    def subject(self) -> str:
        return "line" if self.line else "file"


class Thread:
    def __init__(self, pull: "Pull", place: Place) -> None:
        self.pull, self.place = pull, place
        self.id, self.node_id = pull.github.identify("PRRT", self)
        self.comments: list[ReviewComment] = []
        self.resolved_by: User | None = None
        self._lines: tuple[str, tuple[int, int] | None] = ("", None)

    @property
    def is_resolved(self) -> bool:
        return self.resolved_by is not None

    @property
    def is_outdated(self) -> bool:
        return self.place.line is not None and self.lines is None

    @property
    def lines(self) -> tuple[int, int] | None:
        """The first and last line at the head; None when outdated, or on a whole file."""
        key = f"{self.pull.head_sha} {self.pull.merge_base}"
        if self._lines[0] != key:
            self._lines = (key, self._follow())
        return self._lines[1]

    def _follow(self) -> tuple[int, int] | None:
        place, pull = self.place, self.pull
        if place.line is None:
            return None
        first, last = place.start_line or place.line, place.line
        if place.side == "RIGHT":
            then, now = (_lines(pull, sha, place.path) for sha in (place.commit, pull.head_sha))
            ops = opcodes(then, now)
            moved = next((j1 - i1 for tag, i1, i2, j1, _ in ops if tag == "equal" and i1 < first and last <= i2), None)
            if moved is None:
                return None
            first, last = first + moved, last + moved
        change = next((each for each in pull.files() if each.path == place.path), None)
        hunk = change.hunk_at(last, place.side) if change else None
        return (first, last) if hunk and hunk.at(first, place.side) else None

    def reply(self, login: str, body: str) -> "ReviewComment":
        """Someone answers in the thread."""
        pull, user = self.pull, self.pull.github.user(login)
        review = Review(pull, user, "", "COMMENTED", pull.head_sha)
        pull.reviews.append(review)
        comment = ReviewComment(self, review, user, body)
        payload = {"comment": comment.json(), "pull_request": pull.simple_json()}
        pull.repository.emit("pull_request_review_comment", "created", payload, user)
        return comment

    def resolve(self, user: "User | str" = "octo-dev") -> None:
        self.resolved_by = self.pull.github.user(user) if isinstance(user, str) else user
        self._tell("resolved", self.resolved_by)

    def unresolve(self, user: "User | str" = "octo-dev") -> None:
        self.resolved_by = None
        self._tell("unresolved", self.pull.github.user(user) if isinstance(user, str) else user)

    def _tell(self, action: str, user: "User") -> None:
        thread = {"node_id": self.node_id, "comments": [comment.json() for comment in self.comments]}
        payload = {"pull_request": self.pull.simple_json(), "thread": thread}
        self.pull.repository.emit("pull_request_review_thread", action, payload, user)


class ReviewComment(Said):
    def __init__(self, thread: Thread, review: Review, user: "User", body: str) -> None:
        super().__init__(thread.pull, user, body, "PRRC")
        self.thread, self.review = thread, review
        self.in_reply_to = thread.comments[0].id if thread.comments else None
        thread.comments.append(self)

    @property
    def path(self) -> str:
        return self.thread.place.path

    @property
    def side(self) -> str:
        return self.thread.place.side

    @property
    def line(self) -> int | None:
        lines = self.thread.lines
        return lines[1] if lines else None

    @property
    def start_line(self) -> int | None:
        lines = self.thread.lines
        return lines[0] if lines and self.thread.place.start_line else None

    def delete(self) -> None:
        """Takes the comment back; a thread without comments is gone."""
        self.thread.comments.remove(self)
        if not self.thread.comments:
            self.pull.threads.remove(self.thread)

    def json(self) -> Json:
        pull, place = self.pull, self.thread.place
        url = f"{self.github.api_url}/repos/{pull.repository.full_name}/pulls/comments/{self.id}"
        html = f"{pull.url}#discussion_r{self.id}"
        body: Json = {
            **self._common(),
            **self._times(),
            "url": url,
            "html_url": html,
            "pull_request_url": pull.api,
            "pull_request_review_id": self.review.id,
            "diff_hunk": place.hunk,
            "path": place.path,
            "commit_id": place.commit if self.thread.is_outdated else pull.head_sha,
            "original_commit_id": place.commit,
            "position": self._position(),
            "original_position": place.position,
            "subject_type": place.subject,
            "line": self.line,
            "original_line": place.line,
            "start_line": self.start_line,
            "original_start_line": place.start_line,
            "side": place.side,
            "start_side": place.side if place.start_line else None,
            "_links": {"self": {"href": url}, "html": {"href": html}, "pull_request": {"href": pull.api}},
        }
        return body | ({"in_reply_to_id": self.in_reply_to} if self.in_reply_to else {})

    def _position(self) -> int | None:
        change = next((each for each in self.pull.files() if each.path == self.path), None)
        hunk = change.hunk_at(self.line, self.side) if change and self.line else None
        found = hunk.at(self.line, self.side) if hunk and self.line else None
        return found.position if found else None


def _lines(pull: "Pull", sha: str, path: str) -> list[str]:
    entry = pull.objects.files(sha).get(path)
    data = pull.objects.blobs.get(entry.sha) if entry else None
    return split(data.decode(errors="replace")) if data else []
