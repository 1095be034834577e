"""Why a job's integration tests need a database or a cache: what the policy, the job, its siblings, the repository say.

A reason alone proves nothing about the tests; each has its weight, and every finding names the one it rests on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from ghapp.pipeline import Evidence, Job, Pipeline
from ghapp.pipeline.backends import BACKENDS, CACHES, DATABASES, of_image
from ghapp.pipeline.roles import plays
from ghapp.pipeline.source import BrokenFile, Place, Source
from ghapp.pipeline.yaml import parse
from ghapp.rules._addresses import in_environment, scopes
from ghapp.rules._integration import MANIFESTS, header, hinted
from ghapp.rules._services import known_services
from ghapp.rules._started import Started

ENOUGH = 2
"""How many sibling jobs must start a backend until the one that does not stands out."""

FAMILY = re.compile(r"DATABASE|(?:^|_)DB_|^PG|(?:^|_)PG_|POSTGRES|MYSQL|MONGO|REDIS|CACHE|MEMCACHE")
_SETS_UP = re.compile(
    r"(?i:(?:start|launch|spin|boot|set-?up|\bup)\W.{0,30}(?:postgres|database|\bdb\b|redis|mysql|mongo|cache)"
    r"|embedded-?postgres|memory-server|pg-mem|pglite)"
)
"""Names of what may start a backend by means that we do not know."""
DATABASE = re.compile(r"(?i:postgres|database|\bdb\b|[-_./]db|db[-_./]|rds|aurora|mysql|mongo|sql|\bpg)")
CACHE = re.compile(r"(?i:redis|cache|valkey|memcached?)")
_MANAGED = {
    "database": re.compile(r"\b(?:Amazon )?(?:RDS(?: Aurora)?|Aurora|DocumentDB|PostgreSQL|MySQL)\b"),
    "cache": re.compile(r"\b(?:ElastiCache|MemoryDB|Redis|Memcached)\b"),
}
_CLIENTS = {
    "postgres": re.compile(r"\"pg\"|psycopg|asyncpg|jackc/pgx|lib/pq|org\.postgresql|gem ['\"]pg['\"]|tokio-postgres"),
    "mysql": re.compile(r"\"mysql2?\"|pymysql|mysqlclient|go-sql-driver/mysql|mysql-connector", re.IGNORECASE),
    "mongodb": re.compile(r"mongoose|\"mongodb\"|pymongo|mongo-driver|mongodb-driver"),
    "redis": re.compile(r"ioredis|\"redis\"|go-redis|\bjedis\b|lettuce|gem ['\"]redis['\"]|^redis\b", re.MULTILINE),
}
_COMPOSE = re.compile(r"(?:docker-)?compose(?:\.[\w-]+)?\.ya?ml")
_COMPOSE_GLOBS = ("compose*.y*", "docker-compose*.y*")
_INVENTED = re.compile(r"dummy|fake|placeholder|unused|not-?used|example\.|invalid", re.IGNORECASE)
_ALONE = re.compile(r"PG(?:PASSWORD|USER|DATABASE)")


class Weight(IntEnum):
    """What a reason rests on, the weakest first."""

    HEADER = 1  # a comment at the head of the file names it
    LIKELY = 2  # siblings that start it, a client among the dependencies
    ENVIRONMENT = 3  # variables of the job point to it
    POLICY = 4  # the repository demands it


@dataclass(frozen=True, slots=True)
class Need:
    """`backend`: a key of BACKENDS, or `database` or `cache` for one of any kind. `why`: for the message."""

    backend: str
    weight: Weight
    why: str
    evidence: tuple[Evidence, ...]

    @property
    def title(self) -> str:
        return BACKENDS[self.backend].title if self.backend in BACKENDS else f"a {self.backend}"

    @property
    def words(self) -> re.Pattern[str]:
        return CACHE if self.backend in ("cache", *CACHES) else DATABASE

    def met_by(self, running: frozenset[str]) -> bool:
        kinds = {"database": DATABASES, "cache": CACHES}.get(self.backend, (self.backend,))
        return not running.isdisjoint(kinds)


def needs(pipeline: Pipeline, job: Job) -> list[Need]:
    """What the job's integration tests need; of reasons for the same only the strongest."""
    found: dict[str, Need] = {}
    for need in _reasons(pipeline, job):
        kind = "cache" if need.words is CACHE else "database"
        if need.backend not in found and not (
            need.backend == kind and any(each.words is need.words for each in found.values())
        ):
            found[need.backend] = need
    return list(found.values())


def is_missing(need: Need, job: Job, running: Started) -> bool:
    """Whether nothing gives it, also nothing that cannot be seen; what is only likely to be needed gives way sooner."""
    if need.met_by(running.backends):
        return False
    if need.weight is Weight.POLICY:
        return not hinted(job, _SETS_UP) and (running.compose is None or not hinted(job, need.words))
    if need.weight is Weight.ENVIRONMENT:
        return running.compose is None and not hinted(job, _SETS_UP)
    if need.weight is Weight.HEADER:
        return not running.images and not hinted(job, need.words)
    return not running.images and running.compose is None and not job.contexts


def _reasons(pipeline: Pipeline, job: Job) -> Iterator[Need]:
    evidence = pipeline.policy.evidence("integration.needs", "the policy wants it for integration tests")
    for backend in pipeline.policy.integration_needs:
        if backend in BACKENDS:
            yield Need(backend, Weight.POLICY, "the policy wants it", evidence)
    yield from _told(job)
    yield from _siblings(pipeline, job)
    yield from _repository(pipeline)
    for backend, words in _MANAGED.items():
        said = header(pipeline, words)
        if said is not None:
            yield Need(backend, Weight.HEADER, said.text, (said,))


def _told(job: Job) -> Iterator[Need]:
    """Variables that point to a backend on the job's own machine, or to a service of a name."""
    for address in in_environment(job):
        backend = address.backend or "database"
        near = (address.local or "." not in address.host) and not _INVENTED.search(address.text.value)
        if near and backend in ("database", *DATABASES, *CACHES):
            why = f"{address.who} points to {address.shown}"
            yield Need(backend, Weight.ENVIRONMENT, why, (Evidence(address.place, why),))
    for scope in scopes(job):
        for name, node in scope.items():
            if _ALONE.fullmatch(name) and node.text and "$" not in node.text:
                why = f"`{name}` is for a PostgreSQL at localhost"
                yield Need("postgres", Weight.ENVIRONMENT, why, (Evidence(node.place, why),))


def _siblings(pipeline: Pipeline, job: Job) -> Iterator[Need]:
    """Other test jobs of the file that start one."""
    starting: dict[str, dict[Place, Job]] = {}
    for other in pipeline.jobs:
        if other.key is not job.key and other.services and (plays(other, "test") or plays(other, "integration-test")):
            for known in known_services(other):
                starting.setdefault(known.backend, {})[other.key.place] = other
    for backend, others in starting.items():
        if len(others) >= ENOUGH and backend in (*DATABASES, *CACHES):
            named = " and ".join(f"`{other.id}`" for other in list(others.values())[:ENOUGH])
            evidence = tuple(Evidence(place, "this one starts it") for place in others)
            yield Need(backend, Weight.LIKELY, f"{named} start it", evidence)


def _repository(pipeline: Pipeline) -> Iterator[Need]:
    """Clients among the dependencies, where a compose file shows that people run the backend beside the program."""
    tree = pipeline.tree
    paths = sorted(path for glob in _COMPOSE_GLOBS for path in tree.matching(glob) if _COMPOSE.fullmatch(path))[:3]
    files = [source for source in map(tree.source, paths) if source is not None]
    manifests = [source for source in map(tree.source, MANIFESTS) if source is not None] if files else []
    for backend, (file, image) in _images(files).items():
        client = next((each for each in manifests if backend in _CLIENTS and _CLIENTS[backend].search(each.text)), None)
        if client is not None:
            why = f"`{client.path}` has a client for it, and `{file.path}` starts one"
            yield Need(backend, Weight.LIKELY, why, (Evidence(image, "started here by compose"),))


def _images(files: list[Source]) -> dict[str, tuple[Source, Place]]:
    """The backends among the services of compose files."""
    found: dict[str, tuple[Source, Place]] = {}
    for file in files:
        try:
            root = parse(file).root
        except BrokenFile:
            continue
        services = root.get("services") if root is not None else None
        for _, node in services.entries() if services is not None else ():
            image = node.get("image")
            backend = of_image(image.text or "") if image is not None else None
            if image is not None and backend is not None:
                found.setdefault(backend, (file, image.place))
    return found
