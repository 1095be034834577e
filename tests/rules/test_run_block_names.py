"""What a script is called that a long block should become."""

from __future__ import annotations

import pytest

from ghapp.pipeline.engine import analyse
from ghapp.pipeline.policy import PATH as POLICY
from ghapp.pipeline.policy import read_policy
from ghapp.pipeline.source import Source
from ghapp.pipeline.tree import Tree
from ghapp.rules import catalogue

PATH = ".github/workflows/ci.yml"
RULES = [rule for rule in catalogue() if rule.id == "long-run-block"]
HOUSE = read_policy(Source(POLICY, "run_block: {max_lines: 1, script_dir: scripts}"), ["long-run-block"])


@pytest.mark.parametrize(
    ("job", "step", "path"),
    [
        ("image", "Build and push", "scripts/image-build-and-push.sh"),
        ("post-release-updates", "Wait for release to appear", "scripts/post-release-updates-wait-for-release-to.sh"),
        ("validate-config", "Validate the configuration", "scripts/validate-config-validate-the.sh"),
    ],
)
def test_a_name_is_made_of_whole_words(job: str, step: str, path: str) -> None:
    run = f"{{name: '{step}', run: \"one\\ntwo\\n\"}}"
    tree = Tree.of({PATH: f"jobs: {{{job}: {{runs-on: ubuntu-latest, steps: [{run}]}}}}"})

    (found,) = analyse(tree, [PATH], RULES, policy=HOUSE).diagnostics

    assert f"`{path}`" in found.finding.message
