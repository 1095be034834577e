"""Commits: what they say, and making one."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ghapp.github.errors import Refused, Uncertain
from ghapp.github.line import Line, send

UNKNOWN = "Something went wrong"  # GitHub's words for a failure of its own
WORKFLOWS = ".github/workflows/"
_COMMIT = "mutation($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { commit { oid } } }"


@dataclass(frozen=True, slots=True)
class Commit:
    """`parents`: their SHAs."""

    sha: str
    message: str
    parents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grant:
    """What an organisation lets the App do, and the page at which its owners decide on that."""

    permissions: Mapping[str, str]
    address: str


class NotCommitted(Refused):
    """GitHub made no commit. `moved`: the branch has another head; `gone`: there is no such branch."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(422, reason)
        self.moved = kind == "STALE_DATA"
        self.gone = kind == "NOT_FOUND"


async def commit(line: Line, sha: str) -> Commit:
    answer = await line.get(f"commits/{sha}")
    return Commit(answer["sha"], answer["commit"]["message"], tuple(each["sha"] for each in answer["parents"]))


async def grant(line: Line) -> Grant:
    """What the line's installation has been granted."""
    client = line.telephone.client
    answer = await send(line, client, "GET", f"/app/installations/{line.installation}", repeatable=True)
    return Grant(answer["permissions"], answer["html_url"])


def permissions_for(files: Mapping[str, bytes]) -> dict[str, str]:
    """What a token must be allowed for a commit of these files (REST, "Permissions required for GitHub Apps")."""
    workflows = {"workflows": "write"} if any(path.startswith(WORKFLOWS) for path in files) else {}
    return {"contents": "write", **workflows}


async def commit_files(line: Line, branch: str, head: str, message: tuple[str, str], files: Mapping[str, bytes]) -> str:
    """One commit on the branch of the line's repository, if that still stands at `head`; gives the commit's SHA.

    `message`: its first line, and the rest. Raises NotCommitted, and Uncertain when it may have been made.
    """
    additions = [{"path": path, "contents": base64.b64encode(text).decode()} for path, text in files.items()]
    asked: dict[str, Any] = {
        "branch": {"repositoryNameWithOwner": line.name, "branchName": branch},
        "expectedHeadOid": head,
        "message": {"headline": message[0], "body": message[1]},
        "fileChanges": {"additions": additions},
    }
    data, errors = await line.mutate(_COMMIT, {"input": asked})
    made = data.get("createCommitOnBranch")
    if made:
        return made["commit"]["oid"]
    error = errors[0] if errors else {"message": UNKNOWN}
    reason = str(error.get("message"))[:500]
    if reason.startswith(UNKNOWN):
        raise Uncertain(reason)
    raise NotCommitted(str(error.get("type") or ""), reason)
