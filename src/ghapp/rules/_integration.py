"""Integration tests: which jobs run them, what shows that they need a backend, and what may give it unseen."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline import Command, Evidence, Gap, Job, Pipeline, Platform
from ghapp.pipeline.model import RunnerKind
from ghapp.pipeline.roles import items_of, role_score
from ghapp.pipeline.roles.vocabulary import vocabulary
from ghapp.rules._started import Started

_REMOTE = re.compile(r"\$|<<|\{\{")
_ADDRESS = re.compile(r"(?:URL|URI|DSN|HOST|HOSTNAME|SERVER|ADDR|ADDRESS|ENDPOINT|POOL_ID|CONNECTION(?:_STRING)?)$")
_TARGET = re.compile(r"^(?:BASE|API|APP|TEST|TARGET|SERVICE|STAGING|E2E|DEPLOY\w*)_?(?:BASE_?)?(?:URL|HOST|ENDPOINT)$")
_OTHERS = ("docker", "podman")
"""Programs that set variables for others than the tests."""
MANIFESTS = (
    "package.json",
    "pyproject.toml",
    "requirements.txt",
    "requirements-dev.txt",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "go.mod",
    "Gemfile",
    "Cargo.toml",
    "composer.json",
    "mix.exs",
)
EMBEDDED = re.compile(
    r"testcontainers|pytest-(?:docker|postgresql|mysql|redis|mongo)|embedded|pglite|memory-server|fakeredis|ioredis-mock"
    r"|redis-mock|pg-mem|zonky|h2database|dockertest|docker-maven|moto\b|wiremock|sqlite",
    re.IGNORECASE,
)
"""What starts a backend, or stands in for one, from within the tests."""


def integration_jobs(pipeline: Pipeline) -> Iterator[Job]:
    """The jobs that surely run integration tests: a name says so and a command does it. Each job of a file once."""
    seen: set[int] = set()
    for job in pipeline.jobs:
        if id(job.key) not in seen and _named(job) and role_score(job, "e2e-test", enough=3) < 3 and _runs_tests(job):
            seen.add(id(job.key))
            yield job


def _named(job: Job) -> bool:
    names = vocabulary("integration-test")
    return any(names.names_it(name) for name in (job.id, job.key.text or "", job.name))


def _runs_tests(job: Job) -> bool:
    roles = vocabulary("integration-test"), vocabulary("test")
    return any(isinstance(item, Command) and any(role.runs_it(text) for role in roles) for item, text in items_of(job))


def remote(job: Job, family: re.Pattern[str]) -> bool:
    """Whether a variable of the family, or one that names a deployed target, says where something else runs."""
    scopes = [job.env, *(step.env for step in job.steps)]
    for scope in scopes:
        for name, node in scope.items():
            told = (family.search(name) and _ADDRESS.search(name)) or _TARGET.search(name)
            if told and _REMOTE.search(node.text or "$"):
                return True
    return False


def written(job: Job, family: re.Pattern[str]) -> bool:
    """Whether a command sets a variable of the family, or reads a file of variables."""
    return any(_sets(command, family) for command in job.commands)


def _sets(command: Command, family: re.Pattern[str]) -> bool:
    names = re.findall(r"(\w+)=", command.raw[:2_000]) if command.name not in _OTHERS else ()
    return ".env" in command.raw or any(map(family.search, names))


def embedded(pipeline: Pipeline, words: re.Pattern[str] = EMBEDDED) -> bool | None:
    """Whether a manifest of the repository brings a stand-in; None where one is not at hand, or there is no list."""
    tree, unread = pipeline.tree, pipeline.tree.paths is None
    for name in MANIFESTS:
        source = tree.source(name) if tree.paths is not None else None
        if source is not None and words.search(source.text):
            return True
        unread = unread or (source is None and tree.has(name))
    return None if unread else False


def header(pipeline: Pipeline, words: re.Pattern[str]) -> Evidence | None:
    """The comment at the head of the file that names one of the words."""
    root = pipeline.root
    for comment in pipeline.document.comments if pipeline.document is not None and root is not None else ():
        match = words.search(comment.text) if root is not None and comment.start < root.start else None
        if match is not None:
            return Evidence(
                pipeline.source.place(comment.start, comment.end), f"the head of this file names {match[0]}"
            )
    return None


def hinted(job: Job, words: re.Pattern[str]) -> bool:
    """Whether a name or a command of the job has one of the words: it may be what starts the backend."""
    for item in job.trail:
        text = item.reason if isinstance(item, Gap) else item.raw if isinstance(item, Command) else item.name
        if words.search(text):
            return True
    return any(words.search(step.name) for step in job.steps)


def how(pipeline: Pipeline, job: Job) -> str:
    """Where a container is added to the job, for messages."""
    if pipeline.platform is not Platform.CIRCLECI:
        return "to the job's `services`"
    return "to the images under `docker`" if job.runner.kind is RunnerKind.DOCKER else "with `docker run`"


def unseen(running: Started) -> str:
    """What the job does start and nobody can look into, for messages."""
    if running.compose is None:
        return ""
    return f", as far as can be seen: what `{' '.join(running.compose.raw.split())[:80]}` starts is not at hand"
