"""The repository's own life: what it says about itself is so."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from ghapp.github import PERMISSIONS
from ghapp.pipeline.engine import analyse
from ghapp.pipeline.tree import Tree
from ghapp.rules import catalogue
from ghapp.web import EVENTS

HOUSE = Path(__file__).parents[1]
DOCUMENTS = sorted([*HOUSE.glob("*.md"), *(HOUSE / "docs").rglob("*.md")], key=str)
WORKFLOWS = sorted((HOUSE / ".github/workflows").glob("*.yml"))
MAKEFILE = (HOUSE / "Makefile").read_text("utf-8")
PINNED = re.compile(r"^([\w.-]+)(?:\[[^\]]*\])?==(\S+)", re.MULTILINE)

every_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(HOUSE)))


def read(path: str) -> str:
    return (HOUSE / path).read_text("utf-8")


def script(name: str, *arguments: str, house: Path = HOUSE) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(house / "scripts" / name), *arguments], capture_output=True, text=True, check=False
    )


def pins(path: str) -> dict[str, str]:
    return dict(PINNED.findall(read(path)))


# --- Generated pages ------------------------------------------------------------------------------


def test_the_generated_pages_are_those_of_the_rules() -> None:
    done = script("docs.py", "--check")

    assert done.returncode == 0, done.stdout + done.stderr


def test_a_page_that_was_edited_by_hand_is_named(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts/docs.py").write_text(read("scripts/docs.py"))
    (tmp_path / "README.md").write_text("<!-- rules -->\nby hand\n<!-- end of rules -->\n")

    before = script("docs.py", "--check", house=tmp_path)
    script("docs.py", house=tmp_path)
    after = script("docs.py", "--check", house=tmp_path)

    assert (before.returncode, after.returncode) == (1, 0)
    assert "stale: README.md" in before.stdout
    assert all(f"docs/rules/{rule.id}.md" in (tmp_path / "README.md").read_text() for rule in catalogue())


def test_the_skeleton_of_a_rule_is_a_whole_rule_with_its_corner_cases(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    (tmp_path / "src/ghapp/rules").mkdir(parents=True)
    (tmp_path / "scripts/new_rule.py").write_text(read("scripts/new_rule.py"))

    done = script("new_rule.py", "deploys-the-old-image", house=tmp_path)
    again = script("new_rule.py", "deploys-the-old-image", house=tmp_path)
    skeleton = (tmp_path / "src/ghapp/rules/deploys_the_old_image.py").read_text()
    names: dict[str, Any] = {"__doc__": None}
    exec(compile(skeleton, "skeleton", "exec"), names)

    assert done.returncode == 0, done.stderr
    assert again.returncode == 1
    assert "already" in again.stderr
    assert "Bad:" in names["RULE"].page
    assert (tmp_path / "tests/rules/corner_cases/deploys-the-old-image.md").exists()


@pytest.mark.parametrize("id", ["", "Deploys", "deploy", "deploys_old", "../x-y", "deploys-"])
def test_a_rule_needs_a_name_in_kebab_case(id: str) -> None:  # noqa: A002
    done = script("new_rule.py", id)

    assert done.returncode == 1
    assert "kebab-case" in done.stderr


# --- The App's manifest ---------------------------------------------------------------------------


FOR_EVENTS = {"merge_queues": "read", "issues": "read"}
"""GitHub takes no manifest that asks for `merge_group` and `issue_comment` without these."""


def test_the_manifest_asks_for_the_permissions_and_events_that_the_code_uses() -> None:
    manifest = yaml.safe_load(read("app.yml"))

    assert manifest["default_permissions"] == PERMISSIONS | FOR_EVENTS
    assert set(manifest["default_events"]) == set(EVENTS)


def test_the_registration_link_carries_the_manifest() -> None:
    done = script("register.py", "https://ghapp.example.com/", "acme", "https://git.example.com")
    manifest = yaml.safe_load(read("app.yml"))
    link = done.stdout.split()[-1]

    assert link.startswith("https://git.example.com/organizations/acme/settings/apps/new?name=ghapp-acme&")
    assert "webhook_url=https%3A%2F%2Fghapp.example.com%2Fwebhook" in link
    assert all(f"&{name}={level}" in link for name, level in manifest["default_permissions"].items())
    assert all(f"&events%5B%5D={event}" in link for event in manifest["default_events"])


def test_the_registration_link_needs_the_servers_address() -> None:
    done = script("register.py", "", "acme")

    assert done.returncode == 1
    assert "make register URL=" in done.stderr


# --- Our own pipeline -----------------------------------------------------------------------------


def test_ghapp_finds_nothing_in_its_own_pipeline() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=HOUSE, capture_output=True, text=True, check=True)
    tree = Tree(tracked.stdout.splitlines(), lambda path: (HOUSE / path).read_bytes())

    analysis = analyse(tree, [str(path.relative_to(HOUSE)) for path in WORKFLOWS], catalogue())

    assert analysis.files == len(WORKFLOWS) >= 1
    assert (analysis.diagnostics, analysis.errors, analysis.crashes) == ((), (), ())


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned_to_a_commit(workflow: Path) -> None:
    uses = re.findall(r"uses: (\S+)(.*)", workflow.read_text("utf-8"))

    assert uses
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", name) for name, _ in uses)
    assert all(re.fullmatch(r" # v\d+\.\d+\.\d+", comment) for _, comment in uses)


@pytest.mark.parametrize("name", ["base", "build", "dev", "bench"])
def test_every_dependency_is_pinned_with_hashes(name: str) -> None:
    text = read(f"requirements/{name}.txt")
    entries = re.split(r"^(?=[\w.-])", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE), flags=re.MULTILINE)[1:]

    assert entries
    assert all(PINNED.match(entry) and "--hash=sha256:" in entry for entry in entries)
    assert "://" not in text


def test_what_is_tested_is_what_is_run() -> None:
    base, dev = pins("requirements/base.txt"), pins("requirements/dev.txt")

    assert {name: dev.get(name) for name in base} == base


# --- Documents ------------------------------------------------------------------------------------


@every_document
def test_every_link_to_a_file_leads_somewhere(document: Path) -> None:
    prose = re.sub(r"^```.*?^```", "", document.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", prose)

    assert [link for link in links if not (document.parent / link).exists()] == []


@every_document
def test_every_make_target_that_is_named_exists(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
    named = set(re.findall(r"(?:`|\$ )make ([a-z-]+)", document.read_text("utf-8")))

    assert named <= targets


def test_every_make_target_is_declared_phony_and_explained() -> None:
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
    explained = set(re.findall(r"^([a-z-]+):.*## \S", MAKEFILE, re.MULTILINE))
    phony = set(re.sub(r"\\\n", " ", MAKEFILE).partition(".PHONY:")[2].split())

    assert phony == targets
    assert targets - explained == {"covered-test"}


def test_every_setting_is_documented_and_every_documented_setting_is_read() -> None:
    variable = re.compile(r"GHAPP_[A-Z_]+[A-Z]")
    settings = set(variable.findall(read("src/ghapp/settings.py")))
    places = ["Dockerfile", "deploy/compose.yaml", "deploy/ghapp.env.example", "docs/operations.md"]

    assert set(variable.findall(read("docs/install.md"))) == settings
    assert {name for place in places for name in variable.findall(read(place))} <= settings


def test_the_changelog_knows_the_version() -> None:
    version = tomllib.loads(read("pyproject.toml"))["project"]["version"]

    assert re.search(rf"^## (Unreleased|{re.escape(version)})", read("CHANGELOG.md"), re.MULTILINE)


def test_the_licence_is_the_one_that_is_declared() -> None:
    project = tomllib.loads(read("pyproject.toml"))["project"]

    assert project["license"] == "Apache-2.0"
    assert "Apache License\n                           Version 2.0, January 2004" in read("LICENSE")
    assert all((HOUSE / path).is_file() for path in project["license-files"])


def test_no_pattern_repeats_a_group_possessively() -> None:
    """Python before 3.11.5 lets such a group match too little: python/cpython#106052. `(?>(?:…)*)` is the same."""
    found = [
        f"{file.relative_to(HOUSE)}:{number}"
        for file in sorted((HOUSE / "src").rglob("*.py"))
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"(?<!\\)\)[*+?]\+", line)
    ]

    assert found == []
