"""The JSON of accounts, repositories, commits and changes, as GitHub's REST API and webhooks write them.

Which keys there are follows GitHub's OpenAPI and the examples of @octokit/webhooks-examples (both MIT, see NOTICE).
"""

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ghapp.demo.github.clock import stamp
from ghapp.demo.github.git import Commit

if TYPE_CHECKING:
    from ghapp.demo.github.diff import Change
    from ghapp.demo.github.repository import Repository
    from ghapp.demo.github.state import GitHub, Installation, User

Json = dict[str, Any]
# URLs of a repository's parts: the key without `_url`, and the path below the repository
_PARTS = {
    "archive": "{archive_format}{/ref}",
    "assignees": "assignees{/user}",
    "blobs": "git/blobs{/sha}",
    "branches": "branches{/branch}",
    "collaborators": "collaborators{/collaborator}",
    "comments": "comments{/number}",
    "commits": "commits{/sha}",
    "compare": "compare/{base}...{head}",
    "contents": "contents/{+path}",
    "contributors": "contributors",
    "deployments": "deployments",
    "downloads": "downloads",
    "events": "events",
    "forks": "forks",
    "git_commits": "git/commits{/sha}",
    "git_refs": "git/refs{/sha}",
    "git_tags": "git/tags{/sha}",
    "hooks": "hooks",
    "issue_comment": "issues/comments{/number}",
    "issue_events": "issues/events{/number}",
    "issues": "issues{/number}",
    "keys": "keys{/key_id}",
    "labels": "labels{/name}",
    "languages": "languages",
    "merges": "merges",
    "milestones": "milestones{/number}",
    "notifications": "notifications{?since,all,participating}",
    "pulls": "pulls{/number}",
    "releases": "releases{/id}",
    "stargazers": "stargazers",
    "statuses": "statuses/{sha}",
    "subscribers": "subscribers",
    "subscription": "subscription",
    "tags": "tags",
    "teams": "teams",
    "trees": "git/trees{/sha}",
}


def user_json(github: "GitHub", user: "User") -> Json:
    api, web = f"{github.api_url}/users/{quote(user.login)}", github.web_url
    page = f"apps/{github.app.slug}" if user is github.bot else user.login
    return {
        "login": user.login,
        "id": user.id,
        "node_id": user.node_id,
        "avatar_url": f"{web}/avatars/{user.id}",
        "gravatar_id": "",
        "url": api,
        "html_url": f"{web}/{page}",
        "followers_url": f"{api}/followers",
        "following_url": f"{api}/following{{/other_user}}",
        "gists_url": f"{api}/gists{{/gist_id}}",
        "starred_url": f"{api}/starred{{/owner}}{{/repo}}",
        "subscriptions_url": f"{api}/subscriptions",
        "organizations_url": f"{api}/orgs",
        "repos_url": f"{api}/repos",
        "events_url": f"{api}/events{{/privacy}}",
        "received_events_url": f"{api}/received_events",
        "type": user.type,
        "site_admin": False,
    }


def organization_json(github: "GitHub", user: "User") -> Json:
    """The organisation that a webhook is about."""
    api = f"{github.api_url}/orgs/{quote(user.login)}"
    parts = ("repos", "events", "hooks", "issues")
    return {
        **{
            key: value
            for key, value in user_json(github, user).items()
            if key in ("login", "id", "node_id", "avatar_url")
        },
        "url": api,
        **{f"{part}_url": f"{api}/{part}" for part in parts},
        "members_url": f"{api}/members{{/member}}",
        "public_members_url": f"{api}/public_members{{/member}}",
        "description": "",
    }


def app_json(github: "GitHub") -> Json:
    app = github.app
    return {
        "id": app.id,
        "slug": app.slug,
        "node_id": app.node_id,
        "client_id": app.client_id,
        "owner": user_json(github, app.owner),
        "name": app.slug,
        "description": "",
        "external_url": f"{github.web_url}/{app.owner.login}",
        "html_url": f"{github.web_url}/apps/{app.slug}",
        "created_at": stamp(app.created_at),
        "updated_at": stamp(app.created_at),
        "permissions": dict(app.permissions),
        "events": sorted(app.events),
    }


def installation_json(installation: "Installation") -> Json:
    github, account = installation.github, installation.account
    suspended = installation.suspended_at
    return {
        "id": installation.id,
        "client_id": github.app.client_id,
        "account": user_json(github, account),
        "repository_selection": "all" if installation.repositories is None else "selected",
        "access_tokens_url": f"{github.api_url}/app/installations/{installation.id}/access_tokens",
        "repositories_url": f"{github.api_url}/installation/repositories",
        "html_url": f"{github.web_url}/organizations/{account.login}/settings/installations/{installation.id}",
        "app_id": github.app.id,
        "app_slug": github.app.slug,
        "target_id": account.id,
        "target_type": account.type,
        "permissions": dict(installation.permissions),
        "events": sorted(github.app.events),
        "created_at": stamp(installation.created_at),
        "updated_at": stamp(installation.created_at),
        "single_file_name": None,
        "has_multiple_single_files": False,
        "single_file_paths": [],
        "suspended_by": user_json(github, account) if suspended else None,
        "suspended_at": stamp(suspended) if suspended else None,
    }


def repository_json(repository: "Repository") -> Json:
    github, name = repository.github, repository.full_name
    api, web = f"{github.api_url}/repos/{name}", f"{github.web_url}/{name}"
    host = github.web_url.partition("://")[2]
    still_open = sum(pull.state == "open" for pull in repository.pulls.values())
    return {
        "id": repository.id,
        "node_id": repository.node_id,
        "name": repository.name,
        "full_name": name,
        "private": repository.private,
        "owner": user_json(github, repository.owner),
        "html_url": web,
        "description": None,
        "fork": repository.parent is not None,
        "url": api,
        **{f"{key}_url": f"{api}/{path}" for key, path in _PARTS.items()},
        **{"git_url": f"git://{host}/{name}.git", "ssh_url": f"git@{host}:{name}.git"},
        **{"clone_url": f"{web}.git", "svn_url": web},
        "mirror_url": None,
        "homepage": None,
        "language": None,
        "size": 1,
        **dict.fromkeys(("stargazers_count", "watchers_count", "watchers", "forks_count", "forks"), 0),
        **dict.fromkeys(("has_issues", "has_projects", "has_downloads", "has_wiki"), True),
        **dict.fromkeys(("has_pages", "has_discussions", "disabled", "is_template"), False),
        "archived": repository.archived,
        "license": None,
        "open_issues_count": still_open,
        "open_issues": still_open,
        "topics": [],
        "custom_properties": {},
        "visibility": "private" if repository.private else "public",
        "allow_forking": True,
        "web_commit_signoff_required": False,
        "default_branch": repository.default_branch,
        "created_at": stamp(repository.created_at),
        "updated_at": stamp(repository.created_at),
        "pushed_at": stamp(repository.pushed_at),
    }


def simple_commit_json(commit: Commit) -> Json:
    person = {"name": commit.author.name, "email": commit.author.email}
    return {
        "id": commit.sha,
        "tree_id": commit.tree,
        "message": commit.message,
        "timestamp": stamp(commit.date),
        "author": person,
        "committer": person,
    }


def commit_json(repository: "Repository", commit: Commit) -> Json:
    github = repository.github
    api, web = f"{github.api_url}/repos/{repository.full_name}", f"{github.web_url}/{repository.full_name}"
    person = {"name": commit.author.name, "email": commit.author.email, "date": stamp(commit.date)}
    account = github.users.get(commit.author.name)
    user: Json = user_json(github, account) if account else {}
    return {
        "url": f"{api}/commits/{commit.sha}",
        "sha": commit.sha,
        "node_id": f"C_{commit.sha}",
        "html_url": f"{web}/commit/{commit.sha}",
        "comments_url": f"{api}/commits/{commit.sha}/comments",
        "commit": {
            "url": f"{api}/git/commits/{commit.sha}",
            "author": person,
            "committer": person,
            "message": commit.message,
            "comment_count": 0,
            "tree": {"sha": commit.tree, "url": f"{api}/git/trees/{commit.tree}"},
            "verification": {
                "verified": False,
                "reason": "unsigned",
                "signature": None,
                "payload": None,
                "verified_at": None,
            },
        },
        "author": user,
        "committer": user,
        "parents": [
            {"sha": sha, "url": f"{api}/commits/{sha}", "html_url": f"{web}/commit/{sha}"} for sha in commit.parents
        ],
    }


def change_json(repository: "Repository", change: "Change", head: str) -> Json:
    """A `diff-entry`: `patch` and `previous_filename` only where GitHub has them."""
    github, name = repository.github, repository.full_name
    path = quote(change.path)
    web, at = f"{github.web_url}/{name}", f"{head}/{path}"
    return {
        "sha": change.sha,
        "filename": change.path,
        "status": change.status,
        "additions": change.additions,
        "deletions": change.deletions,
        "changes": change.additions + change.deletions,
        "blob_url": f"{web}/blob/{at}",
        "raw_url": f"{web}/raw/{at}",
        "contents_url": f"{github.api_url}/repos/{name}/contents/{path}?ref={head}",
        **({"patch": change.patch} if change.patch is not None else {}),
        **({"previous_filename": change.previous} if change.previous else {}),
    }


def push_json(repository: "Repository", branch: str, before: str, after: str) -> Json:
    head, none = repository.objects.commits[after], "0" * 40
    known = before in repository.objects.commits
    commits = repository.objects.between(before, after) if known else [head]
    return {
        "ref": f"refs/heads/{branch}",
        "before": before,
        "after": after,
        "created": before == none,
        "deleted": False,
        "forced": known and before not in repository.objects.ancestors(after),
        "base_ref": None,
        "compare": f"{repository.github.web_url}/{repository.full_name}/compare/{before[:12]}...{after[:12]}",
        "commits": [simple_commit_json(commit) for commit in commits],
        "head_commit": simple_commit_json(head),
        "pusher": {"name": head.author.name, "email": head.author.email},
    }
