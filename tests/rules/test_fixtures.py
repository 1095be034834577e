"""The fixtures of the catalogue: bad fires on the marked lines, good and silent do not.

`fixtures/ENTRY/PLATFORM/KIND`; an entry is judged as soon as a rule names it among its sources.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ghapp.pipeline.engine import analyse
from ghapp.pipeline.policy import PATH, read_policy
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


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["path"])
def test_the_fixture_behaves_as_its_name_says(case: dict[str, Any]) -> None:
    text = (FIXTURES / case["path"]).read_text()
    path = PLACES[case["platform"]]
    files = {name: content for name, content in REPOSITORY.items() if content is not None}
    tree = Tree.of({**files, path: text}, REPOSITORY)
    rules = [rule for rule in catalogue() if case["rule"] in rule.sources]
    policy = read_policy(Source(PATH, POLICIES.get(case["rule"], "")), [rule.id for rule in catalogue()])

    found = {each.place.line for each in analyse(tree, [path], rules, policy=policy).diagnostics}

    assert found == set(case["lines"])
