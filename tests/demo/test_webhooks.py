"""Webhooks: what is sent when, how it is signed, and what is kept of it."""

import hashlib
import hmac
import json
import uuid
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ghapp.demo.github import GitHub, Pull, Repository

from .conftest import Api

EXAMPLES = Path(__file__).parents[1] / "web" / "payloads"


class Receiver:
    """An app that takes webhooks and answers what it is told to."""

    def __init__(self, answer: Callable[[Request], Awaitable[Response]] | None = None) -> None:
        self.seen: list[tuple[httpx.Headers, bytes]] = []
        self.answer = answer
        self.transport = httpx.ASGITransport(Starlette(routes=[Route("/webhook", self.take, methods=["POST"])]))

    async def take(self, request: Request) -> Response:
        self.seen.append((httpx.Headers(request.headers.raw), await request.body()))
        return await self.answer(request) if self.answer else Response("taken", 202)

    def listen(self, github: GitHub) -> None:
        github.webhooks.url, github.webhooks.transport = "http://app/webhook", self.transport


def events(github: GitHub) -> list[str]:
    return [f"{each.event}.{each.action}" if each.action else each.event for each in github.drop()]


async def test_a_delivery_is_signed_and_named_as_githubs_are(github: GitHub, pull: Pull) -> None:
    receiver = Receiver()
    receiver.listen(github)
    sent = await github.deliver()
    headers, body = receiver.seen[-1]
    digest = hmac.new(github.webhook_secret.encode(), body, hashlib.sha256).hexdigest()

    assert headers["x-hub-signature-256"] == f"sha256={digest}"
    assert headers["x-hub-signature"].startswith("sha1=")
    assert str(uuid.UUID(headers["x-github-delivery"])) == sent[-1].guid
    assert (headers["x-github-event"], sent[-1].action) == ("pull_request", "opened")
    assert headers["user-agent"].startswith("GitHub-Hookshot/")
    assert (sent[-1].status, sent[-1].status_code, sent[-1].answer) == ("OK", 202, "taken")


async def test_a_pull_request_event_carries_what_githubs_own_carry(
    github: GitHub, repo: Repository, pull: Pull
) -> None:
    payload = github.drop()[-1].payload

    assert payload["number"] == payload["pull_request"]["number"] == 1
    assert payload["installation"] == {"id": repo.installation.id, "node_id": repo.installation.node_id}
    assert payload["repository"]["full_name"] == "acme/shop"
    assert payload["organization"]["login"] == "acme"
    assert payload["sender"]["login"] == "octo-dev"
    assert payload["pull_request"]["head"]["sha"] == pull.head_sha
    assert payload["pull_request"]["changed_files"] == 2
    assert json.dumps(payload)


def test_everything_that_happens_to_a_pull_request_is_told(github: GitHub, repo: Repository, pull: Pull) -> None:
    repo.branch("next")
    github.drop()
    before = pull.head_sha
    after = pull.push({"a.txt": "x\n"})
    synchronize = github.webhooks.waiting[-1].payload
    pull.edit(title="New")
    pull.edit(body="Text", base="next")
    edited = github.webhooks.waiting[-1].payload
    pull.convert_to_draft()
    pull.ready()
    pull.close()
    pull.reopen()
    pull.merge()
    seen = [name for name in events(github) if name.startswith("pull_request")]

    assert (synchronize["before"], synchronize["after"]) == (before, after)
    assert edited["changes"]["base"]["ref"]["from"] == "main"
    assert seen == [
        f"pull_request.{action}"
        for action in (
            "synchronize",
            "edited",
            "edited",
            "converted_to_draft",
            "ready_for_review",
            "closed",
            "reopened",
            "closed",
        )
    ]
    assert pull.merged
    assert repo.file("a.txt", at="next") == b"x\n"


def test_a_forced_push_replaces_what_was_there(github: GitHub, repo: Repository, pull: Pull) -> None:
    old = pull.head_sha
    pull.push({"other.txt": "x\n"}, force=True)

    assert [change.path for change in pull.files()] == ["other.txt"]
    assert old not in repo.objects.ancestors(pull.head_sha)
    repo.force_push("feature", old)
    assert pull.head_sha == old
    repo.delete_branch("feature")
    assert "feature" not in repo.branches


def test_a_push_to_a_fork_is_told_to_the_base_and_starts_no_suite(github: GitHub, repo: Repository) -> None:
    fork = repo.fork("mallory")
    fork.commit({"a.txt": "evil\n"}, branch="patch-1")
    pull = repo.pull_request(head="mallory:patch-1")
    github.drop()
    pull.push({"a.txt": "worse\n"})

    assert events(github) == ["pull_request.synchronize"]


def test_the_merge_queue_asks_for_checks_of_its_own_commit(github: GitHub, repo: Repository, pull: Pull) -> None:
    github.drop()
    sha = repo.merge_group(pull)
    group = github.webhooks.waiting[-1].payload["merge_group"]

    assert group["head_sha"] == sha
    assert group["base_sha"] == repo.head()
    assert "merge_group.checks_requested" in events(github)
    assert set(repo.objects.commits[sha].parents) == {repo.head(), pull.head_sha}


async def test_check_runs_tell_their_app_what_becomes_of_them(api: Api, repo: Repository, pull: Pull) -> None:
    api.github.drop()
    body = {"name": "ghapp", "head_sha": pull.head_sha, "conclusion": "success"}
    await api("POST", "/repos/acme/shop/check-runs", body)
    (run,) = repo.check_runs()
    repo.rerequest(run)
    repo.request_action(run, "fix")
    asked = api.github.webhooks.waiting[-1].payload

    assert asked["requested_action"] == {"identifier": "fix"}
    assert events(api.github) == [
        "check_run.created",
        "check_run.completed",
        "check_run.rerequested",
        "check_run.requested_action",
    ]


async def test_reviews_and_threads_are_told_to_those_who_subscribed() -> None:
    wanted = (
        "pull_request_review",
        "pull_request_review_comment",
        "pull_request_review_thread",
        "issue_comment",
        "push",
    )
    github = GitHub(events=wanted)
    repo = github.repository("acme/shop", {"a.txt": "a\n"})
    repo.commit({"a.txt": "b\n"}, branch="feature")
    pull = repo.pull_request(head="feature")
    github.drop()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(github.asgi), base_url="http://x") as http:
        api = await Api(github, http).sign_in(repo)
        comment = {"path": "a.txt", "line": 1, "side": "RIGHT", "body": "b"}
        await api("POST", "/repos/acme/shop/pulls/1/reviews", {"event": "COMMENT", "comments": [comment]})
    pull.threads[0].reply("octo-dev", "no")
    pull.threads[0].resolve()
    pull.threads[0].unresolve()
    pull.say("octo-dev", "hi")
    repo.commit({"b.txt": "b\n"})

    assert [name for name in events(github) if "check" not in name] == [
        "pull_request_review.submitted",
        "pull_request_review_comment.created",
        "pull_request_review_comment.created",
        "pull_request_review_thread.resolved",
        "pull_request_review_thread.unresolved",
        "issue_comment.created",
        "push",
    ]


def test_installations_announce_themselves_and_their_changes(github: GitHub) -> None:
    installation = github.install("acme")
    installation.suspend()
    github.repository("acme/shop")
    installation.unsuspend()
    installation.accept({"contents": "read"})
    installation.delete()

    assert events(github) == [
        f"installation.{action}"
        for action in ("created", "suspend", "unsuspend", "new_permissions_accepted", "deleted")
    ]


def test_what_is_too_large_or_not_subscribed_is_not_sent(github: GitHub, repo: Repository) -> None:
    github.drop()
    github.emit("star", "created", {}, repository=repo)
    github.emit("ping", None, {"zen": "x" * 26 * 1024 * 1024}, repository=repo)

    assert events(github) == []
    assert github.emit("ping", None, {"zen": "Keep it simple"})


async def test_failed_deliveries_are_kept_and_sent_again_only_by_hand(anyone: Api, github: GitHub, pull: Pull) -> None:
    async def fail(_: Request) -> Response:
        return Response("no", 503)

    async def hang(request: Request) -> Response:
        raise httpx.ReadTimeout("too slow")

    async def refuse(request: Request) -> Response:
        raise httpx.ConnectError("nobody there")

    receiver = Receiver(fail)
    receiver.listen(github)
    github.webhooks.waiting[:] = github.webhooks.waiting[-3:]
    first, second, third = github.webhooks.waiting
    receiver.answer = fail
    await github.deliver(concurrency=3)
    receiver.answer = hang
    slow = await github.redeliver(second.guid)
    receiver.answer = refuse
    lost = await github.redeliver(third.guid)
    app = Api(github, anyone.http, anyone.jwt())
    receiver.answer = None
    asked = await app("POST", f"/app/hook/deliveries/{first.id}/attempts")
    await github.deliver()
    listed = (await app("GET", "/app/hook/deliveries")).json()
    failed = (await app("GET", "/app/hook/deliveries?status=failure")).json()
    good = (await app("GET", "/app/hook/deliveries?status=success")).json()
    one = (await app("GET", f"/app/hook/deliveries/{listed[0]['id']}")).json()

    assert (first.status_code, slow.status, lost.status) == (503, "timed out", "failed to connect to host")
    assert asked.status_code == 202
    assert [each["status_code"] for each in listed] == [202, 0, 0, 503, 503, 503]
    assert (len(failed), len(good)) == (3, 1)  # those without an answer are in neither list, as on GitHub
    assert (one["guid"], one["redelivery"], one["response"]["payload"]) == (first.guid, True, "taken")
    assert one["request"]["payload"]["action"] == first.action
    assert github.violations == []


async def test_the_delivery_log_is_paged_by_cursor(anyone: Api, github: GitHub, pull: Pull) -> None:
    Receiver().listen(github)
    await github.deliver()
    app = Api(github, anyone.http, anyone.jwt())
    first = await app("GET", "/app/hook/deliveries?per_page=2")
    path = first.links["next"]["url"].removeprefix("https://api.github.com")
    second = await app("GET", path)
    wrong = await app("GET", "/app/hook/deliveries?cursor=odd")
    unknown = await app("GET", "/app/hook/deliveries/7")

    ids = [each["id"] for each in first.json() + second.json()]
    assert len(ids) == 4
    assert ids == sorted(ids, reverse=True)
    assert (wrong.status_code, unknown.status_code) == (400, 404)


async def test_webhooks_need_an_address(github: GitHub, pull: Pull) -> None:
    with pytest.raises(ValueError, match="webhook_url"):
        await github.deliver()

    assert github.webhooks.waiting


@pytest.mark.parametrize(
    "example",
    [
        "pull_request.opened.3",
        "pull_request.synchronize.0",
        "pull_request.edited.derived0",
        "check_run.rerequested.1",
        "check_run.completed.0",
        "check_suite.requested.0",
        "merge_group.checks_requested.0",
        "installation.created.0",
    ],
)
async def test_payloads_have_every_key_of_githubs_own_examples(
    api: Api, repo: Repository, pull: Pull, example: str
) -> None:
    pull.push({"a.txt": "x\n"})
    pull.edit(base="main")
    repo.merge_group(pull)
    body = {"name": "ghapp", "head_sha": pull.head_sha, "conclusion": "success"}
    await api("POST", "/repos/acme/shop/check-runs", body)
    repo.rerequest(repo.check_runs()[0])
    sent = {f"{each.event}.{each.action}": each.payload for each in api.github.webhooks.waiting}
    theirs = json.loads((EXAMPLES / f"{example}.json").read_text())

    assert list(missing(theirs, sent[example.rpartition(".")[0]])) == []


def missing(theirs: dict[str, Any], ours: dict[str, Any], at: str = "") -> Iterator[str]:
    for key, value in theirs.items():
        if key not in ours:
            yield f"{at}{key}"
        elif isinstance(value, dict) and isinstance(ours[key], dict) and key != "permissions":  # each App has its own
            yield from missing(value, ours[key], f"{at}{key}.")
