"""Pull requests as they are now, and what lies between two commits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ghapp.github.line import Line
from ghapp.github.reading import ChangedFile, Listing, changed_file

MAX_COMPARED_FILES = 300  # GitHub lists no more between two commits (REST, repos/compare-commits)


@dataclass(frozen=True, slots=True)
class PullRequestState:
    """A pull request by GitHub's word of now. `head` and `base` are commits, the refs names of branches.

    `head_repository`: the id of the repository that the head branch stands in; 0 when it is gone. `changed_files` is 0
    where GitHub does not tell it, in lists.
    """

    number: int
    open: bool
    head: str
    head_ref: str
    head_repository: int
    base: str
    base_ref: str
    changed_files: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a commit brings to another: its files since `merge_base`, the commit at which they parted.

    `whole`: GitHub has listed all of them.
    """

    merge_base: str
    files: list[ChangedFile]

    @property
    def whole(self) -> bool:
        return len(self.files) < MAX_COMPARED_FILES


async def pull_request(line: Line, number: int) -> PullRequestState:
    return _state(await line.get(f"pulls/{number}"))


async def pull_requests_with(line: Line, commit: str) -> list[PullRequestState]:
    """The pull requests that contain the commit, open or not. GitHub may not know those of forks."""
    return [_state(each) for each in await line.get(f"commits/{commit}/pulls", per_page=100)]


async def compare(line: Line, base: str, head: str) -> Comparison:
    # All files that there are stand on the first page, however many commits it has.
    answer = await line.get(f"compare/{base}...{head}", per_page=1)
    files = [changed_file(each) for each in answer.get("files") or ()]
    return Comparison(answer["merge_base_commit"]["sha"], files)


def differences(old: Listing, new: Listing) -> list[ChangedFile]:
    """The files that are not the same in both, without their patches; a renamed one is a removed and an added one.

    For changes of which GitHub lists only the first so many files. What a truncated listing lacks may still be there.
    """
    whole = not (old.truncated or new.truncated)
    found: list[ChangedFile] = []
    for path in sorted(old.entries.keys() | new.entries.keys()):
        was, now = old.entries.get(path), new.entries.get(path)
        if now is not None and was is not None:
            if was != now:
                found.append(ChangedFile(path, "modified", now.sha, changes=int(was.sha != now.sha)))
        elif whole:
            there = now or was
            found.append(ChangedFile(path, "added" if now else "removed", there.sha if there else "", changes=1))
    return found


def _state(answer: dict[str, Any]) -> PullRequestState:
    head, base = answer["head"], answer["base"]
    return PullRequestState(
        number=answer["number"],
        open=answer["state"] == "open",
        head=head["sha"],
        head_ref=head["ref"],
        head_repository=(head.get("repo") or {"id": 0})["id"],
        base=base["sha"],
        base_ref=base["ref"],
        changed_files=answer.get("changed_files") or 0,
    )
