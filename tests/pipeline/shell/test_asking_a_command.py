"""The questions that rules ask of a command."""

from __future__ import annotations

import pytest

from tests.pipeline.shell.conftest import Run


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("aws ecr get-login-password", "aws ecr get-login-password"),
        ("aws --region eu-west-1 --no-cli-pager ecr get-login-password --x", "aws ecr get-login-password"),
        ("aws --region=eu-west-1 ecr get-login-password", "aws ecr get-login-password"),
        ("aws $OPTIONS ecr get-login-password", "aws ecr get-login-password"),
        ("aws ecr --profile p get-login-password", "aws ecr get-login-password"),
        ("docker --config d compose -f x.yml up -d", "docker compose up"),
        ("terraform -chdir=infra validate", "terraform validate"),
        ("kubectl -n prod apply -f x", "kubectl apply"),
        ("git -C repo -c a=b push", "git push"),
        ("/usr/local/bin/terraform validate", "terraform validate"),
        ('S=ecr; aws "$S" get-login-password', "aws ecr get-login-password"),
        ("terraform", "terraform"),
        ("terraform -- validate", "terraform validate"),
    ],
)
def test_a_command_is_known_by_its_subcommands(run: Run, text: str, asked: str) -> None:
    assert run(text).commands[-1].is_a(*asked.split())


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("aws ecs get-login-password", "aws ecr get-login-password"),
        ("aws ecr", "aws ecr get-login-password"),
        ("echo terraform validate", "terraform validate"),
        ("terraform $X", "terraform validate"),
        ("kubectl --unknown x apply", "kubectl apply"),
        ("X=1", "terraform"),
    ],
)
def test_a_command_is_no_other(run: Run, text: str, asked: str) -> None:
    assert not run(text).commands[0].is_a(*asked.split())


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("trivy image --exit-code 1 x", "1"),
        ("trivy image --exit-code=1 x", "1"),
        ("trivy image -e 1 x", "1"),
        ("trivy image -e1 x", "1"),
        ('trivy image "--exit-code" 1', "1"),
        ("trivy image --exit-code", None),
        ("trivy image -- --exit-code 1", None),
        ("trivy image --exit-codes 1", None),
        ("trivy image $X --exit-code 1", "1"),
    ],
)
def test_an_option_has_its_value(run: Run, text: str, value: str | None) -> None:
    word = run(text)["trivy"].option("--exit-code", "-e", attached=True)

    assert (word.literal if word else None) == value


def test_attached_values_count_only_when_asked_for(run: Run) -> None:
    assert run("java -version")["java"].option("-v") is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("curl -f x", True),
        ("curl -fsS x", True),
        ("curl --fail x", True),
        ("curl --fail=1 x", True),
        ("curl -sS x", False),
        ("curl --fancy x", False),
        ("curl -- -f", False),
        ("curl $F x", False),
    ],
)
def test_an_option_is_given_or_not(run: Run, text: str, found: bool) -> None:
    assert run(text)["curl"].has_option("--fail", "-f", cluster=True) is found


def test_joined_letters_count_only_when_asked_for(run: Run) -> None:
    assert not run("terraform -force")["terraform"].has_option("-f")


def test_operands_are_no_options_and_no_values_of_known_ones(run: Run) -> None:
    command = run("docker -H tcp://x build --pull - '.' \"-x\" -- -y")["docker"]

    assert [word.raw for word in command.operands] == ["build", "-", "'.'", "-y"]
