"""Service containers of a job on GitHub Actions, the secondary images of one on CircleCI: how steps can reach them.

Facts, read 2026-11: docs.github.com/actions/tutorials/use-containerized-services (steps on the runner reach a service
at localhost under the ports that it publishes, steps in a container by its name);
circleci.com/docs/guides/execution-managed/using-docker (all at localhost, under a name of its own only with `name`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ghapp.pipeline import Command, Confidence, Gap, Job, Pipeline, Platform, StepKind
from ghapp.pipeline.backends import BACKENDS, DATABASES, last_name, of_image
from ghapp.pipeline.model import Service
from ghapp.pipeline.source import Place
from ghapp.rules._addresses import Address
from ghapp.rules._started import quiet

_PORT = re.compile(r"(?:(?:[\d.]+:)?(?P<host>\d{1,5}):)?(?P<inner>\d{1,5})(?:/tcp)?")
_NETWORK = re.compile(r"(?:^|\s)(?:-p|--publish|-P|--publish-all|--net|--network)(?:[\s=\d]|$)|\$\{\{")
_OWN_SERVERS = frozenset(
    """brew initdb k3d kind kubectl mariadbd memcached minikube mongod mysqld mysqld_safe pg_ctl pg_ctlcluster postgres
    redis-server service socat ssh systemctl valkey-server docker docker-compose podman""".split()  # noqa: SIM905
)
_PROXY = re.compile(r"proxy|tunnel|port-?forward|bouncer|socat|/etc/hosts|ssh", re.IGNORECASE)
_HANDLES = frozenset({"build", "login", "pull", "push", "version", "info", "tag", "images", "buildx", "ps", "logs"})


@dataclass(frozen=True, slots=True)
class Ports:
    """Under which ports of the runner a service is reached: `hosts` by its own port, 0 for one that is drawn by lot.

    `sure`: False where the file does not say.
    """

    hosts: dict[int, int]
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Known:
    """A service that runs a backend we know."""

    service: Service
    backend: str

    @property
    def port(self) -> int:
        return BACKENDS[self.backend].port

    @property
    def title(self) -> str:
        return BACKENDS[self.backend].title

    @property
    def place(self) -> Place:
        """Where its name stands; where it has none, the whole entry."""
        node = self.service.node
        return (node.key or node).place

    def meant_by(self, address: Address) -> bool:
        """Whether the address is of this kind of backend."""
        return address.backend == self.backend or (address.backend is None and self.backend in DATABASES)


def ports_of(service: Service) -> Ports:
    """What a service of GitHub Actions publishes."""
    options = service.node.get("options", ignore_case=True)
    ports = service.node.get("ports", ignore_case=True)
    if options is not None and _NETWORK.search(options.text or "--network host"):
        return Ports({}, sure=False)
    matches = [_PORT.fullmatch(item.text or "") for item in (ports.elements() if ports is not None else ())]
    hosts = {int(match["inner"]): int(match["host"] or 0) for match in matches if match is not None}
    listed = ports is None or ports.kind == "seq" or ports.text == ""
    return Ports(hosts, sure=listed and None not in matches)


def known_services(job: Job) -> Iterator[Known]:
    """The services whose images we know."""
    for service in job.services:
        backend = of_image(service.image or "")
        if backend is not None:
            yield Known(service, backend)


def certainty(job: Job) -> Confidence:
    """Something that cannot be read may start what listens where the service does not."""
    return Confidence.MEDIUM if any(isinstance(item, Gap) for item in job.trail) else Confidence.HIGH


def names(known: Known) -> frozenset[str]:
    """The host names by which people mean the service: the one it has, and those they expect it to have."""
    generic = (
        {"db", "database"} if known.backend in DATABASES else {"cache"} if known.backend == "redis" else set[str]()
    )
    return frozenset({known.backend, known.service.name, last_name(known.service.image or ""), *generic})


def in_container(job: Job) -> bool:
    """Whether the steps of a job on GitHub Actions run in a container."""
    return job.node.get("container", ignore_case=True) is not None


def on_actions(pipeline: Pipeline) -> bool:
    return pipeline.platform is Platform.ACTIONS


def containers_may_look(job: Job) -> bool:
    """Whether an action that we do not know, perhaps a container among the services, is told what the steps are."""
    return any(step.kind is StepKind.USES and not quiet(step) for step in job.steps)


def has_servers_of_its_own(job: Job) -> bool:
    """Whether the job starts servers, containers or ways to them besides its services, or edits /etc/hosts."""
    for command in job.commands:
        if command.name in _OWN_SERVERS and not _handles(command):
            return True
        if _PROXY.search(command.raw[:500]):
            return True
    return False


def _handles(command: Command) -> bool:
    """`docker build` and the like, which start nothing that listens."""
    verb = command.operands[0].raw if command.operands else ""
    return command.name in ("docker", "podman") and verb in _HANDLES
