"""What a job has running beside its steps: service containers, what its commands start, what cannot be seen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ghapp.pipeline import Command, Gap, Job, Pipeline, Step
from ghapp.pipeline.backends import last_name, of_image
from ghapp.pipeline.compose import containers, starts
from ghapp.pipeline.model import RunnerKind
from ghapp.pipeline.roles import action_of

_STARTERS = frozenset(
    """brew bazel cdk cloud-sql-proxy cloud_sql_proxy dagger dbmate devbox devcontainer earthly envoy firebase fly
    flyctl haproxy helm helmfile initdb k3d kind kubectl localstack memcached minikube mongod moto_server multipass
    mysqld mysqld_safe nerdctl nix nix-shell nohup odyssey pg_ctl pg_ctlcluster pgbouncer postgres proxysql pulumi
    redis-server sam serverless service skaffold sls ssh sst supabase systemctl terraform tilt tofu toxiproxy-server
    tsh twemproxy vagrant valkey-server act garden okteto pg_virtualenv pg_tmp xvfb-run""".split()  # noqa: SIM905
)
"""Programs that may start a server, a cluster, or a way to one."""
_RUNNERS = frozenset({"java", "node", "php", "ruby", "deno", "tsx", "ts-node"})
"""Programs that run one of the repository's, whatever that does."""
_IN_CONTAINER = ("run", "start", "create")
_QUIET_ACTION = re.compile(
    r"actions/|codecov/|github/codeql-action|(docker|aws-actions|google-github-actions|azure)/[\w-]*(login|auth|"
    r"configure|credentials|setup|metadata|build-push)|[\w.-]+/(action-)?(gh-action-)?(setup|install)-?(node|python|go"
    r"|java|dotnet|ruby|php|pnpm|uv|pdm|poetry|bun|deno|gradle|rust|elixir|beam|just|task|make|protoc|pip|aws|k6)|"
    r"pnpm/action-setup|dtolnay/rust-toolchain|actions-rs/|swatinem/rust-cache|pdm-project/|step-security/harden-runner|"
    r"(circleci/)?(node|python|go|ruby|php|rust|aws-cli|slack|codecov|browser-tools)/"
)
_PLAIN_IMAGE = re.compile(
    r"base|node|python|go|golang|ruby|php|rust|openjdk|java|maven|gradle|dotnet|sdk|elixir|alpine|ubuntu|debian|buster"
    r"|k6|clojure|deno|bun|swift|android|eclipse-temurin|amazoncorretto"
)
_HARMLESS = re.compile(r"wait|lint|health-?check|codecov|has no script", re.IGNORECASE)
"""Of what cannot be read: names of what starts nothing, and a script that is not there at all."""


@dataclass(frozen=True, slots=True)
class Started:
    """`backends`: those that surely run. `compose`: a compose whose files are not at hand starts more; `hidden`: why
    else more may run than is seen. `images`: of everything that is seen, for backends of other kinds."""

    backends: frozenset[str]
    images: tuple[str, ...]
    compose: Command | None = None
    hidden: str = ""


def started(pipeline: Pipeline, job: Job) -> Started:
    """What runs beside the steps of the job, as far as it can be seen."""
    images: list[str] = []
    compose: Command | None = None
    hidden = _surroundings(job)
    for item in job.trail:
        if isinstance(item, Command) and starts(item):
            found = containers(item, pipeline.tree)
            if found is None:
                compose = compose or item
            images += (each.image or "" for each in found or ())
        elif isinstance(item, Command):
            images += _by_docker(item)
            hidden = hidden or _by_command(item)
        else:
            hidden = hidden or _by_other(item)
    images += (service.image or "" for service in job.services)
    backends = [of_image(image) for image in images]
    if not all(backends):
        hidden = hidden or "a container of another kind"
    return Started(frozenset(filter(None, backends)), tuple(images), compose, hidden)


def _surroundings(job: Job) -> str:
    """Whether what runs the job may have more on it than programs."""
    if job.kind != "build" or job.gap is not None:
        return job.gap or job.kind
    if job.runner.kind is RunnerKind.UNKNOWN:
        return "a runner of one's own"
    image = job.runner.image
    plain = image is None or job.runner.kind is not RunnerKind.DOCKER or _PLAIN_IMAGE.match(last_name(image))
    return "" if plain else "an image of one's own"


def _by_docker(command: Command) -> Iterator[str]:
    """The image of a `docker run`; an empty text for one that is not known."""
    if any(command.is_a("docker", verb) or command.is_a("podman", verb) for verb in _IN_CONTAINER):
        words = [command.expand(word) for word in command.words[2:]]
        yield next((word for word in words if of_image(word) is not None), "")


def _by_command(command: Command) -> str:
    if command.name is None:
        return command.raw if command.words and not command.followed else ""
    program = command.name in _RUNNERS and bool(command.operands) and not command.has_option("--test")
    return command.raw if program or command.name in _STARTERS or command.is_a("aws", "ssm") else ""


def _by_other(item: Step | Gap) -> str:
    if isinstance(item, Gap):
        return "" if _HARMLESS.search(item.reason) else item.reason
    return "" if item.uses is None or quiet(item) else action_of(item)


def quiet(step: Step) -> bool:
    """Whether a step's action or orb is known to start nothing, and to run no tests."""
    return _QUIET_ACTION.match(action_of(step)) is not None
