"""Steps that log in by GitHub's OpenID Connect token, and whether their job may ask for one.

Facts: docs.github.com/actions/reference/security/oidc (no default gives `id-token: write`; a called workflow gets no
more than its caller has); action.yml of aws-actions/configure-aws-credentials v6, google-github-actions/auth v3 and
azure/login v3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ghapp.pipeline import Job, Pipeline, Step
from ghapp.pipeline.model import RunnerKind
from ghapp.pipeline.yaml import Node

SCOPE = "id-token"
_LEVELS = ("none", "read", "write")
_AWS_BY_OTHER_MEANS = (
    "AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_PROFILE",
)  # fmt: skip
_MAY_GIVE_KEYS = re.compile(r"aws|cred|oidc|vault|assume|auth", re.IGNORECASE)
_HOSTED = re.compile(r"(ubuntu|windows|macos)-[\w.-]+")


@dataclass(frozen=True, slots=True)
class Login:
    """A step that needs the token. `node`: the input that says so; `asks`: in words; `error`: what it stops with."""

    step: Step
    node: Node
    asks: str
    error: str


def logins(job: Job) -> Iterator[Login]:
    """The steps of a job on GitHub's own runners that get credentials by OpenID Connect and in no other way."""
    if not _hosted(job):
        return
    for at, step in enumerate(job.steps):
        found = login(step)
        if found is not None and not (found.asks.startswith("assumes") and _has_keys(job.steps[:at], step)):
            yield found


def _hosted(job: Job) -> bool:
    """A machine of one's own may have credentials by itself."""
    labels = job.runner.labels
    return job.runner.kind is not RunnerKind.UNKNOWN and bool(labels) and all(map(_HOSTED.fullmatch, labels))


def login(step: Step) -> Login | None:
    """The step as a login by OpenID Connect; None for any other."""
    read = _LOGINS.get(step.uses.name.lower()) if step.uses is not None else None
    return read(step, {name.lower(): node for name, node in step.inputs.items() if node.text}) if read else None


def _aws(step: Step, said: Mapping[str, Node]) -> Login | None:
    role, others = said.get("role-to-assume"), _OTHER_WAYS & said.keys()
    if role is None or others:
        return None
    return Login(step, role, "assumes an AWS role", "Credentials could not be loaded")


def _google(step: Step, said: Mapping[str, Node]) -> Login | None:
    provider = said.get("workload_identity_provider")
    if provider is None or "credentials_json" in said:
        return None
    return Login(step, provider, "logs in to Google Cloud", "did not inject $ACTIONS_ID_TOKEN_REQUEST_TOKEN")


def _azure(step: Step, said: Mapping[str, Node]) -> Login | None:
    client = said.get("client-id")
    if client is None or "tenant-id" not in said or {"creds", "auth-type"} & said.keys():
        return None
    return Login(step, client, "logs in to Azure", "Unable to get ACTIONS_ID_TOKEN_REQUEST_URL env variable")


_LOGINS = {
    "aws-actions/configure-aws-credentials": _aws,
    "google-github-actions/auth": _google,
    "azure/login": _azure,
}
_OTHER_WAYS = {"aws-access-key-id", "web-identity-token-file", "role-chaining", "aws-profile"}


def _has_keys(before: tuple[Step, ...], step: Step) -> bool:
    """Whether the role may be assumed with keys that the job has already."""
    if not {*step.env, *step.job.env}.isdisjoint(_AWS_BY_OTHER_MEANS):
        return True
    for each in before:
        if each.gap is not None or (each.text is not None and "AWS_" in each.text.value):
            return True
        if each.uses is not None and login(each) is None and _MAY_GIVE_KEYS.search(each.uses.name):
            return True
    return False


def permissions(job: Job) -> Node | None:
    """The `permissions` that count for the job in its own file: its own, else the workflow's."""
    own = job.node.folded().get("permissions")
    return own if own is not None else job.node.root.folded().get("permissions")


def may_be_called(pipeline: Pipeline) -> bool:
    """Whether other workflows may call this one, and so say what its jobs may do."""
    on = pipeline.root.folded().get("on") if pipeline.root is not None else None
    if on is None:
        return False
    names = [on.text, *(item.text for item in on.elements()), *(key.deref().value for key, _ in on.entries())]
    return "workflow_call" in names


def granted_by_caller(root: Node, job: Job) -> Node | None:
    """The `permissions` of the job of this file that calls the job's workflow directly."""
    jobs = root.folded().get("jobs")
    caller = (
        jobs.folded().get(job.id.partition("/")[0].casefold()) if jobs is not None and len(job.calls) == 1 else None
    )
    own = caller.folded().get("permissions") if caller is not None else None
    return own if own is not None else root.folded().get("permissions") if caller is not None else None


def rank(level: str) -> int:
    """How much a level of a permission allows."""
    return _LEVELS.index(level) if level in _LEVELS else 0
