"""Whether a job works on production, and by which words one can tell."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline.command import Command
from ghapp.pipeline.kept import kept
from ghapp.pipeline.model import Job
from ghapp.pipeline.roles.evidence import deploys
from ghapp.pipeline.roles.score import workflow_names
from ghapp.pipeline.roles.vocabulary import normal

_NOT = r"(?<!non-)(?<!pre-)(?<!not-)(?<!no-)(?<!like-)(?<!except-)"
_PRODUCTION = re.compile(rf"(?:^|-){_NOT}(?:prod|production|prd)(?:-?\d{{1,2}})?(?!-(?:like|build|mode))(?:-|$)")
_OTHER = re.compile(
    r"(?:^|-)(?:stag(?:e|ing)|stg|dev(?:el|elop|elopment)?|qa|test(?:ing)?|uat|sandbox|sbx|preview|demo|integration"
    r"|non-?prod(?:uction)?|pre-?prod(?:uction)?|canary-test|ephemeral|review|playground|lab|nightly|beta|alpha)(?:-|$)"
)
_VARIABLES = ("ENV", "ENVIRONMENT", "STAGE", "TARGET_ENV", "APP_ENV", "DEPLOY_ENV", "DEPLOYMENT_ENV", "TF_WORKSPACE")
_MATRIX = re.compile(r"\$\{\{\s*matrix\.([\w-]+)\s*\}\}")
_TARGET = re.compile(r"env|stage|cluster|namespace|service|^app|group|workspace|target|profile|context|role|function")
_BUILD_FLAG = re.compile(r"^--?prod(uction)?\b|NODE_ENV")


def is_production(name: str) -> bool:
    """Whether a name says production: `deploy-prod`, `eu_production`; not `preprod`, `non-prod`, `products`."""
    text = normal(name)
    return bool(_PRODUCTION.search(text))


def is_other_environment(name: str) -> bool:
    """Whether a name says an environment other than production: `staging`, `dev`, `qa` …"""
    return bool(_OTHER.search(normal(name)))


@kept
def production(job: Job) -> str:
    """By which words the job says that it works on production, for a message; empty when it does not say so.

    The nearest word decides: its `environment`, its name, contexts, variables, what its deploying commands and actions
    are told, the workflow's name. A job named for another environment is not production, whatever the workflow says.
    """
    for kind, name in _names(job):
        if is_production(name) or (kind == "environment" and normal(name) == "live"):
            return f"{kind} `{name.strip()}`"
        if is_other_environment(name):
            return ""
    return ""


def _names(job: Job) -> Iterator[tuple[str, str]]:
    if job.environment is not None:
        inner = _MATRIX.search(job.environment)
        values = (job.matrix or {}).get(inner[1], ()) if inner is not None else (job.environment,)
        for value in sorted(values, key=is_production, reverse=True)[:50]:
            yield "environment", value
    yield "job", job.id
    yield "job", job.key.text or ""
    yield "job", job.name
    for context in job.contexts:
        yield "context", context
    for variable in _VARIABLES:
        value = job.env.get(variable)
        yield f"{variable}:", (value.text if value is not None else None) or ""
    yield from _targets(job)
    for name in workflow_names(job):
        yield "workflow", name


def _targets(job: Job) -> Iterator[tuple[str, str]]:
    """What the deploying commands and steps are told: their words and inputs."""
    for item in deploys(job)[:50]:
        if isinstance(item, Command):
            words = [item.expand(word) for word in item.words[1:40]]
            yield from (("argument", word) for word in words if not _BUILD_FLAG.search(word))
        else:
            for name in item.inputs:
                if _TARGET.search(name):
                    yield f"`{name}:`", item.input(name) or ""
