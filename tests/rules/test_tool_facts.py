"""The data on tools and the code that reads it agree, and what is suggested from it is sound."""

from __future__ import annotations

import re
from string import Formatter
from typing import Any

import pytest

from ghapp.pipeline.engine import analyse
from ghapp.pipeline.source import Source
from ghapp.pipeline.tree import Tree
from ghapp.pipeline.yaml import parse
from ghapp.rules import catalogue, rule
from ghapp.rules._facts import facts
from ghapp.rules._tools import COMPOSE, RARE, Tool, tools

TOOLS: dict[str, dict[str, Any]] = facts("tools")["tools"]
READ = """
commands names language project pypi version repository action actions contained orbs scripts into
release folder pip npm go apt python needs advice
"""
LISTS = ("hosted", "circleci", "machines", "systems", "images")
WORKFLOW = "on: push\njobs:\n  x:\n    runs-on: {where}\n    steps:\n      - run: {command} x\n"
CONFIG = "version: 2.1\njobs:\n  x:\n    docker: [{{image: '{where}'}}]\n    steps:\n      - run: {command} x\n"
BOTH = [
    (".github/workflows/ci.yml", WORKFLOW, "ubuntu-24.04"),
    (".github/workflows/ci.yml", WORKFLOW, "ubuntu-26.04"),
    (".circleci/config.yml", CONFIG, "cimg/base:2026.08"),
    (".circleci/config.yml", CONFIG, "cimg/node:24.18"),
]


@pytest.mark.parametrize("name", ["tools", "machines", "packages", "compromised"])
def test_facts_say_where_and_when_they_were_found(name: str) -> None:
    assert facts(name)["source"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", facts(name)["date"])


def test_the_words_of_the_rule_are_the_commands_that_images_of_ubuntu_lack() -> None:
    hosted = facts("machines")["hosted"]
    usual = {*hosted["ubuntu-22.04"].split()} & {*hosted["ubuntu-24.04"].split()} & {*hosted["ubuntu-26.04"].split()}
    commands = {command for tool in TOOLS.values() for command in tool["commands"].split()} - {COMPOSE, "bun"}
    languages = {command for tool in TOOLS.values() if "language" in tool for command in tool["commands"].split()}

    assert all(any(each.startswith(word) for word in RARE.split()) for each in commands - usual - languages)
    assert not {*RARE.split()} & usual


def test_no_command_belongs_to_two_tools() -> None:
    commands = [command for tool in TOOLS.values() for command in tool["commands"].split()]

    assert len(commands) == len(set(commands))


def test_machines_are_described_by_commands_of_the_list() -> None:
    known = {*tools(), "pipx", "npx"}

    assert {word for each in LISTS for has in facts("machines")[each].values() for word in has.split()} <= known
    assert {*facts("machines")["beside"].split()} <= known


def test_aliases_stand_for_images_that_are_described() -> None:
    machines = facts("machines")

    assert {*machines["aliases"].values()} <= machines["hosted"].keys()
    assert not machines["aliases"].keys() & machines["hosted"].keys()


@pytest.mark.parametrize("name", TOOLS)
def test_a_tool_names_only_what_the_code_reads(name: str) -> None:
    assert TOOLS[name].keys() <= {*READ.split()}
    assert Tool(name, TOOLS[name]).named_in(f"install {name} now")
    assert all(re.compile(script).groups < 3 for script in TOOLS[name].get("scripts", ()))


@pytest.mark.parametrize("name", [name for name in TOOLS if "action" in TOOLS[name]])
def test_an_action_to_suggest_is_pinned_and_known_to_install_the_tool(name: str) -> None:
    action = TOOLS[name]["action"]
    pin = facts("tools")["pins"][action["uses"]]
    bad = facts("compromised")["actions"].get(action["uses"], {"refs": "(?!)"})

    assert re.fullmatch(r"[0-9a-f]{40}", pin["sha"])
    assert action["uses"] in Tool(name, TOOLS[name]).actions
    assert not re.fullmatch(bad["refs"], pin["tag"])


def test_every_pin_is_used() -> None:
    assert facts("tools")["pins"].keys() == {tool["action"]["uses"] for tool in TOOLS.values() if "action" in tool}


@pytest.mark.parametrize("name", TOOLS)
def test_versions_stand_in_one_place(name: str) -> None:
    tool = TOOLS[name]
    values = [*tool.get("release", {}).values(), *tool.get("folder", {}).values()]
    values += [*tool.get("action", {}).get("with", {}).values(), tool.get("go", "")]
    fields = {field for value in values for _, field, _, _ in Formatter().parse(value) if field}

    assert fields <= {"version"}
    assert not fields or re.fullmatch(r"\d+(\.\d+)+", tool["version"])
    assert not any(tool["version"] in value for value in values if "version" in tool)


def suggested(path: str, text: str) -> str | None:
    """What the rule would put before the only step of a file."""
    the_rule = rule("tool-not-installed")
    assert the_rule is not None
    found = [each.edit for each in analyse(Tree.of({path: text}), [path], [the_rule]).diagnostics if each.edit]
    return "\n".join(found[0].lines) if found else None


@pytest.mark.parametrize(("path", "text", "where"), BOTH, ids=[where for _, _, where in BOTH])
@pytest.mark.parametrize("name", TOOLS)
def test_an_installation_is_short_pinned_yaml(name: str, path: str, text: str, where: str) -> None:
    step = suggested(path, text.format(where=where, command=TOOLS[name]["commands"].split()[0]))
    if step is None:
        return
    items = parse(Source(path, step)).root
    assert items is not None
    installing = items.items[0]
    run = installing.get("run")
    script = (run.get("command") if run is not None and run.kind == "map" else run) if run is not None else None

    assert len(items.items) == 2
    assert script is None or len((script.text or "").splitlines()) <= 5
    assert "{" not in step.replace("${", "")
    assert TOOLS[name].get("version", "") in step
    assert "latest" not in step


SEED = """
tfsec tflint checkov yamllint snyk trivy grype semgrep trufflehog prowler parliament zap-cli nuclei sqlmap k6 jmeter
newman infracost driftctl flyway sentry-cli shellcheck terraform
"""


def test_every_tool_of_the_seed_is_known() -> None:
    assert {*SEED.split()} <= TOOLS.keys()


def test_packages_that_are_another_program_are_tools() -> None:
    packages = facts("packages")
    names = {name for registry in ("pypi", "npm") for name in packages[registry]["other"]}

    assert names | {*packages["pypi"]["none"].split()} - {"aws-parliament"} <= {*tools(), "zap-cli"}


def test_no_compromised_version_is_suggested() -> None:
    text = str(facts("tools"))

    assert not any(commit in text for commit in facts("compromised")["commits"])
    assert not any(
        image.partition(":")[2] == TOOLS["trivy"]["version"] for image in facts("compromised")["images"].split()
    )


def test_the_data_is_not_read_for_a_file_that_names_no_tool() -> None:
    facts.cache_clear()
    the_rule = rule("tool-not-installed")
    assert the_rule is not None

    path, text, where = BOTH[0]
    analyse(Tree.of({path: text.format(where=where, command="ls")}), [path], [the_rule])

    assert facts.cache_info().currsize == 0


def test_how_a_missing_tool_is_called_is_not_said_besides() -> None:
    path, text, where = BOTH[0]
    found = analyse(Tree.of({path: text.format(where=where, command="trivy image")}), [path], catalogue())

    assert [each.rule.id for each in found.diagnostics] == ["tool-not-installed"]
    assert [each.rule.id for each in found.eclipsed] == ["scanner-never-fails"]
