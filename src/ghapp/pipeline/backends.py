"""Databases, caches and their like: how images, URLs and variables name them, and on which port they listen.

Ports and images from the documentation of each program and of its image on Docker Hub; `cimg/*` and the older
`circleci/*` from circleci.com/developer/images; read 2026-11.
"""

from __future__ import annotations

import re
from typing import NamedTuple

LOCAL = frozenset({"localhost", "127.0.0.1", "0.0.0.0", "[::1]", "::1"})  # noqa: S104 - names, nothing is bound


class Backend(NamedTuple):
    """`title`: its name for people. `port`: where it listens. `images`, `schemes`, `variables`: how it is named."""

    title: str
    port: int
    images: re.Pattern[str]
    schemes: frozenset[str]
    variables: re.Pattern[str]


def _backend(title: str, port: int, images: str, schemes: str, variables: str) -> Backend:
    aside = r"(?!.*(?:exporter|admin|backup|commander|express|insight|client|operator))"
    names = re.compile(rf"{aside}(?:{images})(?:-[\w.]+)*", re.IGNORECASE)
    return Backend(title, port, names, frozenset(schemes.split()), re.compile(rf"(?:^|_)(?:{variables})"))


BACKENDS = {
    "postgres": _backend(
        "PostgreSQL",
        5432,
        "postgres(?:ql)?|postgis|pgvector|timescaledb",
        "postgres postgresql postgis psql",
        "PG(?!P)|POSTGRES",
    ),
    "mysql": _backend("MySQL", 3306, "mysql|mariadb|percona", "mysql mysql2 mariadb", "MYSQL|MARIADB"),
    "mongodb": _backend("MongoDB", 27017, "mongo(?:db)?", "mongodb", "MONGO"),
    "redis": _backend("Redis", 6379, "redis|valkey|keydb", "redis", "REDIS|VALKEY"),
    "memcached": _backend("Memcached", 11211, "memcached?", "memcached memcache", "MEMCACHED?"),
    "rabbitmq": _backend("RabbitMQ", 5672, "rabbitmq", "amqp", "RABBITMQ|AMQP"),
    "elasticsearch": _backend("Elasticsearch", 9200, "elasticsearch|opensearch", "", "ELASTIC(?:SEARCH)?|OPENSEARCH"),
    "dynamodb": _backend("DynamoDB", 8000, "dynamodb-local", "", "DYNAMO(?:DB)?"),
    "localstack": _backend("LocalStack", 4566, "localstack", "", "LOCALSTACK"),
}
_SHARED = {8000: "dynamo"}
"""The port on which many a web server listens as well, and the word without which it means one."""
DATABASES = ("postgres", "mysql", "mongodb")
CACHES = ("redis", "memcached")
_BY_SCHEME = {scheme: name for name, backend in BACKENDS.items() for scheme in backend.schemes}
_BY_PORT = {backend.port: name for name, backend in BACKENDS.items()}


def last_name(image: str) -> str:
    """An image's own name: `postgres` for `docker.io/library/postgres:17@sha256:…`."""
    return image.partition("@")[0].rpartition("/")[2].partition(":")[0]


def of_image(image: str) -> str | None:
    """The backend that an image runs: `postgres` for `cimg/postgres:17.0`; None for any other image."""
    name = last_name(image)
    return next((key for key, backend in BACKENDS.items() if backend.images.fullmatch(name)), None)


def of_scheme(scheme: str) -> str | None:
    """The backend of a URL's scheme: `postgres` for `postgresql+asyncpg`."""
    return _BY_SCHEME.get(scheme.partition("+")[0].lower())


def of_port(port: int, said: str) -> str | None:
    """The backend that listens there unless it is told otherwise. `said`: what is said around it, in lower case."""
    return _BY_PORT.get(port) if _SHARED.get(port, "") in said else None


def of_variable(name: str) -> str | None:
    """The backend that a variable speaks of: `redis` for REDIS_HOST; None for DATABASE_URL, which may be any."""
    return next((key for key, backend in BACKENDS.items() if backend.variables.search(name)), None)
