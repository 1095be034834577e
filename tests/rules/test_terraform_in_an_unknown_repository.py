"""What the Terraform rules say when nobody knows which files the repository has."""

from __future__ import annotations

from ghapp.pipeline.engine import analyse
from ghapp.pipeline.rule import Confidence, Diagnostic
from ghapp.pipeline.tree import Tree
from ghapp.rules import catalogue

PATH = ".github/workflows/ci.yml"


def said(command: str) -> tuple[Diagnostic, ...]:
    text = f"jobs:\n  check:\n    runs-on: ubuntu-22.04\n    steps:\n      - run: {command}\n"
    tree = Tree(None, lambda path: text.encode() if path == PATH else None)
    return analyse(tree, [PATH], [rule for rule in catalogue() if rule.id.startswith("terraform-")]).diagnostics


def test_a_validate_without_init_is_found_with_less_confidence() -> None:
    found = said("terraform -chdir=infra validate")

    assert [each.rule.id for each in found] == ["terraform-validate-without-init"]
    assert found[0].finding.confidence is Confidence.MEDIUM


def test_a_plan_without_init_is_not_as_the_configuration_may_need_none() -> None:
    assert said("terraform -chdir=infra plan") == ()


def test_a_plan_without_backend_is_found_with_less_confidence() -> None:
    found = said("terraform init -backend=false && terraform plan")

    assert [each.rule.id for each in found] == ["terraform-plan-without-backend"]
    assert found[0].finding.confidence is Confidence.MEDIUM
