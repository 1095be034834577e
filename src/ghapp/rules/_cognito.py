"""Amazon Cognito in integration tests: what shows that they talk to it, and what stands in for it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline import Evidence, Job, Pipeline
from ghapp.pipeline.kept import kept
from ghapp.pipeline.tree import Tree
from ghapp.pipeline.yaml import Node
from ghapp.rules._addresses import scopes
from ghapp.rules._backend_needs import Weight
from ghapp.rules._integration import MANIFESTS, header

FAMILY = re.compile(r"COGNITO|USER_?POOL")
STANDS_IN = re.compile(
    r"cognito-local|localstack|moto\b|motoserver|mock-oauth2|oauth2-mock|keycloak|dexidp|\bdex\b|aws-sdk-client-mock|"
    r"\bnock\b|\bmsw\b|wiremock|mockserver|testcontainers",
    re.IGNORECASE,
)
"""Images and packages that answer in Cognito's place."""
WORDS = re.compile(f"cognito|oauth|{STANDS_IN.pattern}", re.IGNORECASE)
_REAL = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d_\w{9}")
_LOCAL = re.compile(r"//(?:localhost|127\.0\.0\.1|[\w-]+:\d)")
_SDK = re.compile(
    r"client-cognito-identity-provider|amazon-cognito-identity-js|aws-jwt-verify|aws-amplify|pycognito|\bwarrant\b"
    r"|cognitoidentityprovider|cognitoidp"
)
_TESTS = re.compile(r"(?:^|/)(?:tests?|specs?|__tests__)/(?:.*/)?[\w.-]*(?:auth|login|cognito|sign-?in)[\w.-]*$", re.I)
_SIGNS_IN = ("auth", "login", "cognito", "signin", "sign-in")
_HEADER = re.compile(r"\b(?:Amazon )?Cognito\b")


def reason(pipeline: Pipeline, job: Job) -> tuple[Weight, Evidence] | None:
    """The strongest reason to think that the job's tests talk to Cognito, with its weight."""
    if "cognito" in pipeline.policy.integration_needs:
        evidence = pipeline.policy.evidence("integration.needs", "the policy wants it for integration tests")
        return Weight.POLICY, next(iter(evidence), Evidence(job.key.place, "the policy wants it"))
    return next(
        (each for source in (_told(job), _repository(pipeline, job), _header(pipeline)) for each in source), None
    )


def answered(job: Job) -> bool:
    """Whether the job names a pool as AWS names them, or runs a LocalStack that has Cognito."""
    named = any(_REAL.fullmatch(node.text or "") for scope in scopes(job) for node in scope.values())
    return named or any(_has_cognito(service.node) for service in job.services if "localstack" in (service.image or ""))


def _has_cognito(localstack: Node) -> bool:
    said = localstack.source.text[localstack.start : localstack.end]
    return "SERVICES" not in said or "cognito" in said


def _told(job: Job) -> Iterator[tuple[Weight, Evidence]]:
    """An endpoint at localhost says that something is to listen there; a pool of an invented name may be mocked."""
    named = [(name, node) for scope in scopes(job) for name, node in scope.items() if FAMILY.search(name) and node.text]
    for name, node in named:
        if _LOCAL.search(node.text or ""):
            yield Weight.ENVIRONMENT, Evidence(node.place, f"`{name}` points to {node.text}")
    for name, node in named:
        yield Weight.LIKELY, Evidence(node.place, f"`{name}` names a pool")


def _repository(pipeline: Pipeline, job: Job) -> Iterator[tuple[Weight, Evidence]]:
    tests = _test_of_it(pipeline.tree)
    if not tests or job.contexts:
        return
    for name in MANIFESTS:
        source = pipeline.tree.source(name)
        match = _SDK.search(source.text) if source is not None else None
        if source is not None and match is not None:
            text = f"`{name}` has its SDK, and `{tests}` tests authentication"
            yield Weight.LIKELY, Evidence(source.place(*match.span()), text)


@kept
def _test_of_it(tree: Tree) -> str:
    """A test of the repository that signs in; empty when it has none."""
    about = (path for path in tree.paths or () if any(sign in path.lower() for sign in _SIGNS_IN))
    return min(filter(_TESTS.search, about), default="")


def _header(pipeline: Pipeline) -> Iterator[tuple[Weight, Evidence]]:
    said = header(pipeline, _HEADER)
    if said is not None:
        yield Weight.HEADER, said
