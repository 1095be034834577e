"""The world: accounts, one App, its installations, and the repositories they may see."""

import base64
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from typing import Any, cast

import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from ghapp.demo.github.clock import Clock
from ghapp.demo.github.diff import MOST_CHANGED_LINES
from ghapp.demo.github.faults import Fault, Faults
from ghapp.demo.github.git import File
from ghapp.demo.github.graphql import graphql
from ghapp.demo.github.limits import Limits
from ghapp.demo.github.repository import Repository
from ghapp.demo.github.routes import HANDLERS, authenticate
from ghapp.demo.github.tokens import Tokens
from ghapp.demo.github.webhooks import Delivery, Webhooks
from ghapp.demo.github.wire import Call, Wire

Permissions = Mapping[str, str]
REVIEWER: Permissions = {
    "metadata": "read",
    "contents": "read",
    "checks": "write",
    "pull_requests": "write",
    "merge_queues": "read",
    "issues": "read",
    "statuses": "write",
}
FIXER: Permissions = {**REVIEWER, "contents": "write", "workflows": "write"}
EVENTS = ("pull_request", "merge_group", "issue_comment", "pull_request_review_comment", "installation_target")


@dataclass(eq=False)
class User:
    """A person, an organisation or a bot."""

    id: int
    node_id: str
    login: str
    type: str = "User"


@dataclass(eq=False)
class App:
    """The App's registration. `private_key` is PEM, as its owner downloads it."""

    id: int
    node_id: str
    slug: str
    private_key: str
    permissions: Permissions
    events: Collection[str]
    owner: User
    created_at: datetime

    @property
    def client_id(self) -> str:
        return f"Iv23li{self.id:014d}"

    @cached_property
    def public_key(self) -> rsa.RSAPublicKey:
        key = serialization.load_pem_private_key(self.private_key.encode(), password=None)
        return cast(rsa.RSAPrivateKey, key).public_key()


@dataclass(eq=False)
class Installation:
    """The App on one account. `repositories` is None when it was installed on all of them."""

    github: "GitHub"
    id: int
    node_id: str
    account: User
    permissions: Permissions
    created_at: datetime
    repositories: set[str] | None = None
    suspended_at: datetime | None = None
    tokens: list[str] = field(default_factory=list[str])

    def sees(self, repository: Repository) -> bool:
        mine = repository.owner is self.account
        return mine and (self.repositories is None or repository.name in self.repositories)

    def suspend(self) -> None:
        self.suspended_at = self.github.clock.now()
        self.github.announce("suspend", self)

    def unsuspend(self) -> None:
        self.suspended_at = None
        self.github.announce("unsuspend", self)

    def accept(self, permissions: Permissions) -> None:
        """The organisation's owner grants what the App newly asks for."""
        self.permissions = permissions
        self.github.announce("new_permissions_accepted", self)

    def delete(self) -> None:
        del self.github.installations[self.id]
        self.github.announce("deleted", self)


class GitHub:
    """See the package's docstring for what one can do with it."""

    def __init__(
        self,
        *,
        app_id: int = 1001,
        private_key: str | None = None,
        webhook_secret: str = "only-for-this-machine",  # noqa: S107 - a stand-in's, not a secret
        webhook_url: str | None = None,
        webhook_transport: httpx.AsyncBaseTransport | None = None,
        slug: str = "ghapp",
        permissions: Permissions = REVIEWER,
        events: Collection[str] = EVENTS,
        api_url: str = "https://api.github.com",
        web_url: str = "https://github.com",
    ) -> None:
        self.api_url, self.web_url = api_url, web_url
        self.lock = threading.RLock()
        self.clock = Clock()
        self.users: dict[str, User] = {}
        self.nodes: dict[str, object] = {}
        self.repositories: dict[str, Repository] = {}
        self.moved: dict[str, Repository] = {}
        self.installations: dict[int, Installation] = {}
        self.calls: list[Call] = []
        self.violations: list[str] = []
        self.manifest_codes: set[str] = set()
        self.latency = 0.0
        self.tree_limit = 100_000
        self.most_changed_lines = MOST_CHANGED_LINES
        self._last_id = 10_000
        owner = self.user("ghapp-makers", "Organization")
        key = private_key or _own_key()
        self.app = App(app_id, f"A_{app_id}", slug, key, permissions, events, owner, self.clock.now())
        self.bot: User = self.user(f"{slug}[bot]", "Bot")
        self.tokens, self.limits, self.faults = Tokens(self), Limits(self.clock), Faults()
        self.webhooks = Webhooks(self, webhook_url, webhook_secret, webhook_transport)
        self.asgi = Wire(self, {**HANDLERS, "graphql": graphql}, authenticate)

    @property
    def webhook_secret(self) -> str:
        return self.webhooks.secret

    @property
    def operations(self) -> list[str]:
        """What was called, in order; faults and refusals included."""
        return [call.operation for call in self.calls]

    @property
    def deliveries(self) -> list[Delivery]:
        return self.webhooks.sent

    def identify(self, prefix: str, thing: object | None = None) -> tuple[int, str]:
        """The next id, and the node id under which GraphQL finds the thing."""
        with self.lock:
            self._last_id += 1
        node = f"{prefix}_{base64.urlsafe_b64encode(self._last_id.to_bytes(9)).decode()}"
        if thing is not None:
            self.nodes[node] = thing
        return self._last_id, node

    def user(self, login: str, kind: str = "User") -> User:
        """The account of that name; made when it is new."""
        if login not in self.users:
            self.users[login] = User(*self.identify("U"), login, kind)
        return self.users[login]

    def install(
        self, account: str, *, repositories: Sequence[str] | None = None, permissions: Permissions | None = None
    ) -> Installation:
        """Installs the App on an account, on all of its repositories unless their names are given."""
        on = self.user(account, "Organization")
        chosen = None if repositories is None else set(repositories)
        installation = Installation(
            self, *self.identify("MDIz"), on, permissions or self.app.permissions, self.clock.now(), chosen
        )
        self.installations[installation.id] = installation
        self.announce("created", installation)
        return installation

    def installation_of(self, repository: Repository) -> Installation | None:
        return next((each for each in self.installations.values() if each.sees(repository)), None)

    def announce(self, action: str, installation: Installation) -> None:
        seen = [each for each in self.repositories.values() if installation.sees(each)]
        names = ("id", "node_id", "name", "full_name", "private")
        repositories = [{name: getattr(each, name) for name in names} for each in seen]
        self.webhooks.emit("installation", action, {"repositories": repositories}, installation=installation)

    def repository(
        self,
        full_name: str,
        files: Mapping[str, str | bytes | File] | None = None,
        *,
        private: bool = True,
        installed: bool = True,
        default_branch: str = "main",
    ) -> Repository:
        """The repository of that name; made, with the App installed on its owner, when it is new."""
        if full_name in self.repositories:
            return self.repositories[full_name]
        login, _, name = full_name.partition("/")
        repository = Repository(self, self.user(login, "Organization"), name, private, default_branch)
        self.repositories[full_name] = repository
        if installed and not any(each.account is repository.owner for each in self.installations.values()):
            self.install(login)
        repository.commit(files or {"README.md": f"# {name}\n"}, message="Initial commit")
        return repository

    def named(self, full_name: str) -> Repository | None:
        """The repository that has that name, or had it before it was renamed."""
        wanted = full_name.lower()
        found = next((each for name, each in self.repositories.items() if name.lower() == wanted), None)
        return found or self.moved.get(wanted)

    def emit(
        self,
        event: str,
        action: str | None,
        payload: dict[str, Any],
        *,
        installation: Installation | None = None,
        repository: Repository | None = None,
    ) -> Delivery | None:
        """Puts a webhook into the queue; None when the App would not receive it."""
        return self.webhooks.emit(event, action, payload, installation=installation, repository=repository)

    async def deliver(self, concurrency: int = 1) -> list[Delivery]:
        return await self.webhooks.deliver(concurrency)

    async def redeliver(self, guid: str) -> Delivery:
        return await self.webhooks.redeliver(guid)

    def drop(self) -> list[Delivery]:
        return self.webhooks.drop()

    def fail(self, operation: str, times: int = 1, **trouble: Any) -> Fault:
        """The next calls of an operation go wrong: see `Fault` for how."""
        return self.faults.add(Fault(operation, times, **trouble))

    def clear(self) -> None:
        """Forgets calls, violations and sent deliveries; the world stays."""
        self.calls.clear()
        self.violations.clear()
        self.webhooks.sent.clear()


@cache
def _own_key() -> str:
    """The key of every App that is not given one: making it takes longer than all the rest."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form, none = serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, none).decode()
