"""The fixtures of the catalogue: bad fires on the marked lines, good and silent do not.

`fixtures/ENTRY/PLATFORM/KIND`; an entry is judged as soon as a rule names it among its sources.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ghapp.pipeline.edits import apply
from ghapp.pipeline.engine import Analysis, analyse
from ghapp.pipeline.policy import PATH, Policy, read_policy
from ghapp.pipeline.source import Source
from ghapp.pipeline.tree import Tree
from ghapp.rules import catalogue

FIXTURES = Path(__file__).parent / "fixtures"
PLACES = {"gha": ".github/workflows/ci.yml", "cci": ".circleci/config.yml", "sh": "lib/scripts/fixture.sh"}
TERRAFORM = """\
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
resource "null_resource" "x" {}
"""
REPOSITORY = {
    "lib/scripts/deploy.sh": None,
    "lib/scripts/shift-traffic.sh": None,
    "lib/scripts/verify-canary.sh": None,
    "infra/main.tf": 'terraform {\n  backend "s3" {}\n}\n' + TERRAFORM,
    "infra/a/main.tf": TERRAFORM,
    "infra/b/main.tf": TERRAFORM,
    "go.mod": None,
    "go.sum": None,
    "services/a/go.mod": None,
    "services/a/go.sum": None,
    "tests/performance/login.js": None,
    "tests/performance/search.js": None,
    "tests/performance/checkout.js": None,
    "package.json": '{"dependencies": {"pg": "8", "ioredis": "5", "@aws-sdk/client-cognito-identity-provider": "3"}}',
    "td.json": None,
    "docker-compose.test.yml": "services:\n  postgres: {image: postgres:17}\n  redis: {image: redis:7.4}\n",
}
POLICIES = {
    "C1": "run_block: {max_lines: 5}\n",
    "S1.8": "retention: {smoke: 7}\n",
    "S1.9": "docs: {require: [oidc, context, approval, rollback]}\n",
}
"""What the repository demands, for the entries whose fixtures break a demand."""
KNOWN = {source for rule in catalogue() for source in rule.sources}
CASES = [each for each in json.loads((FIXTURES / "manifest.json").read_text()) if each["rule"] in KNOWN]


def tree_with(path: str, text: str) -> Tree:
    """The repository that the fixtures stand in, with this file."""
    files = {name: content for name, content in REPOSITORY.items() if content is not None}
    return Tree.of({**files, path: text}, REPOSITORY)


def policy_of(case: dict[str, Any]) -> Policy:
    return read_policy(Source(PATH, POLICIES.get(case["rule"], "")), [rule.id for rule in catalogue()])


def counts(analysis: Analysis) -> Counter[str]:
    return Counter(each.rule.id for each in (*analysis.diagnostics, *analysis.eclipsed))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["path"])
def test_the_fixture_behaves_as_its_name_says(case: dict[str, Any]) -> None:
    path = PLACES[case["platform"]]
    tree = tree_with(path, (FIXTURES / case["path"]).read_text())
    rules = [rule for rule in catalogue() if case["rule"] in rule.sources]

    found = {each.place.line for each in analyse(tree, [path], rules, policy=policy_of(case)).diagnostics}

    assert found == set(case["lines"])


@pytest.mark.parametrize("case", [each for each in CASES if each["lines"]], ids=lambda case: case["path"])
def test_every_edit_of_the_fixture_mends_it_and_breaks_nothing(case: dict[str, Any]) -> None:
    path, policy = PLACES[case["platform"]], policy_of(case)
    tree = tree_with(path, (FIXTURES / case["path"]).read_text())
    before = analyse(tree, [path], catalogue(), policy=policy)
    for each in before.diagnostics:
        if each.edit is not None and each.proven and each.edit.path == path:
            text = apply(tree.load(path), [each.edit])  # type: ignore[arg-type]
            after = analyse(tree_with(path, text), [path], catalogue(), policy=policy, prove=False)

            assert (after.errors, after.crashes) == ((), ())
            assert counts(after)[each.rule.id] < counts(before)[each.rule.id]
            assert counts(after) <= counts(before)
