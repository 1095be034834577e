"""`.github/ghapp.yml`: what it may say, and what is said of its mistakes."""

from __future__ import annotations

from datetime import date
from textwrap import dedent

import pytest
from jsonschema_rs import validator_for

from ghapp.pipeline.policy import PATH, BrokenPolicy, Policy, RunBlock, Runner, read_policy, schema
from ghapp.pipeline.rule import Severity
from ghapp.pipeline.source import Source

RULES = ("no-deploy", "no-tool")
NO_DAY = "1:44 `ignore.until` is a day, written as `2027-01-31`."
WHOLE = """\
compliance: [pci-dss]
oidc_only: true
run_block: {max_lines: 8, script_dir: ci, count_comments: true, languages: [bash]}
retention: {smoke: 7, debug: 3, default: 30}
rollback: prod
integration: {needs: [postgres, redis, cognito]}
docs: {require: [oidc, context, approval]}
terraform: {workspaces: true}
security_hub: true
tools: {assume_installed: [trivy]}
runners:
  big: {extends: ubuntu-24.04, tools: [trivy, k6]}
severities:
  no-tool: notice
  no-deploy: off
fails_on: warning
ignore:
  - rule: no-tool
    path: .github/workflows/old-*.yml
    job: scan
    until: 2027-01-31
    reason: The image has it, but nobody can see that.
  - {rule: no-deploy, reason: Deployed by hand.}
"""


def policy(text: str) -> Policy:
    return read_policy(Source(PATH, dedent(text)), RULES)


def mistakes(text: str) -> list[str]:
    with pytest.raises(BrokenPolicy) as broken:
        policy(text)
    return [f"{each.line}:{each.column} {each.message}" for each in broken.value.mistakes]


def test_every_key_is_understood() -> None:
    found = policy(WHOLE)
    first, second = found.ignore

    assert found.compliance == ("pci-dss",)
    assert found.oidc_only is True
    assert found.run_block == RunBlock(8, "ci", count_comments=True, languages=("bash",))
    assert found.retention == {"smoke": 7, "debug": 3, "default": 30}
    assert found.rollback == "prod"
    assert found.integration_needs == ("postgres", "redis", "cognito")
    assert found.docs_require == ("oidc", "context", "approval")
    assert found.workspaces is True
    assert found.security_hub is True
    assert found.assume_installed == ("trivy",)
    assert found.runners == {"big": Runner("ubuntu-24.04", ("trivy", "k6"))}
    assert found.severities == {"no-tool": Severity.NOTICE, "no-deploy": None}
    assert found.fails_on == Severity.WARNING
    assert (first.rule, first.path, first.job) == ("no-tool", ".github/workflows/old-*.yml", "scan")
    assert (first.until, first.reason) == (date(2027, 1, 31), "The image has it, but nobody can see that.")
    assert (first.place.line, second.place.line) == (18, 23)
    assert (second.path, second.job, second.until) == ("", "", None)


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "{}\n", "---\n", "null\n"])
def test_a_policy_that_says_nothing_demands_nothing(text: str) -> None:
    assert policy(text) == Policy()


def test_the_check_may_never_fail() -> None:
    assert policy("fails_on: never\n").fails_on is None


def test_a_key_of_the_policy_can_be_shown_as_evidence() -> None:
    (evidence,) = policy(WHOLE).evidence("integration.needs", "the policy asks for it")

    assert (evidence.place.path, evidence.place.line, evidence.place.column) == (PATH, 6, 15)
    assert evidence.text == "the policy asks for it"
    assert policy("").evidence("integration.needs", "the policy asks for it") == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- a\n", "1:1 The policy is a map of settings."),
        ("oidc\n", "1:1 The policy is a map of settings."),
        ("complience: [pci-dss]\n", "1:1 `complience` is no setting. Did you mean `compliance`?"),
        ("xyz: 1\n", "1:1 `xyz` is no setting."),
        (f"{'x' * 90}: 1\n", f"1:1 `{'x' * 80}…` is no setting."),
        ("run_block: {max_line: 5}\n", "1:13 `run_block.max_line` is no setting. Did you mean `max_lines`?"),
        ("run_block: 5\n", "1:12 `run_block` is a map of settings."),
        ("run_block: {max_lines: 0}\n", "1:24 `run_block.max_lines` is a number from 1 to 1000."),
        ("run_block: {max_lines: '5'}\n", "1:24 `run_block.max_lines` is a number from 1 to 1000."),
        ("run_block: {max_lines: five}\n", "1:24 `run_block.max_lines` is a number from 1 to 1000."),
        ("run_block: {max_lines: ٣}\n", "1:24 `run_block.max_lines` is a number from 1 to 1000."),
        ("run_block: {max_lines: [5]}\n", "1:24 `run_block.max_lines` is a number from 1 to 1000."),
        ("run_block: {script_dir: }\n", "1:25 `run_block.script_dir` is a folder, as text in one line."),
        ("oidc_only: yes\n", "1:12 `oidc_only` is `true` or `false`."),
        ("oidc_only: {}\n", "1:12 `oidc_only` is `true` or `false`."),
        ("rollback: production\n", "1:11 `rollback` is `all` or `prod`. Did you mean `prod`?"),
        ("compliance: pci-dss\n", "1:13 `compliance` is a list."),
        ("compliance: [pci]\n", "1:14 `compliance` is `pci-dss`. Did you mean `pci-dss`?"),
        ("runners: [a]\n", "1:10 `runners` is a map."),
        ("runners: {a: b}\n", "1:14 `runners.a` is a map of settings."),
        ("severities: {no-tol: off}\n", "1:14 There is no rule `no-tol`. Did you mean `no-tool`?"),
        ("severities: {S2.9: off}\n", "1:14 There is no rule `S2.9`."),
        ("severities: {? [a] : off}\n", "1:16 There is no rule ``."),
        ("severities: {no-tool: error}\n", "1:23 `severities.no-tool` is `failure`, `warning`, `notice` or `off`."),
        ("ignore: [{rule: no-tool}]\n", "1:10 `ignore` needs `reason`: why these findings are right to ignore."),
        ("ignore: [{rule: no-tool, reason: ' '}]\n", "1:34 `ignore.reason` is why, as text in one line."),
        ("ignore: [{rule: no-tool, reason: a, until: soon}]\n", NO_DAY),
        ("ignore: [{rule: no-tool, reason: a, until: 2027-02-30}]\n", NO_DAY),
        ("ignore: [all]\n", "1:10 `ignore` is a map of settings."),
        ("oidc_only: true\noidc_only: true\n", "2:1 `oidc_only` is already said in this map."),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_place(text: str, said: str) -> None:
    assert mistakes(text) == [said]


def test_a_file_that_is_no_yaml_is_one_mistake() -> None:
    assert len(mistakes("ignore: [\n")) == 1


def test_all_mistakes_are_named_at_once_in_their_order() -> None:
    text = """\
        run_block: {max_lines: 5000, languages: bash}
        unheard: of
        ignore:
          - {rule: nothing}
        """

    assert [each.split(" ")[0] for each in mistakes(text)] == ["1:24", "1:41", "2:1", "4:5", "4:12"]


def test_the_error_says_every_mistake_with_its_place() -> None:
    with pytest.raises(BrokenPolicy, match=r"ghapp.yml:1:1: `a` is no setting.\n.*ghapp.yml:2:1: `b` is no setting."):
        policy("a: 1\nb: 2\n")


def test_aliases_are_followed() -> None:
    text = "runners: {a: &a {tools: [k6]}, b: *a}\n"

    assert policy(text).runners == {"a": Runner(tools=("k6",)), "b": Runner(tools=("k6",))}


# The JSON Schema


@pytest.mark.parametrize("text", [WHOLE, "{}"])
def test_the_schema_takes_what_the_reader_takes(text: str) -> None:
    import yaml

    said = yaml.load(text, yaml.BaseLoader)
    said = _typed(said)

    validator_for(schema(RULES)).validate(said)


def _typed(value: object) -> object:
    """YAML 1.2's numbers and flags in a tree of texts."""
    match value:
        case dict():
            return {key: _typed(each) for key, each in value.items()}
        case list():
            return [_typed(each) for each in value]
        case "true":
            return True
        case str() if value.isdigit():
            return int(value)
    return value


@pytest.mark.parametrize(
    "said",
    [
        {"complience": ["pci-dss"]},
        {"oidc_only": "yes"},
        {"run_block": {"max_lines": 0}},
        {"severities": {"nothing": "off"}},
        {"severities": {"no-tool": "error"}},
        {"ignore": [{"rule": "no-tool"}]},
        {"ignore": [{"rule": "no-tool", "reason": " "}]},
        {"runners": {"big": {"tools": "k6"}}},
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(said: object) -> None:
    assert not validator_for(schema(RULES)).is_valid(said)
