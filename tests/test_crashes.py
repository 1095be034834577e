"""Kills the server at any moment. Nothing is lost, nothing is posted twice."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from house import CI, FINDING, TERRAFORM, WORKFLOW

from ghapp.demo.github import FIXER, GitHub, Pull, serve
from ghapp.demo.github.webhooks import Delivery
from ghapp.inbox import Failure, Inbox

KILLS = 50
PULL_REQUESTS = 100
COMMANDS = 12
BUTTONS = 12
RE_RUNS = 8


@dataclass
class Server:
    """A real process that serves, dies and is started again, over one SQLite file."""

    zygote: Process
    client: httpx.AsyncClient
    log: Path
    pid: int = 0
    refused: list[Delivery] = field(default_factory=list[Delivery])

    async def start(self) -> None:
        assert self.zygote.stdin is not None
        self.zygote.stdin.write(b"start\n")
        self.pid = int(await self._line())

    async def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        await self._line()

    async def up(self) -> None:
        async with asyncio.timeout(30):
            while True:
                try:
                    (await self.client.get("/readyz")).raise_for_status()
                except httpx.HTTPError:
                    await asyncio.sleep(0.02)
                else:
                    return

    async def deliver(self, delivery: Delivery) -> None:
        """Sends it as GitHub would; one that is not acknowledged is kept to be sent again."""
        try:
            answer = await self.client.post("/webhook", content=delivery.body, headers=delivery.headers)
            assert answer.status_code == 202
        except httpx.HTTPError:
            self.refused.append(delivery)

    async def _line(self) -> bytes:
        assert self.zygote.stdout is not None
        return await asyncio.wait_for(self.zygote.stdout.readline(), 30)


@asynccontextmanager
async def server_for(github: GitHub, api: str, directory: Path) -> AsyncGenerator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    key = directory / "key.pem"
    key.write_text(github.app.private_key)
    env = {
        "GHAPP_CLIENT_ID": github.app.client_id,
        "GHAPP_PRIVATE_KEY_FILE": str(key),
        "GHAPP_WEBHOOK_SECRET": github.webhook_secret.replace(" ", ""),
        "GHAPP_DATABASE_URL": f"sqlite:///{directory / 'inbox.db'}",
        "GHAPP_GITHUB_URL": api,
        "GHAPP_PORT": str(port),
        "GHAPP_WRITES_A_MINUTE": "100000",  # all of them are of one installation
    }
    log = directory / "server.log"
    with log.open("wb") as stderr:
        script = str(Path(__file__).parent / "zygote.py")
        zygote = await asyncio.create_subprocess_exec(
            sys.executable, script, stdin=PIPE, stdout=PIPE, stderr=stderr, env=env
        )
        try:
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
                yield (server := Server(zygote, client, log))
        finally:
            await server.kill()
            zygote.kill()
            await zygote.communicate()


def pull_requests(github: GitHub, count: int = PULL_REQUESTS) -> list[Pull]:
    """So many, in ten repositories of five organisations."""
    pulls: list[Pull] = []
    for number in range(count):
        name = f"org-{number % 5}/shop-{number % 10}"
        repository = github.repository(name, files={CI: WORKFLOW, "main.tf": TERRAFORM})
        repository.branch(f"feature-{number}", at="main")
        repository.commit({CI: f"# {number}\n{FINDING}"}, branch=f"feature-{number}")
        pulls.append(repository.pull_request(head=f"feature-{number}", title="A change"))
    return pulls


async def burst(server: Server, deliveries: list[Delivery], chance: random.Random, kills: int = KILLS) -> None:
    """Delivers everything, in any order and all at random times, while the server is killed again and again."""
    todo = deliveries + deliveries
    chance.shuffle(todo)
    share = len(todo) // kills
    for _ in range(kills):
        await server.start()
        batch, todo = todo[:share] + server.refused, todo[share:]
        server.refused = []
        alive = chance.uniform(0, 1.5)
        if alive > 0.3:  # else it dies while it starts
            await server.up()
        sending = [asyncio.create_task(server.deliver(each)) for each in batch]
        await asyncio.sleep(alive)
        await server.kill()
        await asyncio.gather(*sending)
    await server.start()
    await server.up()
    for each in server.refused:
        await server.deliver(each)


async def all_answered(inbox: Inbox) -> list[Failure]:
    """Waits until nothing is left to do. Gives what was given up."""
    await asyncio.to_thread(inbox.open)
    async with asyncio.timeout(90):
        while await inbox.waiting():  # noqa: ASYNC110 - a row, not an event
            await asyncio.sleep(0.1)
    failed = await inbox.failed()
    await asyncio.to_thread(inbox.close)
    return failed


async def reviewed(server: Server, github: GitHub, inbox: Inbox) -> None:
    """Has all that is open reviewed in good weather; from then on, GitHub takes its time."""
    opened = [each for each in github.drop() if each.event == "pull_request"]
    await server.start()
    await server.up()
    for each in opened:
        await server.deliver(each)
    assert await all_answered(inbox) == []
    await server.kill()
    github.drop()
    github.latency = 0.1


async def test_a_server_killed_fifty_times_in_a_burst_loses_nothing_and_posts_nothing_twice(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(1 << 32)
    github = GitHub(webhook_url="http://127.0.0.1:1/webhook", webhook_secret="it-is-only-a-demonstration")
    github.latency = 0.02
    pulls = pull_requests(github)
    deliveries = [each for each in github.drop() if each.event == "pull_request"]
    inbox = Inbox(f"sqlite:///{tmp_path / 'inbox.db'}")
    with serve(github.asgi) as api:
        async with server_for(github, api, tmp_path) as server:
            await burst(server, deliveries, random.Random(seed))
            failed = await all_answered(inbox)
            log = [json.loads(line) for line in server.log.read_text().splitlines() if line.startswith("{")]

    interrupted = github.operations.count("git/get-tree") - PULL_REQUESTS
    print(f"seed: {seed}; {interrupted} reviews begun anew")
    assert len(deliveries) == PULL_REQUESTS
    assert interrupted > KILLS / 2, "the kills met the work"
    assert failed == []
    for pull in pulls:
        runs = pull.repository.check_runs(pull.head_sha)
        assert [(run.status, run.conclusion, len(run.annotations)) for run in runs] == [("completed", "failure", 1)]
        assert len(pull.comments) == 1
    assert not github.violations
    assert {line["delivery"] for line in log if line.get("conclusion") == "failure"} == {
        each.guid for each in deliveries
    }


async def test_a_server_killed_while_it_answers_commands_obeys_each_and_answers_it_once(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(1 << 32)
    github = GitHub(webhook_url="http://127.0.0.1:1/webhook", webhook_secret="it-is-only-a-demonstration")
    pulls = pull_requests(github, COMMANDS)
    inbox = Inbox(f"sqlite:///{tmp_path / 'inbox.db'}")
    with serve(github.asgi) as api:
        async with server_for(github, api, tmp_path) as server:
            await reviewed(server, github, inbox)
            for pull in pulls:
                pull.threads[0].reply("octo-dev", "/ghapp ignore it is a test")
            said = [each for each in github.drop() if each.event == "pull_request_review_comment"]
            await burst(server, said, random.Random(seed), kills=COMMANDS)
            failed = await all_answered(inbox)

    print(f"seed: {seed}; {github.operations.count('repos/get-collaborator-permission-level')} tries")
    assert len(said) == COMMANDS
    assert failed == []
    for pull in pulls:
        _, _, *answers = pull.threads[0].comments
        runs = pull.repository.check_runs(pull.head_sha)
        assert [each.body.partition(" ")[0] for each in answers] == ["**Ignored.**"]
        assert [(run.status, run.conclusion) for run in runs] == [("completed", "failure"), ("completed", "success")]
        assert len(pull.threads) == 1
    assert not github.violations


async def test_a_server_killed_while_checks_run_again_makes_one_new_run_of_each(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(1 << 32)
    github = GitHub(webhook_url="http://127.0.0.1:1/webhook", webhook_secret="it-is-only-a-demonstration")
    pulls = pull_requests(github, RE_RUNS)
    inbox = Inbox(f"sqlite:///{tmp_path / 'inbox.db'}")
    with serve(github.asgi) as api:
        async with server_for(github, api, tmp_path) as server:
            await reviewed(server, github, inbox)
            groups = [pull.repository.merge_group(pull) for pull in pulls]
            for number, pull in enumerate(pulls):
                if number % 2:
                    pull.repository.rerequest_suite(pull.head_sha)
                else:
                    pull.repository.rerequest(pull.repository.check_runs(pull.head_sha)[0])
            asked = [each for each in github.drop() if each.action in ("rerequested", "checks_requested")]
            await burst(server, asked, random.Random(seed), kills=RE_RUNS)
            failed = await all_answered(inbox)

    print(f"seed: {seed}; {github.operations.count('pulls/get')} re-runs begun")
    assert len(asked) == 2 * RE_RUNS
    assert failed == []
    for pull, group in zip(pulls, groups, strict=True):
        runs = pull.repository.check_runs(pull.head_sha)
        assert [(run.status, run.conclusion, len(run.annotations)) for run in runs] == [("completed", "failure", 1)] * 2
        assert [run.status for run in pull.repository.check_runs(group)] == ["completed"]
        assert len(pull.comments) == 1
    assert not github.violations


async def test_a_server_killed_while_it_pushes_fixes_makes_one_commit_for_each_button(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(1 << 32)
    github = GitHub(
        webhook_url="http://127.0.0.1:1/webhook", webhook_secret="it-is-only-a-demonstration", permissions=FIXER
    )
    pulls = pull_requests(github, BUTTONS)
    inbox = Inbox(f"sqlite:///{tmp_path / 'inbox.db'}")
    with serve(github.asgi) as api:
        async with server_for(github, api, tmp_path) as server:
            await reviewed(server, github, inbox)
            for pull in pulls:
                pull.repository.request_action(pull.repository.check_runs(pull.head_sha)[-1], "fix")
            pressed = [each for each in github.drop() if each.action == "requested_action"]
            await burst(server, pressed, random.Random(seed), kills=BUTTONS)
            failed = await all_answered(inbox)

    print(f"seed: {seed}; {github.operations.count('repos/get-collaborator-permission-level')} tries")
    assert len(pressed) == BUTTONS
    assert failed == []
    for pull in pulls:
        messages = [pull.objects.commits[sha].message for sha in pull.commits()]
        (run,) = pull.repository.check_runs(pull.commits()[0])
        assert [message.partition("\n")[0] for message in messages] == ["Change files", "Mend what ghapp found"]
        assert f"**The fixes are pushed:** [`{pull.head_sha[:7]}`]" in str(run.output["summary"])
    assert not github.violations
