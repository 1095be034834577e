"""`make facts` renews what the rules suggest, and nothing else."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

HOUSE = Path(__file__).parents[1]
TOOLS = "src/ghapp/rules/facts/tools.json"
CORNER_CASES = "tests/rules/corner_cases/tool-not-installed.md"
PARTS = (TOOLS, CORNER_CASES, "src/ghapp/rules/tool_not_installed.py")


@pytest.fixture
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("facts_script", HOUSE / "scripts/facts.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of what the script writes."""
    for part in PARTS:
        (tmp_path / part).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(HOUSE / part, tmp_path / part)
    return tmp_path


@pytest.fixture
def upstream(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository that git takes for hashicorp/setup-terraform."""
    repository = tmp_path / "upstream"
    git(tmp_path, "init", "-q", str(repository))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", f"url.{repository}.insteadOf")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "https://github.com/hashicorp/setup-terraform")
    return repository


def git(folder: Path, *words: str) -> str:
    identity = ["-c", "user.name=x", "-c", "user.email=x@example.com"]
    return subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True, text=True).stdout


def test_the_file_has_the_form_that_the_script_writes(script: ModuleType) -> None:
    text = (HOUSE / TOOLS).read_text("utf-8")

    assert script.written(json.loads(text)) == text


def test_a_newer_tag_becomes_the_pin_also_in_the_examples(script: ModuleType, house: Path, upstream: Path) -> None:
    for tag in ("v9.9.0", "v9.10.0", "v9.11.0-rc.1", "nightly"):
        git(upstream, "commit", "-q", "--allow-empty", "-m", tag)
        git(upstream, "tag", "-a", "-m", tag, tag)
    commit = git(upstream, "rev-parse", "v9.10.0^{commit}").strip()

    script.main({"hashicorp/setup-terraform"}, house)
    pins = json.loads((house / TOOLS).read_text("utf-8"))["pins"]

    assert pins["hashicorp/setup-terraform"] == {"tag": "v9.10.0", "sha": commit}
    assert f"- uses: hashicorp/setup-terraform@{commit} # v9.10.0" in (house / CORNER_CASES).read_text("utf-8")


def test_nothing_changes_where_nobody_answers(
    script: ModuleType, house: Path, upstream: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = json.loads((house / TOOLS).read_text("utf-8"))

    script.main({"hashicorp/setup-terraform"}, house)
    after = json.loads((house / TOOLS).read_text("utf-8"))

    assert after | {"date": ""} == before | {"date": ""}
    assert (house / CORNER_CASES).read_text("utf-8") == (HOUSE / CORNER_CASES).read_text("utf-8")
    assert "stays at v4.0.1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["v1.9.0", "v1.10.0", "v2.0.0-beta.1"], "v1.10.0"),
        (["2025.1.1", "2026.1", "v0.7.0"], "2026.1"),
        (["latest", "v1"], None),
    ],
)
def test_the_newest_is_the_highest_plain_version(script: ModuleType, names: list[str], expected: str | None) -> None:
    assert script.newest(names) == expected
