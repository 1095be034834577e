"""Who may do what: JWTs, tokens, permissions, and what one may not even see."""

import time
from datetime import datetime

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from ghapp.demo.github import GitHub, Pull, Repository

from .conftest import Api


async def token_status(api: Api, repo: Repository, token: str) -> int:
    path = f"/app/installations/{repo.installation.id}/access_tokens"
    return (await api("POST", path, headers={"authorization": f"Bearer {token}"})).status_code


async def test_the_app_signs_in_with_its_id_or_client_id(anyone: Api, repo: Repository) -> None:
    statuses = [
        await token_status(anyone, repo, anyone.jwt(iss=issuer))
        for issuer in (str(anyone.github.app.id), anyone.github.app.client_id)
    ]

    assert statuses == [201, 201]


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": int(time.time()) + 70_000},  # reckoned when the tests are collected, long before this one may run
        {"exp": int(time.time()) - 5},
        {"exp": None},
        {"iss": "999"},
        {"iat": int(time.time()) + 30_000, "exp": int(time.time()) + 30_060},
    ],
)
async def test_a_jwt_that_is_late_early_or_of_another_app_is_refused(
    anyone: Api, repo: Repository, claims: dict[str, object]
) -> None:
    assert await token_status(anyone, repo, anyone.jwt(**claims)) == 401


async def test_a_jwt_of_another_key_is_refused(anyone: Api, repo: Repository) -> None:
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    now = int(time.time())
    body = {"iat": now, "exp": now + 60, "iss": str(anyone.github.app.id)}
    token = jwt.encode(body, stranger, algorithm="RS256")

    assert await token_status(anyone, repo, token) == 401
    assert await token_status(anyone, repo, "nonsense") == 401


async def test_a_token_lives_for_an_hour(api: Api, repo: Repository) -> None:
    path = f"/app/installations/{repo.installation.id}/access_tokens"
    answer = (await api("POST", path, headers={"authorization": f"Bearer {api.jwt()}"})).json()
    before = (await api("GET", "/repos/acme/shop")).status_code
    api.github.clock.advance(3_601)
    after = await api("GET", "/repos/acme/shop")

    assert datetime.strptime(answer["expires_at"], "%Y-%m-%dT%H:%M:%SZ")  # noqa: DTZ007 - only the form
    assert len(answer["token"]) > 500
    assert (before, after.status_code, after.json()["message"]) == (200, 401, "Bad credentials")


async def test_a_token_reaches_only_the_repositories_it_was_made_for(
    anyone: Api, github: GitHub, repo: Repository
) -> None:
    other = github.repository("acme/other")
    narrow = await anyone.sign_in(repo, repository_ids=[repo.id])
    named = await anyone.sign_in(repo, repositories=["other"])
    wide = await anyone.sign_in(repo)

    assert [(await each("GET", "/repos/acme/shop")).status_code for each in (narrow, named, wide)] == [200, 404, 200]
    assert [(await each("GET", "/repos/acme/other")).status_code for each in (narrow, named, wide)] == [404, 200, 200]
    listed = (await narrow("GET", "/installation/repositories")).json()
    assert [each["id"] for each in listed["repositories"]] == [repo.id]
    assert other.id not in [each["id"] for each in listed["repositories"]]


@pytest.mark.parametrize(
    "body",
    [{"repositories": ["nothing"]}, {"permissions": {"issues": "write"}}, {"permissions": {"contents": "admin"}}],
)
async def test_a_token_cannot_be_more_than_the_installation(anyone: Api, repo: Repository, body: object) -> None:
    path = f"/app/installations/{repo.installation.id}/access_tokens"
    answer = await anyone("POST", path, body, headers={"authorization": f"Bearer {anyone.jwt()}"})

    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("permissions", "method", "path", "needed"),
    [
        ({"contents": "read"}, "POST", "/check-runs", "checks=write"),
        ({"checks": "read"}, "POST", "/check-runs", "checks=write"),
        ({"contents": "read"}, "GET", "/pulls/1/files", "pull_requests=read"),
        ({"pull_requests": "read"}, "POST", "/pulls/1/reviews", "pull_requests=write"),
        ({"checks": "write"}, "GET", "/git/trees/main", "contents=read"),
        ({"contents": "read"}, "POST", "/issues/1/comments", "issues=write; pull_requests=write"),
    ],
)
async def test_a_missing_permission_is_named(
    anyone: Api, repo: Repository, pull: Pull, permissions: dict[str, str], method: str, path: str, needed: str
) -> None:
    weak = await anyone.sign_in(repo, permissions=permissions)
    answer = await weak(method, f"/repos/acme/shop{path}", {} if method == "POST" else None)

    assert answer.status_code == 403
    assert answer.json()["message"] == "Resource not accessible by integration"
    assert answer.headers["x-accepted-github-permissions"] == needed


async def test_public_repositories_can_be_read_but_not_written(anyone: Api, github: GitHub, repo: Repository) -> None:
    public = github.repository("world/open", private=False, installed=False)
    api = await anyone.sign_in(repo, permissions={"checks": "write"})
    read = await api("GET", "/repos/world/open/git/trees/main")
    run = {"name": "n", "head_sha": public.head()}
    write = await api("POST", "/repos/world/open/check-runs", run)

    assert (read.status_code, write.status_code) == (200, 403)


@pytest.mark.parametrize(
    ("login", "private", "permission", "role"),
    [
        ("acme", True, "admin", "admin"),
        ("octo-dev", True, "write", "write"),
        ("keeper", True, "write", "maintain"),
        ("sorter", True, "read", "triage"),
        ("stranger", True, "none", "none"),
        ("stranger", False, "read", "read"),
    ],
)
async def test_it_is_told_what_a_person_may_do(
    anyone: Api, github: GitHub, login: str, private: bool, permission: str, role: str
) -> None:
    repo = github.repository("acme/shop", private=private)
    repo.collaborator("keeper", "maintain")
    repo.collaborator("sorter", "triage")
    github.user("stranger")
    api = await anyone.sign_in(repo)
    told = (await api("GET", f"/repos/acme/shop/collaborators/{login}/permission")).json()
    nobody = await api("GET", "/repos/acme/shop/collaborators/nobody/permission")

    assert (told["permission"], told["role_name"], told["user"]["login"]) == (permission, role, login)
    assert nobody.status_code == 404
    assert github.violations == []


async def test_nobody_is_let_in_without_a_token(anyone: Api, repo: Repository) -> None:
    for header in ({}, {"authorization": "Bearer nonsense"}, {"authorization": "Basic x"}):
        answer = await anyone("GET", "/repos/acme/shop", headers=header)

        assert answer.status_code == 401


async def test_a_suspended_or_removed_installation_has_no_access(api: Api, repo: Repository) -> None:
    installation, jwt_ = repo.installation, {"authorization": f"Bearer {api.jwt()}"}
    path = f"/app/installations/{installation.id}/access_tokens"
    installation.suspend()
    suspended = [
        (await api("GET", "/repos/acme/shop")).status_code,
        (await api("POST", path, headers=jwt_)).status_code,
    ]
    installation.unsuspend()
    back = (await api("GET", "/repos/acme/shop")).status_code
    installation.delete()
    gone = [(await api("GET", "/repos/acme/shop")).status_code, (await api("POST", path, headers=jwt_)).status_code]
    unknown = (await api("GET", "/repos/acme/shop/installation", headers=jwt_)).status_code
    fetched = (await api("GET", f"/app/installations/{installation.id}", headers=jwt_)).status_code

    assert (suspended, back, gone, unknown, fetched) == ([403, 403], 200, [401, 404], 404, 404)


async def test_an_installation_may_be_on_chosen_repositories_only(anyone: Api, github: GitHub) -> None:
    github.install("picky", repositories=["yes"])
    yes, no = github.repository("picky/yes"), github.repository("picky/no")
    api = await anyone.sign_in(yes)
    with pytest.raises(LookupError):
        _ = no.installation

    assert [(await api("GET", f"/repos/picky/{name}")).status_code for name in ("yes", "no")] == [200, 404]
    assert anyone.github.violations == []
