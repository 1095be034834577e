"""A GitHub for one's own machine: stateful, strict, and only as large as a GitHub App needs it.

It is the other end of the wire for the demo and for every test. Requests and answers are checked against GitHub's own
OpenAPI, GraphQL queries against GitHub's schema, and the rules that neither states are enforced by hand. Whatever is
not allowed is answered loudly and kept in `github.violations`.

Building a world (everything is synchronous; webhooks wait until they are delivered):

    github = GitHub(webhook_url="http://127.0.0.1:8000/webhook")    # makes its own App, private key and secret
    github.app.id, github.app.private_key (PEM), github.webhook_secret
    repo = github.repository("acme/shop", files={"a.txt": "1\\n"})   # creates it and installs on "acme"; branch "main"
    repo.installation.id                                            # private=False, installed=False are possible
    sha = repo.commit({"a.txt": "2\\n"}, branch="feature")           # makes the branch
    repo.commit({}, branch="feature", deletes=["a.txt"], renames={"b.txt": "c.txt"})
    repo.branch("next", at="main"); repo.force_push("feature", sha); repo.delete_branch("feature")
    repo.rename("store"); repo.archive(); repo.collect(sha)         # another name; read-only; a commit that is gone
    repo.protect("feature")
    fork = repo.fork("mallory"); fork.commit({"a.txt": "evil\\n"}, branch="patch-1"); fork.delete()
    repo.file("a.txt", at="feature") -> bytes; repo.head("main") -> sha
    repo.collaborator("someone", "write")                           # octo-dev is one from the start

    pull = repo.pull_request(head="feature", base="main", title=…, draft=False)    # head="mallory:patch-1" for forks
    pull.push({"a.txt": "3\\n"}) -> sha; pull.push({…}, force=True)
    pull.close(); pull.reopen(); pull.edit(title=…, base=…); pull.convert_to_draft(); pull.ready(); pull.merge()
    pull.number, pull.head_sha, pull.base_sha, pull.files() -> [Change]
    repo.merge_group(pull) -> head sha; github.emit("ping", None, {}, installation=None)
    github.install("org", repositories=["a"] | None, permissions={…}); installation.suspend(); installation.delete()

What the App left behind:

    repo.check_runs(sha=None) -> [CheckRun]: .name .status .conclusion .output .annotations .external_id .history
    repo.rerequest(run); repo.rerequest_suite(sha); repo.request_action(run, "fix")
    pull.reviews -> [Review]: .body .state .comments
    pull.comments -> [ReviewComment]: .path .line .start_line .side .body .user .thread .minimized
    pull.threads -> [Thread]: .is_resolved .is_outdated .comments; thread.reply("someone", "text"); thread.resolve()
    pull.issue_comments; pull.say("someone", "text")

Webhooks, signed and with realistic payloads:

    await github.deliver()                        # sends what waits, in order; concurrency=n sends several at once
    github.deliveries -> [Delivery]: .guid .event .action .payload .status_code .status .headers .body
    await github.redeliver(delivery.guid)         # same GUID, as a person would from GitHub's settings
    github.drop() -> [Delivery]                   # forget what waits, as if GitHub had lost it
    GitHub(webhook_url=…, webhook_transport=httpx.ASGITransport(app))      # to an app in the same process

Talking to it:

    httpx.ASGITransport(github.asgi)              # REST at / and /api/v3, GraphQL at /graphql and /api/graphql
    with serve(github.asgi) as url: …             # a thread with uvicorn on a free loopback port
    github.calls -> [Call]: .operation .method .path .status .installation .seconds .query .body; github.clear()
    github.operations -> ["apps/create-installation-access-token", "pulls/list-files", …]
    github.violations -> [str]                    # assert not github.violations
    github.clock.advance(seconds=3600)            # tokens expire, limits reset

Trouble on request:

    github.fail("checks/create", times=1, status=502)           # operation id, "graphql", or "*"; headers={…}, body=…
    github.fail("checks/create", timeout="before" | "after")    # before or after it took effect
    github.fail("pulls/list-files", truncated=True)             # half of the JSON
    github.latency = 0.05                                       # seconds, each call
    github.limits.remaining(0, reset_in=60); github.limits.secondary(times=1, status=403, retry_after=60 | None)
    github.limits.content = True                                # 80 content writes a minute, 500 an hour
    github.tree_limit = 5                                       # trees larger than this are truncated
"""

from ghapp.demo.github.checks import Annotation, CheckRun, CheckSuite
from ghapp.demo.github.conversation import IssueComment, Review, ReviewComment, Thread
from ghapp.demo.github.diff import Change
from ghapp.demo.github.git import File
from ghapp.demo.github.pull import Pull
from ghapp.demo.github.repository import Repository
from ghapp.demo.github.serve import serve
from ghapp.demo.github.state import FIXER, REVIEWER, App, GitHub, Installation
from ghapp.demo.github.webhooks import Delivery
from ghapp.demo.github.wire import Call

__all__ = [
    "FIXER",
    "REVIEWER",
    "Annotation",
    "App",
    "Call",
    "Change",
    "CheckRun",
    "CheckSuite",
    "Delivery",
    "File",
    "GitHub",
    "Installation",
    "IssueComment",
    "Pull",
    "Repository",
    "Review",
    "ReviewComment",
    "Thread",
    "serve",
]
