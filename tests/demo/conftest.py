"""A world with one repository and one pull request, and a client that speaks for the App."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import jwt
import pytest

from ghapp.demo.github import FIXER, GitHub, Pull, Repository

NUMBERS = "".join(f"{n}\n" for n in range(1, 31))


@pytest.fixture
def github() -> GitHub:
    return GitHub(permissions=FIXER)


@pytest.fixture
def repo(github: GitHub) -> Repository:
    return github.repository("acme/shop", {"a.txt": NUMBERS, "lib/run.sh": "echo one\n", "logo.png": b"\0\1"})


@pytest.fixture
def pull(repo: Repository) -> Pull:
    repo.commit({"a.txt": NUMBERS.replace("5\n", "five\n", 1), "new.txt": "new\n"}, branch="feature")
    return repo.pull_request(head="feature")


@dataclass
class Api:
    """What an App would do with httpx: `await api("GET", "/repos/acme/shop")`."""

    github: GitHub
    http: httpx.AsyncClient
    token: str = ""

    def jwt(self, **claims: Any) -> str:
        now = int(time.time())
        body = {"iat": now - 60, "exp": now + 540, "iss": str(self.github.app.id), **claims}
        return jwt.encode(body, self.github.app.private_key, algorithm="RS256")

    async def __call__(self, method: str, path: str, body: Any = None, **options: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= options.pop("headers", {})
        return await self.http.request(method, path, json=body, headers=headers, **options)

    async def sign_in(self, repository: Repository, **body: Any) -> "Api":
        path = f"/app/installations/{repository.installation.id}/access_tokens"
        answer = await self.http.post(path, json=body, headers={"authorization": f"Bearer {self.jwt()}"})
        assert answer.status_code == 201, answer.text
        return Api(self.github, self.http, answer.json()["token"])

    async def graphql(self, query: str, **variables: Any) -> dict[str, Any]:
        answer = await self("POST", "/graphql", {"query": query, "variables": variables})
        return answer.json()


@pytest.fixture
async def anyone(github: GitHub) -> AsyncIterator[Api]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(github.asgi), base_url="https://api.github.com") as http:
        yield Api(github, http)


@pytest.fixture
async def api(anyone: Api, repo: Repository) -> Api:
    return await anyone.sign_in(repo)
