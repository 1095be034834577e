"""Check suites and check runs, with the rules GitHub keeps for them.

Annotations append and cannot be taken back; columns are for one line only; a completed run has a conclusion.
Sources: docs.github.com/en/rest/checks/runs; qiniu/reviewbot#258 (51 annotations); reviewdog (65,535 characters).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ghapp.demo.github.clock import stamp
from ghapp.demo.github.errors import Refused, invalid
from ghapp.demo.github.shapes import app_json, repository_json, simple_commit_json

if TYPE_CHECKING:
    from ghapp.demo.github.repository import Repository

MESSAGE_BYTES = 64 * 1024
TITLE_CHARACTERS = 255


@dataclass(frozen=True)
class Annotation:
    path: str
    start_line: int
    end_line: int
    annotation_level: str
    message: str
    start_column: int | None = None
    end_column: int | None = None
    title: str | None = None
    raw_details: str | None = None


class CheckSuite:
    """All runs of the App on one commit."""

    def __init__(self, repository: "Repository", sha: str) -> None:
        self.repository, self.head_sha = repository, sha
        self.id, self.node_id = repository.github.identify("CS", self)
        self.created_at = repository.github.clock.now()
        self.head_branch: str | None = None
        self.was_reset = False

    @property
    def runs(self) -> list["CheckRun"]:
        return [run for run in self.repository.runs if run.suite is self]

    def reset(self) -> None:
        """A re-run was asked for: the suite waits again, its runs stay as they are."""
        self.was_reset = True

    def json(self) -> dict[str, Any]:
        repository, runs = self.repository, self.runs
        done = bool(runs) and not self.was_reset and all(run.status == "completed" for run in runs)
        worst = [c for c in _WORST_FIRST if any(run.conclusion == c for run in runs)]
        url = f"{repository.github.api_url}/repos/{repository.full_name}/check-suites/{self.id}"
        commit = repository.objects.commits[self.head_sha]
        return {
            "id": self.id,
            "node_id": self.node_id,
            "head_branch": self.head_branch,
            "head_sha": self.head_sha,
            "status": "completed" if done else "in_progress" if runs else "queued",
            "conclusion": worst[0] if done else None,
            "url": url,
            "before": commit.parents[0] if commit.parents else None,
            "after": self.head_sha,
            "pull_requests": pull_requests(repository, self.head_sha),
            "app": app_json(repository.github),
            "repository": repository_json(repository),
            "created_at": stamp(self.created_at),
            "updated_at": stamp(repository.github.clock.now()),
            "rerequestable": True,
            "runs_rerequestable": True,
            "latest_check_runs_count": len(runs),
            "check_runs_url": f"{url}/check-runs",
            "head_commit": simple_commit_json(commit),
        }


_WORST_FIRST = (
    "action_required",
    "cancelled",
    "timed_out",
    "failure",
    "stale",
    "neutral",
    "success",
    "skipped",
)


class CheckRun:
    """One check run. `history` keeps every body that was written to it, oldest first."""

    def __init__(self, repository: "Repository", body: dict[str, Any]) -> None:
        self.repository, self.name = repository, str(body["name"])
        self.head_sha: str = repository.commit_at(body["head_sha"]).sha
        self.suite = repository.suite(self.head_sha)
        self.id, self.node_id = repository.github.identify("CR", self)
        self.status, self.conclusion = "queued", None
        self.external_id, self.details_url = "", f"{repository.github.web_url}/apps/{repository.github.app.slug}"
        self.started_at: datetime | str = repository.github.clock.now()
        self.completed_at: datetime | str | None = None
        self.output: dict[str, str | None] = {"title": None, "summary": None, "text": None}
        self.annotations: list[Annotation] = []
        self.actions: list[dict[str, str]] = []
        self.history: list[dict[str, Any]] = []
        self.update(body, creating=True)

    status: str
    conclusion: str | None

    def update(self, body: dict[str, Any], *, creating: bool = False) -> None:
        """Writes a request body; nothing changes when it is refused."""
        annotations = [_annotation(each) for each in body.get("output", {}).get("annotations", [])]
        title = body.get("output", {}).get("title") or ""
        if len(title) > TITLE_CHARACTERS:
            raise invalid("CheckRun", "title", "title is too long (maximum is 255 characters)")
        status, conclusion = body.get("status"), body.get("conclusion")
        if status == "completed" and not conclusion:
            raise Refused(422, 'Invalid request.\n\nNo subschema in "anyOf" matched.\n"conclusion" wasn\'t supplied.')
        if conclusion == "stale":
            raise invalid("CheckRun", "conclusion", "stale can only be set by GitHub")
        for key in ("name", "external_id", "details_url", "started_at", "actions"):
            if key in body:
                setattr(self, key, body[key])
        if conclusion:
            self.status, self.conclusion = "completed", conclusion
            self.completed_at = body.get("completed_at") or self.repository.github.clock.now()
            self.suite.was_reset = False
        elif status:
            self.status, self.conclusion, self.completed_at = status, None, None
        shown = body.get("output", {})
        self.output |= {key: shown[key] for key in ("title", "summary", "text") if key in shown}
        self.annotations += annotations
        self.history.append(body)
        self._tell(creating, bool(conclusion))

    def _tell(self, created: bool, completed: bool) -> None:
        for action, happened in (("created", created), ("completed", completed)):
            if happened:
                self.repository.emit("check_run", action, {"check_run": self.event_json()}, self.repository.github.bot)

    def json(self) -> dict[str, Any]:
        repository, github = self.repository, self.repository.github
        url = f"{github.api_url}/repos/{repository.full_name}/check-runs/{self.id}"
        return {
            "id": self.id,
            "node_id": self.node_id,
            "name": self.name,
            "head_sha": self.head_sha,
            "external_id": self.external_id,
            "url": url,
            "html_url": f"{github.web_url}/{repository.full_name}/runs/{self.id}",
            "details_url": self.details_url,
            "status": self.status,
            "conclusion": self.conclusion,
            "started_at": _moment(self.started_at),
            "completed_at": _moment(self.completed_at),
            "output": {
                **self.output,
                "annotations_count": len(self.annotations),
                "annotations_url": f"{url}/annotations",
            },
            "check_suite": {"id": self.suite.id},
            "app": app_json(github),
            "pull_requests": pull_requests(repository, self.head_sha),
        }

    def event_json(self) -> dict[str, Any]:
        """As webhooks tell it: with more about the suite than REST has."""
        suite = self.suite.json()
        kept = ("id", "node_id", "head_branch", "head_sha", "status", "conclusion", "url", "before", "after")
        more = ("pull_requests", "app", "created_at", "updated_at")
        return {**self.json(), "check_suite": {key: suite[key] for key in (*kept, *more)}}

    def annotation_json(self, annotation: Annotation) -> dict[str, Any]:
        web = f"{self.repository.github.web_url}/{self.repository.full_name}"
        return {**annotation.__dict__, "blob_href": f"{web}/blob/{self.head_sha}/{quote(annotation.path)}"}


def pull_requests(repository: "Repository", sha: str) -> list[dict[str, Any]]:
    """Open pull requests of that head; GitHub leaves out those from forks."""
    own = [p for p in repository.pulls.values() if p.head_repo is repository and p.state == "open"]
    return [pull.minimal_json() for pull in own if pull.head_sha == sha]


def _annotation(body: dict[str, Any]) -> Annotation:
    annotation = Annotation(**body)
    if annotation.start_line < 1 or annotation.end_line < annotation.start_line:
        raise invalid("CheckRun", "annotations", "end_line must be greater than or equal to start_line, both from 1")
    columns = (annotation.start_column, annotation.end_column)
    if columns != (None, None) and annotation.start_line != annotation.end_line:
        raise invalid("CheckRun", "annotations", "columns are only allowed when start_line and end_line are equal")
    if any(column is not None and column < 1 for column in columns):
        raise invalid("CheckRun", "annotations", "columns count from 1")
    if (annotation.end_column or annotation.start_column or 0) < (annotation.start_column or 0):
        raise invalid("CheckRun", "annotations", "end_column must be greater than or equal to start_column")
    if not annotation.path or annotation.path.startswith("/"):
        raise invalid("CheckRun", "annotations", "path must be relative to the repository")
    if len(annotation.title or "") > TITLE_CHARACTERS:
        raise invalid("CheckRun", "annotations", "title is too long (maximum is 255 characters)")
    for text in (annotation.message, annotation.raw_details or ""):
        if len(text.encode()) > MESSAGE_BYTES:
            raise invalid("CheckRun", "annotations", "message and raw_details are at most 64 KB")
    return annotation


def _moment(value: datetime | str | None) -> str | None:
    return stamp(value) if isinstance(value, datetime) else value
