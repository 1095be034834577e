"""Repositories, their commits and git objects over REST."""

import base64
from typing import Any
from urllib.parse import quote

from ghapp.demo.github.diff import compare
from ghapp.demo.github.errors import Refused, not_found
from ghapp.demo.github.git import DIRECTORY, SUBMODULE, SYMLINK, Entry, type_of
from ghapp.demo.github.repository import Repository
from ghapp.demo.github.routes.answers import ok
from ghapp.demo.github.shapes import Json, change_json, commit_json, repository_json, user_json
from ghapp.demo.github.wire import Answer, Call

MOST_COMPARED = 300  # files in a comparison; there is no second page of them
INLINE = 1024 * 1024  # larger files come without their content
BASE_ROLES = {"maintain": "write", "triage": "read"}  # what a role counts as; docs: rest/collaborators
RAW = "application/vnd.github.raw+json; charset=utf-8"


def get(call: Call) -> Answer:
    repository = call.repository
    own = repository_json(repository) | {"network_count": 0, "subscribers_count": 0}
    if repository.parent:
        own |= {"parent": repository_json(repository.parent), "source": repository_json(repository.parent)}
    return ok(own)


def get_commit(call: Call) -> Answer:
    repository = call.repository
    commit = repository.commit_at(call.params["ref"])
    empty = repository.objects.add_tree({})
    changes = compare(repository.objects, commit.parents[0] if commit.parents else empty, commit.sha)
    files = [change_json(repository, each, commit.sha) for each in call.page(changes)]
    counts = {key: sum(getattr(each, key) for each in changes) for key in ("additions", "deletions")}
    stats = {**counts, "total": sum(counts.values())}
    return ok(commit_json(repository, commit) | {"stats": stats, "files": files})


def pulls_of_commit(call: Call) -> Answer:
    """Pull requests of this repository that contain the commit."""
    repository, sha = call.repository, call.params["commit_sha"]
    if sha not in repository.objects.commits:
        raise Refused(422, f"No commit found for SHA: {sha}")
    found = [each for each in repository.pulls.values() if sha in (each.head_sha, *each.commits())]
    return ok([each.simple_json() for each in call.page(found)])


def compare_commits(call: Call) -> Answer:
    repository, objects = call.repository, call.repository.objects
    base, head = (repository.resolve(call.params[end].rpartition(":")[2]) for end in ("base", "head"))
    common = objects.merge_base(base, head) if base and head else None
    if base is None or head is None or common is None:
        raise not_found()
    commits, behind = objects.between(base, head), len(objects.between(head, base))
    files = compare(objects, common, head)[:MOST_COMPARED] if call.query.get("page", "1") == "1" else []
    web = f"{call.github.web_url}/{repository.full_name}/compare/{base}...{head}"
    status = {(0, 0): "identical", (1, 0): "ahead", (0, 1): "behind", (1, 1): "diverged"}
    return ok(
        {
            "url": f"{call.github.api_url}{call.path}",
            "html_url": web,
            "permalink_url": web,
            "diff_url": f"{web}.diff",
            "patch_url": f"{web}.patch",
            "base_commit": repository.commit_json(base),
            "merge_base_commit": repository.commit_json(common),
            "status": status[bool(commits), bool(behind)],
            "ahead_by": len(commits),
            "behind_by": behind,
            "total_commits": len(commits),
            "commits": [commit_json(repository, each) for each in call.page(commits)],
            "files": [change_json(repository, each, head) for each in files],
        }
    )


def get_blob(call: Call) -> Answer:
    repository, sha = call.repository, call.params["file_sha"]
    if len(sha) != 40:
        raise Refused(422, "The sha parameter must be exactly 40 characters and contain only [0-9a-f].")
    data = repository.objects.blobs.get(sha)
    if data is None:
        raise not_found()
    if "raw" in call.headers.get("accept", ""):
        return Answer(200, raw=data, media=RAW)
    url = f"{call.github.api_url}/repos/{repository.full_name}/git/blobs/{sha}"
    return ok({"sha": sha, "node_id": f"B_{sha}", "size": len(data), "url": url, **_content(data)})


def get_tree(call: Call) -> Answer:
    """A tree by its SHA, a commit's SHA or a branch; `recursive` with any value, even 0."""
    repository, objects = call.repository, call.repository.objects
    wanted = call.params["tree_sha"]
    commit = repository.resolve(wanted)
    sha = objects.commits[commit].tree if commit else wanted
    if sha not in objects.trees:
        raise not_found()
    entries = list(objects.walk(sha) if "recursive" in call.query else objects.trees[sha].items())
    most, git = call.github.tree_limit, f"{call.github.api_url}/repos/{repository.full_name}/git"
    listed = [_tree_entry(repository, git, path, entry) for path, entry in entries[:most]]
    return ok({"sha": sha, "url": f"{git}/trees/{sha}", "tree": listed, "truncated": len(entries) > most})


def _tree_entry(repository: Repository, git: str, path: str, entry: Entry) -> Json:
    kind = type_of[entry.mode]
    body: Json = {"path": path, "mode": entry.mode, "type": kind, "sha": entry.sha}
    if kind == "blob":
        body["size"] = len(repository.objects.blobs[entry.sha])
    return body if kind == "commit" else body | {"url": f"{git}/{kind}s/{entry.sha}"}


def get_content(call: Call) -> Answer:
    repository, path = call.repository, call.params["path"].strip("/")
    commit = repository.resolve(call.query.get("ref", "HEAD"))
    entry = repository.objects.entry_at(commit, path) if commit else None
    if commit is None or entry is None:
        raise not_found()
    if entry.mode == DIRECTORY:
        inside = repository.objects.trees[entry.sha]
        return ok([_listed(repository, commit, f"{path}/{name}".lstrip("/"), each) for name, each in inside.items()])
    if entry.mode in (SYMLINK, SUBMODULE):
        return ok(_listed(repository, commit, path, entry))
    data = repository.objects.blobs[entry.sha]
    if "raw" in call.headers.get("accept", ""):
        return Answer(200, raw=data, media=RAW)
    content = {"content": "", "encoding": "none"} if len(data) > INLINE else _content(data)
    return ok(_listed(repository, commit, path, entry) | content)


def _listed(repository: Repository, commit: str, path: str, entry: Entry) -> Json:
    api, web = (
        f"{host}/{repository.full_name}" for host in (f"{repository.github.api_url}/repos", repository.github.web_url)
    )
    kind = {DIRECTORY: "dir", SYMLINK: "symlink", SUBMODULE: "submodule"}.get(entry.mode, "file")
    quoted = quote(path)
    url, html = f"{api}/contents/{quoted}?ref={commit}", f"{web}/blob/{commit}/{quoted}"
    git = f"{api}/git/{type_of[entry.mode]}s/{entry.sha}"
    body: Json = {
        "name": path.rpartition("/")[2],
        "path": path,
        "sha": entry.sha,
        "size": len(repository.objects.blobs.get(entry.sha, b"")),
        "type": kind,
        "url": url,
        "html_url": html,
        "git_url": git,
        "download_url": f"{web}/raw/{commit}/{quoted}",
        "_links": {"self": url, "git": git, "html": html},
    }
    if kind == "symlink":
        body["target"] = repository.objects.blobs[entry.sha].decode()
    return body | ({"submodule_git_url": f"{web}.git"} if kind == "submodule" else {})


def _content(data: bytes) -> dict[str, Any]:
    return {"content": base64.encodebytes(data).decode(), "encoding": "base64"}


def permission(call: Call) -> Answer:
    """What a person may do in the repository."""
    repository, user = call.repository, call.github.users.get(call.params["username"])
    if user is None:
        raise not_found()
    role = repository.role(user.login)
    told = user_json(call.github, user) | {"role_name": role}
    return ok({"permission": BASE_ROLES.get(role, role), "role_name": role, "user": told})


HANDLERS = {
    "repos/get": get,
    "repos/get-commit": get_commit,
    "repos/get-content": get_content,
    "repos/get-collaborator-permission-level": permission,
    "repos/compare-commits": compare_commits,
    "repos/list-pull-requests-associated-with-commit": pulls_of_commit,
    "git/get-blob": get_blob,
    "git/get-tree": get_tree,
}
